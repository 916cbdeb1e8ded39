"""Take off what an answer wears: known wrappers, what its window repeats, greetings and closing words.

Rules take off known wrappers (`eval.quality.wrappers`) and chatter; `Templates` (`eval.quality.templates`) what recurs
over different questions. Nothing is taken off that would leave no answer. What was taken off is a finding of style and
lowers no score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.text import plain, terms
from eval.quality.frames import SentenceFrame, heads, tails, whole
from eval.quality.sentences import flat, lines_of, split
from eval.quality.templates import KnownTerms, Templates, is_dress
from eval.quality.wrappers import BareAnswer, unwrap

VERSION = "4"
_CHATTER = re.compile(
    r"\W*(?:sure|certainly|of course|absolutely|(?:great|good|excellent) question|thanks?|thank you|hello|hi"
    r"|hey|dear|you asked|happy to help"
    r"|hope (?:this|that)|i hope|let me know|feel free|please (?:let|feel|note|consult|contact|reach|verify"
    r"|see|visit|reply)"
    r"|if you (?:have|need|would|want)|do(?:n['’]t| not) hesitate|is there anything|would you like|you (?:may"
    r"|might) also"
    r"|(?:related|follow-up|further|suggested) questions?|this (?:answer|response|information) (?:is|was|has|may)"
    r"|disclaimer|note(?: that|:)|confidence(?: \w+)?:|for (?:more|further) (?:information|details|help"
    r"|questions)|read more|learn more|contact (?:us|our)"
    r"|(?:as|i am|i'm) an ai|here(?:'s| is) (?:the|your|what)|i(?:['’]ve| have)? found|question:|best regards"
    r"|kind regards"
    r"|здравствуйте|добрый день|привет|уважаем|конечно|спасибо|надеюсь|если у вас|если вам|пожалуйста"
    r"|обращайтесь|рад[аы]? помочь"
    r"|отличный вопрос|вы спросили|ваш вопрос|вопрос:|уверенность|внимание|обратите внимание|примечание"
    r"|подробнее|данный ответ|этот ответ|ответ (?:сформирован|носит)"
    r"|свяжитесь|с уважением|хотите узнать|вот (?:что|ответ)|возможно, вас)(?:\b|(?<=:))",
    re.IGNORECASE,
)
_LOUD = re.compile(r"[!?:]\s*$")
_CLOSING = re.compile(r"[.!?…。！？]\W{0,3}\Z")
_EDGES = " \t|"
_OPENED = re.compile(r"[\s(\[{<【]{1,9}\Z")
"""What is left of a bracket whose words were dress."""
_NONE = Templates()


def undress(question: str, answer: str, passages: Sequence[str] = (), templates: Templates = _NONE) -> BareAnswer:
    """Take off known wrappers, then the templates of the window; a sentence of the passages is never dress."""
    bare = unwrap(question, answer, passages, templates.paths)
    known = KnownTerms.of(question, passages)
    quoted = {flat(part) for passage in passages for part in split(passage)}
    removed: list[str] = []
    lines = []
    for line in lines_of(bare.text):
        kept = []
        for part in line:
            name, left = ("", part) if flat(part) in quoted else _undressed(part, known, templates)
            if name:
                removed.append(name)
            if left:
                kept.append(left)
        if kept:
            lines.append(" ".join(kept))
    text = "\n".join(lines).strip()
    if removed:
        text = _OPENED.sub("", text)
    if not set(terms(plain(text))) - known.asked and set(terms(plain(bare.text))) - known.asked:
        return BareAnswer(_rarest(bare.text, known, templates), bare.removed)
    return BareAnswer(text, (*bare.removed, *dict.fromkeys(removed)))


def _undressed(part: str, known: KnownTerms, templates: Templates) -> tuple[str, str]:
    """Return what a sentence was dressed with and what is left of it, "" where all of it was dress."""
    if name := _dress_of(part, known, templates):
        return name, ""
    left = _framed(part, known, templates)
    if not left:
        return "template", ""
    return ("frame", left) if left != part else ("", part)


def _framed(part: str, known: KnownTerms, templates: Templates) -> str:
    """Return a sentence without its frames; nothing of it where what is left is only the value of a label."""
    left = part
    begun = heads(left, known.asked) if templates.heads else []
    begun = [frame for frame in begun if frame.shape in templates.heads and is_dress(frame, known)]
    if any(frame.shape in templates.labels for frame in begun):
        return ""
    if begun:
        frame = _shortest_saying_as_much(begun)
        left = _without_last(frame.unclosed, left[frame.at :]).strip(_EDGES)
    for frame in reversed(tails(left, known.asked) if templates.tails else ()):
        if frame.shape in templates.tails | templates.sentences.keys() and is_dress(frame, known):
            closing = _CLOSING.search(left)
            left = left[: frame.at].strip(_EDGES)
            left += "." if closing and not _CLOSING.search(left) else ""
            break
    return left if terms(plain(left)) else part


def _shortest_saying_as_much(begun: Sequence[SentenceFrame]) -> SentenceFrame:
    """Return the longest frame, or a marked one that says as much: "in brief: the" has gone on into the sentence."""
    longest = begun[-1]
    said = (longest.words, longest.slots)
    return next((frame for frame in begun if frame.edge and (frame.words, frame.slots) == said), longest)


def _without_last(bracket: str, text: str) -> str:
    """Take off what closed a bracket that was opened before the text."""
    before, found, after = text.rpartition(bracket) if bracket else (text, "", "")
    return before + after if found else text


def _rarest(text: str, known: KnownTerms, templates: Templates) -> str:
    """Return the part that fewest questions were answered with, where all parts are dress: an own refusal, mostly."""
    parts = [part for line in lines_of(text) for part in line if terms(plain(part))]
    counts = [_times(part, known, templates) for part in parts]
    return parts[counts.index(min(counts))] if len(set(counts)) > 1 and min(counts) else text


def _times(part: str, known: KnownTerms, templates: Templates) -> int:
    frames = [frame for frame in whole(part, known.asked) if is_dress(frame, known)]
    return max((templates.sentences.get(frame.shape, 0) for frame in frames), default=0)


def _dress_of(part: str, known: KnownTerms, templates: Templates) -> str:
    said, asked = set(terms(part)), known.asked
    if said and _times(part, known, templates):
        return "template"
    if _CHATTER.match(part) and (_LOUD.search(part) or len(said - asked) <= 8):
        return "chatter"
    if part.rstrip().endswith("?") and len(said) > 1:
        return "question"
    if len(said) > 2 and len(said - asked) == 0 and part.rstrip().endswith((":", "?")):
        return "restated"
    return ""
