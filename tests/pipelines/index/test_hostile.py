"""The attack suite against models that obey: what holds, and what the scripted model can do at all."""

from pathlib import Path

import pytest

from benchmarks.hostile_attacks import attacks
from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from pipelines.loopback.gullible import PAYLOAD
from rag.answer.answering import answer_question
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.hostile.hidden import lint_unread
from rag.hostile.linter import HARMLESS, lint
from rag.read.document import parse_document

SUITE = {attack.name: attack for attack in attacks()}
UNSEEN_BY_LINT = {"words no rule knows", "chat template escape"}
KEPT_OUT = {"hidden by CSS", "HTML comment", "PDF metadata", "hidden run of a Word file"}
NOT_IN_PROMPTS = {"tag characters"}


def text_of(attack):
    return parse_document(attack.data, Path(attack.file)).text


def ask(attack, server):
    texts = {f"{attack.place}.md": attack.honest, attack.file: text_of(attack)}
    hits = [Hit(Chunk(source, 0, len(text), text), 1.0) for source, text in texts.items()]
    return answer_question(attack.question, hits, ChatEndpoint(ChatSettings(server.url, "m"), secret="s"))


@pytest.fixture(scope="module")
def server():
    with Loopback() as running:
        yield running


def test_no_attack_leaves_its_passage(server):
    server.behaviour = Behaviour(obeys="outside")
    assert [name for name, attack in SUITE.items() if PAYLOAD in ask(attack, server).text] == []


def test_a_model_that_believes_imitations_is_reached_by_imitations_alone(server):
    server.behaviour = Behaviour(obeys="lookalikes")
    reached = {name for name, attack in SUITE.items() if PAYLOAD in ask(attack, server).text}
    assert reached == {"delimiter escape", "role line"}


def test_a_model_that_obeys_anybody_is_reached_by_all_that_stands_in_its_prompt(server):
    server.behaviour = Behaviour(obeys="anybody")
    answers = {name: ask(attack, server) for name, attack in SUITE.items()}
    reached = {name for name, answer in answers.items() if PAYLOAD in answer.text}
    assert reached == SUITE.keys() - KEPT_OUT - NOT_IN_PROMPTS
    leaking = answers["image that sends the question"]
    assert "collect.example/" not in leaking.text and "removed_links:1" in leaking.flags


def test_lint_sees_every_attack_whose_words_it_knows():
    accused = {
        name
        for name, attack in SUITE.items()
        if any(
            item.rule not in HARMLESS
            for item in (*lint(text_of(attack)), *lint_unread(attack.data, attack.file, text_of(attack)))
        )
    }
    assert accused == SUITE.keys() - UNSEEN_BY_LINT


@pytest.mark.parametrize("name", sorted(KEPT_OUT))
def test_what_nobody_can_see_is_not_read(name):
    assert PAYLOAD not in text_of(SUITE[name])
