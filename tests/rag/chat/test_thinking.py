"""Thinking of every family is kept out of answers, and a tag that an answer only mentions stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chat.thinking import AnswerText

SAID = "The tank holds 80 litres [k7fq]."

FAMILIES = [
    "<think>Maybe 99.</think>",
    "<THINK>\nMaybe 99.\n</THINK>\n\n",
    "<thinking>Maybe 99.</thinking>",
    "<thought>\nMaybe 99.\n</thought>\n",
    "<reasoning>Maybe 99.</reasoning>",
    "<seed:think>Maybe 99.</seed:think>",
    "[THINK]Maybe 99.[/THINK]",
    "◁think▷Maybe 99.◁/think▷",
    "<|channel>thought\nMaybe 99.\n<channel|>",
    "<|START_THINKING|>Maybe 99.<|END_THINKING|><|START_RESPONSE|>",
    "<|begin_of_thought|>Maybe 99.<|end_of_thought|>\n<|begin_of_solution|>",
    "<|channel|>analysis<|message|>Maybe 99.<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|channel|>analysis<|message|>Maybe 99.<|end|><|start|>assistant<|channel|>commentary<|message|>99<|end|>"
    "<|start|>assistant<|channel|>final <|constrain|>text<|message|>",
    "Maybe 99.<|end|><|start|>assistant<|channel|>final<|message|>",
    "analysisMaybe 99.assistantfinal",
    "Maybe 99.</think>",
    "Maybe 99.\n</think>\n\n",
    "Here is my thought process: Maybe 99.\n\nHere is my response: ",
    "Here are my reasoning steps:\nMaybe 99.\n[BEGIN FINAL RESPONSE]\n",
    "<think>One.</think>\n<think>Maybe 99.</think>",
    "<think>They ask about `</think>`, maybe 99.</think>",
    "",
]


def read(pieces):
    answer = AnswerText()
    for piece in pieces:
        answer.add(piece)
    return answer


@pytest.mark.parametrize("thinking", FAMILIES)
@pytest.mark.parametrize("said", [SAID, f"<answer>{SAID}</answer>", f"{SAID}<|im_end|>", f"{SAID}<|return|>"])
def test_what_is_shown_is_the_answer_alone(thinking, said):
    for size in (1, 7, 10_000):
        raw = thinking + said
        assert read(raw[at : at + size] for at in range(0, len(raw), size)).whole == SAID


@pytest.mark.parametrize("thinking", FAMILIES[:-1])
def test_thinking_is_not_shown_while_it_is_written_once_its_tag_was_read(thinking):
    opened = thinking.startswith(("<", "[", "◁", "analysis", "Here"))
    growing = AnswerText()
    for sign in thinking:
        growing.add(sign)
        assert not opened or "99" not in growing.text


@pytest.mark.parametrize(
    "text",
    [
        f"{SAID} The tag `</think>` closes the reasoning.",
        f"{SAID} Qwen closes it with </think> before it answers.",
        f'{SAID} The template writes "</think>" after it.',
        f"{SAID} It ends at a tag (</think>) of its own.",
        f"{SAID} The tag <think> opens it, and </think>, too.",
        "The tag <think> opens thinking.",
        "The tags <think> and </think> frame it [k7fq].",
        f"{SAID}\n\n```\n<think>\nreasoning\n</think>\n```\n\nThat is all.",
        f"{SAID} gpt-oss writes `<|channel|>final<|message|>` before it.",
        f"{SAID} Mistral writes `[THINK]` and `[/THINK]`.",
        "Тег </think> закрывает рассуждение [k7fq].",
        "analysis of the oil takes an hour [k7fq].",
        "a < b and c > d [k7fq].",
    ],
)
def test_a_tag_that_is_only_mentioned_stays(text):
    assert read(text).whole == text == read([text]).whole


def test_a_block_that_opens_after_the_answer_began_is_taken_out_by_itself():
    assert read(f"{SAID}\n<think>Wait, it may be 99.</think>\nYes.").whole == f"{SAID}\n\nYes."
    assert read(f"{SAID}\n<think>Wait, it may be 99").whole == f"{SAID}\n"


def test_a_closing_tag_after_a_citation_beheads_nothing():
    assert read(f"{SAID}\n</think>\nThat is all.").whole == f"{SAID}\n\nThat is all."


def test_thinking_that_never_ends_is_no_answer():
    assert [read(f"{tag}Maybe 99.").whole for tag in ("<think>", "[THINK]", "<|channel|>analysis<|message|>")] == [
        ""
    ] * 3


signs = st.lists(
    st.sampled_from(
        [
            "<think>",
            "</think>",
            "[THINK]",
            "[/THINK]",
            "<|channel|>final<|message|>",
            "<|end|>",
            "`",
            '"',
            " ",
            "\n",
            "A",
        ]
        + ["[k7fq]", ".", "b", "```", "</answer>", "<answer>", "analysis", "assistantfinal", "<|channel>", "<channel|>"]
    ),
    max_size=25,
)


@given(signs, st.integers(1, 9))
def test_how_a_reply_is_cut_into_pieces_changes_nothing(parts, size):
    raw = "".join(parts)
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert read(pieces).whole == read([raw]).whole
