"""The answer in what a model wrote, without its thinking, as families of models and servers mark it.

Known are `<think>` and its like (DeepSeek, Qwen, GLM, EXAONE, Granite, Seed), `[THINK]` (Mistral), `◁think▷` (Kimi),
`<|channel>thought` (Gemma), `<|START_THINKING|>` (Cohere), the channels of gpt-oss, also where a server has dropped
their signs, and models that announce their thoughts in words. A closing tag may stand alone: the template of the model
then opened it in the prompt.

A tag that an answer only mentions stays: in backquotes, in quotation marks, in a block of code, or within a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_NAMES = "think(?:ing)?|thoughts?|reasoning|reflection|seed:think"
_TAG = re.compile(
    rf"<(?P<open>{_NAMES})>|</(?P<close>{_NAMES})>"
    r"|(?P<opens>(?-i:\[THINK\])|◁think▷|<\|(?:START_THINKING|begin_of_thought)\|>|<\|channel>(?:thought|thinking|analysis)?)"
    r"|(?P<closes>(?-i:\[/THINK\])|◁/think▷|<\|(?:END_THINKING|end_of_thought)\|>|<channel\|>)"
    r"|<\|channel\|>(?P<channel>[a-z]{1,20})[^<\n]{0,40}(?:<\|constrain\|>[^<\n]{0,20})?<\|message\|>"
    r"|(?P<sign><\|(?:START_RESPONSE|END_RESPONSE|START_TEXT|END_TEXT|begin_of_solution|end_of_solution|begin_of_box"
    r"|end_of_box|start|end|return)\|>(?:assistant)?|\[(?:BEGIN|END) FINAL RESPONSE\])"
    r"|(?P<fence>^[ \t]*```)",
    re.IGNORECASE | re.MULTILINE,
)
_IN_WORDS = (
    (
        re.compile(r"\s*(?:\*\*)?here(?: is|['’]s) my thought process:", re.I),
        r"here(?: is|['’]s) my response:(?:\*\*)?",
    ),
    (re.compile(r"\s*here are my reasoning steps:", re.I), r"\[BEGIN FINAL RESPONSE\]"),
    (re.compile(r"\s*analysis(?=[^\s,.;:!?'\"()*`\[-])"), r"assistant\s?final"),
)
"""How thinking begins in words, and what its answer begins with; the last is gpt-oss without its signs."""
_WRAPPED = re.compile(r"\s*<(answer|response|final_answer)>\s*", re.IGNORECASE)
_LEFT_OVER = re.compile(r"(?:\s*(?:<\|[a-z_]{2,20}\|>|</s>|<end_of_turn>|<eos>))+\s*\Z", re.IGNORECASE)
_CITATION = re.compile(r"\[(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{4}\]|\[\d{1,2}\]")
_LONGEST_TAG = 96
_NEAR = 80
"""How far the other backquote of a mention may be."""
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»", "„": "“", "‘": "’", "(": ")"}

Where = Literal["answer", "thinking", "undecided"]


@dataclass(slots=True)
class _Thought:
    """Thinking under way: what closes it, where it began, and whether it stays hidden when nothing closes it."""

    closer: str
    begin: int
    surely: bool


class AnswerText:
    """A reply as it grows; `text` is the answer in it so far. Work is linear in the length of the reply."""

    def __init__(self) -> None:
        self.raw = ""
        self._answer = ""
        self._done = 0
        self._looked = 0
        self._thought: _Thought | None = None
        self._fenced = False
        self._begun = False
        self._held = False
        self._cited = False

    def add(self, piece: str) -> None:
        """Take the next piece."""
        self.raw += piece
        self._read(final=False)

    def cut(self, most: int) -> None:
        """Be a reply that ended after `most` characters."""
        raw = self.raw[:most]
        self.__init__()  # type: ignore[misc]
        self.add(raw)

    @property
    def text(self) -> str:
        """What is the answer, as far as it can be told by now."""
        hidden = self._thought is not None or self._held
        return _unwrapped(self._answer if hidden else self._answer + self.raw[self._done :])

    @property
    def length(self) -> int:
        """How long the answer is by now, before white space and wrappings are taken off."""
        hidden = self._thought is not None or self._held
        return len(self._answer) + (0 if hidden else len(self.raw) - self._done)

    @property
    def whole(self) -> str:
        """What is the answer if nothing more comes."""
        ended = AnswerText()
        ended.raw = self.raw
        ended._read(final=True)
        thought = ended._thought
        if thought is not None and not thought.surely:
            return _unwrapped(ended._answer + ended.raw[thought.begin :])
        text = ended.text
        return text[:-_NEAR] + _LEFT_OVER.sub("", text[-_NEAR:])

    def _read(self, *, final: bool) -> None:
        self._held = False
        if not self._begun and not self._begin(final):
            self._held = True
            return
        while True:
            if self._thought is not None and self._thought.closer.startswith("words:"):
                tag = re.compile(self._thought.closer.removeprefix("words:"), re.IGNORECASE).search(
                    self.raw, self._looked
                )
            else:
                tag = _TAG.search(self.raw, self._looked)
            if tag is None:
                self._looked = max(self._looked, len(self.raw) - _LONGEST_TAG)
                return
            if not self._take(tag, final):
                self._held = True
                return

    def _begin(self, final: bool) -> bool:
        """Look whether thinking begins in words; return False while that cannot be told."""
        if len(self.raw) < 40 and not final:
            return self.raw.lstrip()[:1] not in ("", "a", "H", "h", "*")
        self._begun = True
        for opening, closer in _IN_WORDS:
            if opening.match(self.raw):
                self._thought = _Thought(f"words:{closer}", 0, surely=False)
                break
        return True

    def _take(self, tag: re.Match[str], final: bool) -> bool:
        """Act on a tag; return False where what follows must be seen first."""
        if tag.lastgroup == "fence":
            self._fenced = not self._fenced if self._thought is None else self._fenced
            self._looked = tag.end()
            return True
        mention = False if tag.lastgroup is None else self._mentions(tag, final)
        if mention is None:
            return False
        if mention:
            self._looked = tag.end()
        elif self._thought is not None:
            self._within_thinking(tag)
        else:
            self._within_answer(tag)
        return True

    def _within_thinking(self, tag: re.Match[str]) -> None:
        assert self._thought is not None
        self._looked = tag.end()
        if tag.lastgroup is None or _closer(tag) == self._thought.closer:
            self._thought, self._done = None, tag.end()
        elif tag.lastgroup == "channel":
            self._channel(tag)

    def _within_answer(self, tag: re.Match[str]) -> None:
        before = self.raw[self._done : tag.start()]
        self._looked = tag.end()
        if tag.lastgroup == "channel":
            self._answer += before
            self._channel(tag)
            return
        if tag.lastgroup in ("close", "closes"):
            self._answer += before
            self._cited = self._cited or _CITATION.search(self._answer) is not None
            if not self._cited:
                self._answer = ""  # the template of the model opened what is closed here
            self._done = tag.end()
            return
        self._answer += before
        self._done = tag.end()
        if tag.lastgroup in ("open", "opens"):
            starts_line = not self._line_before(tag).strip()
            self._thought = _Thought(_closer(tag), tag.start(), surely=starts_line)

    def _channel(self, tag: re.Match[str]) -> None:
        """Begin a channel of gpt-oss: all but the final one is thinking, and so is all before that."""
        self._done = tag.end()
        if tag["channel"].lower() == "final":
            self._answer, self._thought = "", None
        else:
            self._thought = _Thought("channel", tag.start(), surely=True)

    def _mentions(self, tag: re.Match[str], final: bool) -> bool | None:
        """Tell whether a tag is only spoken of; None while what follows may tell."""
        start, end = tag.span()
        before, after = self.raw[start - 1 : start], self.raw[end : end + 2]
        if self._fenced and self._thought is None:
            return True
        line = self._line_before(tag)
        if line.count("`") % 2:
            rest = self.raw[end : end + _NEAR]
            if "`" in rest.partition("\n")[0]:
                return True
            if not final and "\n" not in rest and len(rest) < _NEAR:
                return None
        if before in _QUOTES and (after or final):
            return after[:1] == _QUOTES[before]
        in_sentence = self._thought is None and before in (" ", "\u00a0") and line.strip()
        if not in_sentence and before not in _QUOTES:
            return False
        if len(after) < 2 and not final:
            return None
        return after[:1] in (",", ".", ";", ":", "!", "?", ")") or after[:1] == " " and _goes_on(after[1:])

    def _line_before(self, tag: re.Match[str]) -> str:
        """Return the line up to a tag, or the end of it."""
        return self.raw[max(0, tag.start() - _NEAR) : tag.start()].rpartition("\n")[2]


def _goes_on(sign: str) -> bool:
    """Tell whether a word that begins so goes on with a sentence."""
    return sign.islower() or sign in ("`", "(", "<", "[", "—", "–", "-", "&", "=", "+", "/")


def _closer(tag: re.Match[str]) -> str:
    """Name what closes what a tag opens, or what it closes itself."""
    name = (tag["open"] or tag["close"] or "").lower()
    if name:
        return {"thinking": "think", "thoughts": "thought"}.get(name, name)
    sign = (tag["opens"] or tag["closes"] or "").upper()
    return "".join(re.findall(r"THINK|THOUGHT|CHANNEL|◁", sign)[:1]) + sign[:1]


def _unwrapped(text: str) -> str:
    """Return an answer without white space in front of it, and out of the tag that some models wrap it in."""
    bare = text.lstrip() if text[:1].isspace() else text
    wrapped = _WRAPPED.match(bare)
    if wrapped is None:
        return bare
    inner = bare[wrapped.end() :]
    end = inner.lower().rfind(f"</{wrapped[1].lower()}>")
    return inner[:end].rstrip() if end >= 0 else inner
