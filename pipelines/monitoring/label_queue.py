"""The terminal queue of `drift label`: one answer with its passages at a time, one key each."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from data.labels import Label
from data.records import Interaction
from data.text import plural
from pipelines.console import note, typed_answer
from pipelines.monitoring.label import Progress, cards, store
from pipelines.wiring import Workspace, open_log

_HELP = "y good · n bad · s skip · b back · m whole passages · q quit"
_KEYS = {"y": 1.0, "yes": 1.0, "n": 0.0, "no": 0.0}
_SHORT = 400
_PASSAGES = 5


def label_round(workspace: Workspace, begun: Progress) -> dict[str, int]:
    """Ask for what is open of a round on this terminal; return how many were looked at and how many are left."""
    log = open_log(workspace)
    done = ask_people(cards(log, begun.open), begun.queue.metric, lambda label: store(log, [label]), typed_answer, note)
    left = len(begun.open) - done
    rest = f", {left} left: `drift label` goes on there" if left else ": the round is complete"
    note(f"{plural(done, 'answer')} looked at{rest}.")
    return {"done": done, "left": left}


def ask_people(
    cards: Sequence[Interaction],
    metric: str,
    store: Callable[[Label], None],
    read: Callable[[str], str],
    say: Callable[[str], None],
) -> int:
    """Show `cards` one after the other and store each label at once; return how many were looked at.

    `read` gets the prompt and returns what was typed; it raises EOFError where nobody types any more, which quits.
    """
    place, seen, whole = 0, set[str](), False
    say(_HELP)
    while place < len(cards):
        card = cards[place]
        say(shown(card, f"{place + 1}/{len(cards)}", whole=whole))
        key, whole = _key(read), False
        if key == "q":
            break
        if key == "b":
            place = max(0, place - 1)
        elif key == "m":
            whole = True
        elif key == "s" or key in _KEYS:
            store(Label(card.id, _KEYS.get(key), metric))
            seen.add(card.id)
            place += 1
        else:
            say(_HELP)
    return len(seen)


def shown(card: Interaction, place: str, *, whole: bool = False) -> str:
    """Return one card as text."""
    passages = [part for part in card.contexts if part.text]
    lines = ["", f"── {place} · {card.at:%Y-%m-%d %H:%M} {'─' * 40}", f"Question  {card.question}", ""]
    lines += textwrap.wrap(card.answer or "(no answer)", 100, initial_indent="Answer    ", subsequent_indent=" " * 10)
    lines.append("")
    for number, part in enumerate(passages if whole else passages[:_PASSAGES], start=1):
        text = " ".join((part.text or "").split())
        cut = text if whole or len(text) <= _SHORT else f"{text[:_SHORT]}… (m for more)"
        lines += textwrap.wrap(f"[{number}] {part.source}: {cut}", 100, initial_indent="  ", subsequent_indent="      ")
    if not whole and len(passages) > _PASSAGES:
        lines.append(f"  … and {len(passages) - _PASSAGES} more passages (m for all)")
    if not passages:
        lines.append("  (no passages were logged)")
    return "\n".join(lines)


def _key(read: Callable[[str], str]) -> str:
    try:
        return read("Is the answer right and supported by the passages? [y/n/s/b/m/q] ").strip().casefold()
    except EOFError:
        return "q"
