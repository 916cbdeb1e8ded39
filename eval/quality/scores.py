"""Reference-free scores of a logged interaction, cheap enough for every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

from data.arguments import expect, expect_all
from data.cases import Case
from data.records import ABSTENTION, DIMENSIONS_SCORER, Interaction, Score, Scorer, ScoreSource
from data.text import stated_figures, unmatched_figures
from eval.errors import UnscorableAnswer
from eval.metric import Metric
from eval.quality import dress
from eval.quality.claims import find_claims
from eval.quality.dimensions import LogLearner, dimension_scores, is_without_answer, learned_from, record_of
from eval.quality.drawn import draws, read_ground
from eval.quality.groundedness import GroundednessProxy
from eval.quality.knowledge import AnswerRecord, LogKnowledge
from eval.quality.refusal import refuses
from eval.quality.relevance import UnitEmbedder
from eval.quality.scorer import Scorer as AnswerScorer
from eval.quality.vectors import SentenceVectors
from eval.quality.weights import Weights

GROUNDEDNESS = "groundedness"
CITATION_SUPPORT = "citation_support"
NUMBER_SUPPORT = "number_support"
"""What `score_interaction` writes: one row of each for every interaction."""

_CITATION_RULES = "1"
_NUMBER_RULES = f"3-dress{dress.VERSION}"
_NOTHING_KNOWN = LogKnowledge()
_BY_VECTORS = ("relevance", "holds", "refusal")


def score_interaction(
    interaction: Interaction, proxy: GroundednessProxy, known: LogKnowledge = _NOTHING_KNOWN
) -> list[Score]:
    """Return one score per proxy metric; value None with the reason where an interaction cannot be scored.

    `groundedness` is the proxy's probability that the answer is fully supported; `citation_support` the share of the
    answer's citations that were located in their source; `number_support` the share of its figures that agree with
    question or passages. Figures and claims are those of the answer without its dress (`eval.quality.dress`); a refusal
    in the application's own words, as `known` has them, claims nothing.
    """
    bare = _Bare(interaction, known)
    scorers: tuple[tuple[str, str, str, Callable[[Interaction], float]], ...] = (
        (GROUNDEDNESS, "lexical", _proxy_version(proxy), lambda _: _groundedness(bare(), proxy)),
        (CITATION_SUPPORT, "citation check", _CITATION_RULES, _citation_support),
        (NUMBER_SUPPORT, "number guard", _NUMBER_RULES, lambda _: _number_support(bare())),
    )
    return [
        Score(interaction.id, metric, *_value_or_reason(interaction, measure), scorer=scorer, scorer_version=version)
        for metric, scorer, version, measure in scorers
    ]


class _Bare:
    """The interaction without the dress of its answer, made once and only where it is asked for."""

    def __init__(self, interaction: Interaction, known: LogKnowledge) -> None:
        self._interaction = interaction
        self._known = known
        self._made: Interaction | None = None

    def __call__(self) -> Interaction:
        """Return it.

        :raises UnscorableAnswer: the answer refuses.
        """
        if self._made is None:
            item = self._interaction
            text = dress.undress(item.question, _answer(item), _texts(item), self._known.templates).text
            if refuses(item.question, text, self._known.refusals):
                raise UnscorableAnswer("the answer is a refusal in words of its own: an abstention has no groundedness")
            self._made = replace(item, answer=text)
        return self._made


def score(interaction: Interaction) -> list[Score]:
    """Return our own scores of an interaction, as `score_interaction` does, with the coefficients of this package."""
    expect("eval.score", "interaction", interaction, Interaction, "one interaction")
    return score_interaction(interaction, _shipped_proxy())


def live_scorer(embed: UnitEmbedder | None = None) -> Scorer:
    """Return what scores the answers of one log as they come: as `score` does, and by dimension.

    `embed` turns questions and passage sentences into vectors that the weights were fitted to; they are kept.
    """
    vectors = SentenceVectors(embed) if embed is not None else None
    return _whole_scorer(AnswerScorer(_shipped_weights(), vectors), LogLearner())


def scorer_of(interactions: Sequence[Interaction], before: Sequence[Interaction] = ()) -> Scorer:
    """Return what scores the answers of one window: as `score` does, and by dimension.

    Templates and refusals are learned from the window, habits from the answers before it, if there are any.
    """
    expect_all("eval.scorer_of", "interactions", interactions, Interaction, "a list of interactions")
    expect_all("eval.scorer_of", "before", before, Interaction, "a list of interactions")
    return score_with(learned_from(interactions, before))


def score_with(known: LogKnowledge) -> Scorer:
    """Return what scores answers with what is known of their window."""
    return _whole_scorer(AnswerScorer(_shipped_weights()), lambda record: known)


def _whole_scorer(answers: AnswerScorer, knowledge: Callable[[AnswerRecord], LogKnowledge]) -> Scorer:
    def measure(interaction: Interaction) -> list[Score]:
        known = _NOTHING_KNOWN if is_without_answer(interaction) else knowledge(record_of(interaction))
        return [
            *score_interaction(interaction, _shipped_proxy(), known),
            *dimension_scores(interaction, answers, known),
        ]

    return measure


def rescored(
    interactions: Sequence[Interaction], scores: Sequence[Score], before: Iterable[Interaction] = ()
) -> tuple[Score, ...]:
    """Return the scores of a window with our own made anew; those of people, judges and references stay.

    An answer is scored as it comes, when nobody knows yet that the next three hundred will wear the same footer. A
    report knows. Relevance and the chance that the passages hold an answer may rest on vectors of sentences, which take
    long. They stay as logged where they come from the same weights and the answer draws on the same sentences without
    its dress as with it.

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


def _merged(item: Interaction, held: Sequence[Score], measure: Scorer, known: LogKnowledge) -> list[Score]:
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
    return score.scorer_version == by_words.replace("-words", "-vectors") != by_words


def _refused(scores: Iterable[Score]) -> float | None:
    return next((score.value for score in scores if score.metric == "refused"), None)


def _draws_alike(item: Interaction, known: LogKnowledge) -> bool:
    record = record_of(item)
    ground = read_ground(record.question, record.passages)
    bare = (
        dress.undress(record.question, record.answer, record.passages, held.templates).text
        for held in (known, _NOTHING_KNOWN)
    )
    one, two = ({place for drawn in draws(text, ground) for place in drawn.places} for text in bare)
    return one == two


@cache
def _shipped_weights() -> Weights:
    return Weights.read()


@cache
def _shipped_proxy() -> GroundednessProxy:
    return GroundednessProxy.load()


def proxy_metrics(proxy: GroundednessProxy) -> tuple[Metric, ...]:
    """Return groundedness and number support as metrics of golden cases."""

    def groundedness(case: Case, interaction: Interaction) -> float:
        return _groundedness(_Bare(with_answer(interaction), _NOTHING_KNOWN)(), proxy)

    def number_support(case: Case, interaction: Interaction) -> float:
        return _number_support(_Bare(with_answer(interaction), _NOTHING_KNOWN)())

    return (
        Metric(GROUNDEDNESS, groundedness, _proxy_version(proxy)),
        Metric(NUMBER_SUPPORT, number_support, _NUMBER_RULES),
    )


def _proxy_version(proxy: GroundednessProxy) -> str:
    """Name all that groundedness depends on: the coefficients, and the rules of dress."""
    return f"{proxy.version}-dress{dress.VERSION}"


def _value_or_reason(
    interaction: Interaction, measure: Callable[[Interaction], float]
) -> tuple[float | None, ScoreSource, str]:
    try:
        return measure(with_answer(interaction)), "proxy", ""
    except UnscorableAnswer as error:
        return None, "proxy", str(error)
    except Exception as error:  # a text that nobody foresaw costs its score, and says why
        return None, "proxy", f"it could not be scored ({type(error).__name__}: {' '.join(str(error).split())[:300]})"


def with_answer(interaction: Interaction) -> Interaction:
    """Return the interaction if it carries an answer that can be judged.

    :raises UnscorableAnswer: it failed, abstained or is empty.
    """
    if interaction.outcome == "failed":
        raise UnscorableAnswer("there is no answer: the request failed")
    if interaction.outcome == "abstained" or ABSTENTION in _answer(interaction):
        raise UnscorableAnswer("the pipeline abstained")
    if not _answer(interaction).strip():
        raise UnscorableAnswer("there is no answer")
    return interaction


def _groundedness(interaction: Interaction, proxy: GroundednessProxy) -> float:
    return proxy.score(interaction.question, _answer(interaction), _texts(interaction))


def _citation_support(interaction: Interaction) -> float:
    if not interaction.citations:
        raise UnscorableAnswer("the answer carries no citations")
    return sum(citation.supported for citation in interaction.citations) / len(interaction.citations)


def _number_support(interaction: Interaction) -> float:
    texts = _texts(interaction)
    if not texts:
        raise UnscorableAnswer("no passage text to check the numbers against")
    sentences = [claim.sentence.text for claim in find_claims(_answer(interaction))]
    stated = sum(len(stated_figures(sentence)) for sentence in sentences)
    if not stated:
        raise UnscorableAnswer("the answer holds no numbers")
    sources = [interaction.question, *texts]
    return 1.0 - sum(len(unmatched_figures(sentence, sources)) for sentence in sentences) / stated


def _answer(interaction: Interaction) -> str:
    return interaction.answer or ""


def _texts(interaction: Interaction) -> list[str]:
    return [context.text for context in interaction.contexts if context.text]
