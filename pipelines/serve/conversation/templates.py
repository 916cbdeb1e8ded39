"""Questions inside what a chat program puts around them: its own retrieval gives the model context that is not ours."""

from __future__ import annotations

import re

_CONTEXT = re.compile(
    r"\A\s*(?:#{2,4} ?Task:\s*Respond to the user query using the provided context"
    r"|Use the following (?:context|pieces of (?:retrieved )?context)\b|\*\*?Generate Response to User Query"
    r"|Given the (?:following )?context (?:information )?(?:below|above)?)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"<user_query>(.*?)</user_query>", re.IGNORECASE | re.DOTALL)
_LABELLED = re.compile(
    r"^[ \t*#]*(?:user )?(?:query|question)[ \t*]*:[ \t*]*(\S.*)\Z", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_BEFORE = ("<!-- SYSTEM CONTEXT (NOT PART OF USER QUERY) -->", "\n<files_info>")
"""What LobeChat writes after a question about files."""


def asked_in(text: str) -> str | None:
    """Return the question that a text holds; None where a template of context holds none."""
    for mark in _BEFORE:
        before = text.partition(mark)[0].strip()
        if before and mark in text:
            return before
    if not _CONTEXT.match(text):
        return text
    named = [item.strip() for item in _NAMED.findall(text) if item.strip()]
    if named:
        return str(named[-1])
    tail = text[text.lower().rfind("</context>") + len("</context>") :] if "</context>" in text.lower() else text
    labelled = _LABELLED.search(tail[-4000:])
    if labelled:
        return labelled[1].strip()
    last = tail.strip() if tail is not text else _last_question(text)
    return last or None


def _last_question(text: str) -> str:
    """Return the last line, or its last sentence, where it asks something."""
    line = text.strip().rpartition("\n")[2].strip()
    sentence = re.split(r"(?<=[.!…])\s+", line[-2000:])[-1]
    return sentence if sentence.endswith(("?", "？", "؟")) else ""
