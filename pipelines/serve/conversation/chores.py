"""Chores: prompts by which chat programs have chats titled, tagged, continued, remembered and searched for.

Nobody asks them, and no document answers them. On record they would be taken for questions of people, and be counted as
drift. Known are those of Open WebUI, LibreChat, LobeChat, NextChat, Cherry Studio, Chatbox, Continue, Jan, HuggingChat
and Page Assist; others of their kind are told by what they ask for, and by the rules and the transcript they hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_READ = 6000
"""How much of both ends of a prompt is looked at."""
_ORDER = 1500
"""How much of both ends of that may hold what is to be done."""

_KNOWN = re.compile(
    r"\A\s*(?:"
    r"#{2,4} ?Task:"
    r"|(?:Your task is to )?reflect the speaker['’]s likely facial expression"
    r"|Your task is to reflect the speaker|Available Tools:|You have been provided with a set of responses from various"
    r"|Analy[sz]e (?:this|the) (?:following )?(?:conversation|chat)[^\n]{0,60} and "
    r"(?:provide|determine|suggest|return|extract)\b"
    r"|Analy[sz]e the (?:following )?(?:conversation|chat history)[^\n]{0,80}(?:memor|title|tags?\b)"
    r"|Provide a concise, \d+-word-or-less title|Please generate a (?:concise|four to five word)[^\n]{0,40} title"
    r"|Write a concise title for this conversation"
    r"|Summarize (?:the (?:given|following|above) (?:session|conversation|chat)|in a \d+-word title)"
    r"|Summarize the discussion briefly in \d+ words or less to use as a prompt"
    r"|总结给出的会话|你是一名擅长会话的助理|使用四到五个字直接返回这句话的简要主题"
    r"|You(?:['’]re| are) (?:an assistant who(?: is|['’]s) (?:good|skilled) at|a(?:n AI)? (?:professional )?)"
    r"[^\n]{0,30}"
    r"(?:conversation|summari[sz]|autocomplet|extracting key)[^\n]{0,200}\b(?:title|summar|autocomplet|takeaways)"
    r"|You are an? (?:expert at )?(?:AI )?(?:conversation titles assistant|summarization AI|autocompletion system)"
    r"|You are tasked with generating (?:web )?search quer|Assess the need for a web search"
    r"|Given the (?:following conversation|user['’]s message and interaction history|(?:following )?chat history)"
    r"[^\n]{0,120}"
    r"(?:rephrase|follow[- ]?up question|web search|standalone)"
    r"|Based on (?:the|this) (?:chat history|conversation)[^\n]{0,40}"
    r"(?:give|suggest|create|generate|provide|write)[^\n]{0,60}(?:name|title|tags?|emoji|question)"
    r")",
    re.IGNORECASE,
)
_MAKE = re.compile(
    r"\b(?:generate|create|write|provide|suggest|give|come up with|(?:reply|respond) with|return|propose|make|extract"
    r"|pick|choose|summari[sz]e|determine)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:titles?|tags?|headers?|heading|headline|name|emojis?|follow[- ]?up (?:questions?|prompts?)|phrase"
    r"|(?:web )?search quer(?:y|ies)|standalone question|memor(?:y|ies)|autocompletions?)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:conversations?|chats?|sessions?|dialog(?:ue)?s?|discussions?|threads?|topics?|messages|interaction history"
    r"|(?:previous|following|user) (?:query|messages?|prompts?))\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\bconcise\b|\b\d+\s?(?:-|–|to)\s?\d+[ -]words?\b|\b\d+[- ]words?\b|\bwords? or (?:less|fewer)\b|\bwords? limit\b"
    r"|quot(?:es\b|ation)|punctuation|\bonly (?:the|return|respond|reply|output|write)\b|\breturn only\b|\bJSON\b"
    r"|nothing else\b|without any\b|<(?:chat_history|conversation|messages)>|\btitle case\b",
    re.IGNORECASE,
)
_ROLE = re.compile(r"^\W{0,4}(?:user|human|assistant|ai|bot)\W{0,3}:", re.IGNORECASE | re.MULTILINE)
_SEARCH_FORM = re.compile(
    r"\A\W*(?:chat |conversation |interaction )?history:\s(?s:.*)"
    r"^\W{0,4}(?:search |user |current |follow[- ]?up )?(?:query|question):"
    r"|\A\W*(?:search |user )?query:[^\n]*\n(?s:.*)^\W{0,4}(?:chat )?history:",
    re.IGNORECASE | re.MULTILINE,
)


def is_chore(question: str, system: Sequence[str] = (), more: Sequence[re.Pattern[str]] = ()) -> bool:
    """Tell whether a prompt is a chore; `system` are the instructions sent before it, `more` the operator's patterns.

    Instructions alone make a chore only where they are known word for word: those of a person may ask for anything.
    """
    if any(_KNOWN.match(text[:_READ]) for text in system):
        return True
    ends = question if len(question) <= 2 * _READ else f"{question[:_READ]}\n{question[-_READ:]}"
    if any(pattern.search(ends) for pattern in (*more, _SEARCH_FORM)) or _KNOWN.match(ends):
        return True
    told = any(_names_a_chore(part) for part in (ends[:_ORDER], ends[-_ORDER:]))
    return told and (_RULES.search(ends) is not None or len(_ROLE.findall(ends)) > 1)


def _names_a_chore(text: str) -> bool:
    """Tell whether a line orders something that is made of a chat, and a chat is spoken of."""
    orders = any(_MAKE.search(line) and _THING.search(line) for line in text.splitlines())
    return orders and (_TALK.search(text) is not None or len(_ROLE.findall(text)) > 1)
