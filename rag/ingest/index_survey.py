"""Which passages of an index are suspicious, all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.records import Chunk, Document, Span
from rag.hostile import HARMLESS, RULES_VERSION, PassageJudgement, Rule, SuspiciousText, lint, lint_unread
from rag.index import Index
from rag.store import Ledger

RULE_WORDS = {
    "instruction": "an order to a model",
    "delimiter": "an imitation of the frame around passages",
    "fake_citation": "a made-up citation key",
    "invisible": "invisible writing",
    "exfiltration": "an image that sends data to its host",
    "control_token": "control tokens of chat models (written so that no server reads them)",
}
"""What a passage that offends a rule looks like, for people."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A suspicious passage: where it is, the rules it offends, what was found, and whether somebody released it."""

    chunk: Chunk
    rules: tuple[Rule, ...]
    excerpts: tuple[str, ...]
    released: bool

    @property
    def harmless(self) -> bool:
        """Whether it is only listed, and never flagged or held back."""
        return HARMLESS.issuperset(self.rules)


@dataclass(frozen=True, slots=True)
class Survey:
    """The suspicious passages, and for documents judged for the first time what was found in each, by source.

    `unread` is what stands in files and not in the index, by source.
    """

    suspects: tuple[Suspect, ...]
    unread: Mapping[str, tuple[SuspiciousText, ...]]
    new: frozenset[str]


def survey(index: Index, ledger: Ledger, files: Mapping[str, Path] | None = None) -> Survey:
    """Judge all documents of `index`, those of known content from `ledger`.

    `files` are where the bytes of origins lie which are no paths, such as URLs being ingested.
    """
    known = {key: PassageJudgement.unpack(*packed) for key, packed in ledger.judgements().items()}
    released = ledger.released()
    fresh: dict[str, PassageJudgement] = {}
    suspects: list[Suspect] = []
    unread: dict[str, tuple[SuspiciousText, ...]] = {}
    new: set[str] = set()
    for source, (origin, digest) in index.origins().items():
        key = f"{RULES_VERSION}:{source}:{digest}"
        if key not in known:
            known[key] = fresh[key] = _judge(index, source, (files or {}).get(origin, Path(origin)), digest)
            new.add(source)
        if known[key].document:
            suspects += _suspects(index, source, known[key].document, released)
        if known[key].unread:
            unread[source] = known[key].unread
    if fresh:
        ledger.note({key: judgement.pack() for key, judgement in fresh.items()})
    return Survey(tuple(suspects), unread, frozenset(new))


def _judge(index: Index, source: str, file: Path, digest: str) -> PassageJudgement:
    document = index.document(source)
    try:
        data = file.read_bytes() if file.is_file() else b""
    except OSError:
        data = b""
    same = hashlib.sha256(data).hexdigest() == digest
    found = [*_on_labels(document), *lint(document.text)]
    return PassageJudgement(tuple(found), tuple(lint_unread(data, source, document.text)) if same else ())


def _on_labels(document: Document) -> Iterator[SuspiciousText]:
    """Judge what stands beside passages in a prompt, the name of the source and their headings, over all they cover."""
    for span in (Span(0, len(document.text), document.source), *document.headings):
        for item in lint(span.label):
            yield SuspiciousText(item.rule, span.start, span.end, item.excerpt)


def _suspects(
    index: Index, source: str, findings: tuple[SuspiciousText, ...], released: frozenset[str]
) -> list[Suspect]:
    text = index.document(source).text
    suspects = []
    for place in index.neighbours(source):
        inside = [item for item in findings if item.start < place.end and item.end > place.start]
        if inside:
            chunk = Chunk(source, place.start, place.end, text[place.start : place.end], place.page, place.heading)
            rules = tuple(dict.fromkeys(item.rule for item in inside))
            excerpts = tuple(dict.fromkeys(item.excerpt for item in inside))
            suspects.append(Suspect(chunk, rules, excerpts, chunk.id in released))
    return suspects


def news(found: Survey) -> tuple[tuple[str, str], ...]:
    """Return (source, what was found) for the documents that were judged for the first time."""
    suspects = [(item.chunk.source, item.rules, item.excerpts) for item in found.suspects if not item.harmless]
    told = [(source, f"{rules_in_words(rules)}: “{excerpts[0]}”") for source, rules, excerpts in suspects]
    told += [
        (source, f"{rules_in_words([item.rule])} outside the text that was indexed: “{item.excerpt}”")
        for source, findings in found.unread.items()
        for item in findings
    ]
    return tuple(item for item in told if item[0] in found.new)


def rules_in_words(rules: Sequence[Rule]) -> str:
    """Say what offends these rules."""
    return " and ".join(RULE_WORDS[rule] for rule in rules)
