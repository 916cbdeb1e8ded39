"""Traces of strangers: circles, long chains and huge prompts come to an end."""

import pytest

from data.traces.prompts import is_side_prompt, unwrapped
from data.traces.steps import TraceStep, tree_of
from data.traces.turns import turns_of


def step(name, parent="", kind="", **more):
    return TraceStep(name, parent, name, kind, None, None, **more)


def test_parents_in_a_circle_end():
    circle = [step("a", "b"), step("b", "a"), step("c", "c", asked="Why?", said="So.")]
    assert [turn.question for turn in turns_of(tree_of(circle))] == ["Why?"]
    assert turns_of(tree_of([step("a", "b"), step("b", "a")]))[0].answer is None


@pytest.mark.parametrize("kind", ["EVALUATOR", "CHAIN", "LLM"])
def test_a_long_chain_of_steps_ends(kind):
    chain = [step(f"s{n}", f"s{n - 1}" if n else "", kind, asked="Why?", said=f"So {n}.") for n in range(4_000)]
    [turn] = turns_of(tree_of(chain))
    assert len(turn.steps) == len(chain)


@pytest.mark.parametrize("piece", [" ", "\n", "<question>", "question: ", "the ", "Context: Q: A: ", "rate "])
def test_a_prompt_of_one_piece_repeated_ends(piece):
    prompt = f"{piece * 200_000}\nQuestion: Where do ships dock?"
    assert not is_side_prompt(prompt)
    assert unwrapped(f"Context: {prompt}", ["passage"]).endswith("Where do ships dock?")
