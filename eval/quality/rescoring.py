"""Score a window of a log again with what its answers show together, and keep what needed vectors.

An answer is scored as it comes, when nobody knows yet that the next three hundred will wear the same footer. A report
knows. So it scores the answers of its windows again: support, form and refusal cost milliseconds. Relevance and the
chance that the passages hold an answer may rest on vectors of sentences, which take longer. They stay as logged where
they come from the same weights and the answer, without its dress, draws on the same sentences as with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from data.records import DIMENSIONS_SCORER, Interaction, Score
from eval.quality.dimensions import is_without_answer, learned_from, record_of
from eval.quality.drawn import draws, read_ground
from eval.quality.dress import undress
from eval.quality.knowledge import LogKnowledge
from eval.quality.scores import score_with
from eval.quality.templates import Templates

_BY_VECTORS = ("relevance", "holds", "refusal")
_VECTORS = "vectors"


def rescored(
    interactions: Sequence[Interaction], scores: Sequence[Score], before: Iterable[Interaction] = ()
) -> tuple[Score, ...]:
    """Return the scores of a window with our own made anew; those of people, judges and references stay.

    What has no passages, such as a redacted record, keeps the scores that it has. `before` are the answers that habits
    are learned from, as `eval.quality.scorer_of` takes them.
    """
    known = learned_from(interactions, before)
    measure = score_with(known)
    kept: dict[str, list[Score]] = {}
    for score in scores:
        kept.setdefault(score.interaction_id, []).append(score)
    found: list[Score] = []
    for item in interactions:
        held = kept.pop(item.id, [])
        found += held if not _has_texts(item) else _merged(item, held, measure, known)
    return (*found, *(score for left in kept.values() for score in left))


def _has_texts(item: Interaction) -> bool:
    return not is_without_answer(item) and any(context.text for context in item.contexts)


def _merged(
    item: Interaction, held: Sequence[Score], measure: Callable[[Interaction], list[Score]], known: LogKnowledge
) -> list[Score]:
    made = measure(item)
    anew = {(score.metric, score.scorer) for score in made}
    others = [score for score in held if score.source != "proxy" or (score.metric, score.scorer) not in anew]
    logged = {
        score.metric: score
        for score in held
        if score.scorer == DIMENSIONS_SCORER and score.metric in _BY_VECTORS and score.value is not None
    }
    if not logged:
        return [*others, *made]
    same_rules = {score.metric: score.scorer_version for score in made if score.scorer == DIMENSIONS_SCORER}
    still = {name: score for name, score in logged.items() if _by_vectors_of(score, same_rules[name])}
    if not still or not _draws_alike(item, known):
        return [*others, *made]
    # Whether an answer refuses may have been learned since: a score of refusal that is about the other case is stale.
    if "refusal" in still and _refused(held) != _refused(made):
        still = {}
    return [
        *others,
        *(still.get(score.metric, score) if score.scorer == DIMENSIONS_SCORER else score for score in made),
    ]


def _by_vectors_of(score: Score, by_words: str) -> bool:
    """Tell whether a logged score comes from the rules and weights of today, and from vectors."""
    return score.scorer_version == by_words.replace("-words", f"-{_VECTORS}") != by_words


def _refused(scores: Iterable[Score]) -> float | None:
    return next((score.value for score in scores if score.metric == "refused"), None)


def _draws_alike(item: Interaction, known: LogKnowledge) -> bool:
    record = record_of(item)
    ground = read_ground(record.question, record.passages)
    bare = (
        undress(record.question, record.answer, record.passages, templates).text
        for templates in (known.templates, Templates())
    )
    one, two = ({place for drawn in draws(text, ground) for place in drawn.places} for text in bare)
    return one == two
