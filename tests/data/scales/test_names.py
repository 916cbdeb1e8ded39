"""What metrics of other tools measure and which way is better, by the names that these tools give them."""

import pytest

from data.scales import meaning

NAMES = {
    # ragas
    "faithfulness": ("quality", "up"),
    "answer_relevancy": ("quality", "up"),
    "factual_correctness": ("quality", "up"),
    "noise_sensitivity": ("quality", "down"),
    "context_precision": ("passages", "up"),
    "context_recall": ("passages", "up"),
    # DeepEval
    "Hallucination": ("quality", "down"),
    "G-Eval": ("quality", "up"),
    "Contextual Relevancy": ("passages", "up"),
    "Toxicity": ("safety", "down"),
    "Bias": ("safety", "down"),
    "Json Correctness": ("other", "up"),
    "Tool Correctness": ("other", "up"),
    # TruLens
    "groundedness_measure_with_cot_reasons": ("quality", "up"),
    "Context Relevance": ("passages", "up"),
    "harmfulness": ("safety", "down"),
    # Phoenix, Langfuse, Opik, MLflow, promptfoo
    "QA Correctness": ("quality", "up"),
    "Conciseness": ("other", "up"),
    "Helpfulness": ("other", "up"),
    "hallucination_metric": ("quality", "down"),
    "levenshtein": ("quality", "down"),
    "relevance_to_query": ("quality", "up"),
    "latency": ("other", "down"),
    "cost": ("other", "down"),
    "ari_grade_level/readability": ("other", "up"),
    # people, and names turned round
    "rating": ("quality", "up"),
    "csat": ("quality", "up"),
    "tone": ("other", "up"),
    "error_rate": ("quality", "down"),
    "no_hallucination": ("quality", "up"),
    "hallucination-free": ("quality", "up"),
    "not_correct": ("quality", "down"),
    "non_toxic": ("safety", "up"),
    "answerFaithfulness": ("quality", "up"),
    "our_own_thing": ("unknown", "up"),
}


@pytest.mark.parametrize(("name", "known"), NAMES.items())
def test_a_metric_is_known_by_its_name(name, known):
    found = meaning(name)
    assert (found.role, found.direction) == known


@pytest.mark.parametrize("name", ["Faithfulness", "ragas.faithfulness", "faithfulness_score", "FAITHFULNESS v2"])
def test_the_dress_of_a_name_does_not_matter(name):
    assert meaning(name) == meaning("faithfulness")
