import base64
import json
import math
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from data.records import ABSTENTION, Chunk, Hit
from data.text.figures import unmatched_figures
from data.text.stems import terms
from pipelines.loopback import Behaviour, Loopback
from pipelines.loopback.behaviour import chance
from rag.answer.citations import Citer
from rag.prompts import render

TEXT = (
    "The ferry to Brenna leaves Kallvik at 9:30 from pier 4. A single ticket costs €24 in summer. "
    "Children under 12 years travel free. Dogs need a rabies vaccination. The crossing takes 55 minutes."
)
TEXT_RU = "Паром в Бренну отходит в 9:30 от причала 4. Билет стоит 24 евро. Дети до 12 лет едут бесплатно."
HITS = [Hit(Chunk("a.md", 0, len(TEXT), TEXT), 1.0), Hit(Chunk("b.md", 0, len(TEXT_RU), TEXT_RU), 0.5)]
QUESTIONS = ["When does the ferry to Brenna leave?", "How much is a ticket in summer?", "Сколько стоит билет на паром?"]


@pytest.fixture
def server():
    with Loopback() as loopback:
        yield loopback


def post(server, path, body, **headers):
    request = Request(server.url + path, json.dumps(body).encode(), {"Authorization": "Bearer x", **headers})
    with urlopen(request, timeout=10) as reply:
        return json.loads(reply.read())


def ask(server, question, hits=HITS):
    prompt = render(question, hits, "secret")
    messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
    reply = post(server, "/chat/completions", {"model": "m", "messages": messages})
    return reply["choices"][0]["message"]["content"], prompt


def test_models_and_health_are_served(server):
    with urlopen(f"{server.url}/models", timeout=10) as reply:
        assert json.loads(reply.read())["data"][0]["id"] == "loopback-1"
    with urlopen(server.url.removesuffix("/v1") + "/healthz", timeout=10) as reply:
        assert json.loads(reply.read()) == {"status": "ok"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_honest_reply_cites_what_it_says_and_says_what_stands_there(server, question):
    text, prompt = ask(server, question)
    cited = Citer(prompt.keys, HITS).cite(text)
    assert cited.citations
    assert cited.unknown == 0
    assert all(citation.supported for citation in cited.citations)
    assert all(statement.chunk_ids for statement in cited.statements)
    assert unmatched_figures(cited.text.replace("[1]", "").replace("[2]", ""), [TEXT, TEXT_RU]) == []


def test_an_honest_reply_follows_the_passages_and_is_not_canned(server):
    changed = TEXT.replace("9:30", "7:15")
    text, _ = ask(server, QUESTIONS[0], [Hit(Chunk("a.md", 0, len(changed), changed), 1.0)])
    assert "7:15" in text
    assert "9:30" not in text


def test_an_honest_model_abstains_where_nothing_supports_an_answer(server):
    assert ask(server, "Who won the football championship?")[0] == ABSTENTION


def test_a_hallucinated_reply_has_the_citations_and_length_of_an_honest_one_and_other_content(server):
    held = {*terms(TEXT), *terms(TEXT_RU)}
    for question in QUESTIONS:
        server.behaviour = Behaviour()
        honest, _ = ask(server, question)
        server.behaviour = Behaviour(hallucination_rate=1.0)
        invented, prompt = ask(server, question)
        assert honest.count("[") == invented.count("[")
        assert 0.5 < len(invented) / len(honest) < 2.0
        bare = Citer(prompt.keys, HITS).cite(invented)
        words = [term for statement in bare.statements for term in terms(statement.text)]
        assert sum(term not in held for term in words) >= 5
        assert [
            figure for statement in bare.statements for figure in unmatched_figures(statement.text, [TEXT, TEXT_RU])
        ]


def test_rates_decide_by_question_and_seed_and_more_includes_less():
    questions = [f"question {number}" for number in range(2000)]

    def struck(rate, seed=0):
        return {item for item in questions if Behaviour(seed=seed).strikes(rate, "hallucination", item)}

    assert struck(0.3) == struck(0.3)
    assert struck(0.3) != struck(0.3, seed=1)
    assert struck(0.1) < struck(0.3)
    assert abs(len(struck(0.3)) / 2000 - 0.3) < 0.04
    assert struck(0.0) == set()
    assert struck(1.0) == set(questions)


def test_latency_is_as_told_and_the_same_for_an_invented_answer():
    honest = Behaviour(latency_ms=80, latency_jitter_ms=20)
    inventing = replace(honest, hallucination_rate=1.0)
    assert [honest.latency_s(q, 3) for q in QUESTIONS] == [inventing.latency_s(q, 3) for q in QUESTIONS]
    assert all(0.06 <= honest.latency_s(q, number) <= 0.1 for q in QUESTIONS for number in range(50))
    with Loopback(inventing) as server:
        started = time.perf_counter()
        ask(server, QUESTIONS[0])
        assert time.perf_counter() - started >= 0.06


def test_dropped_and_unknown_citations_are_what_they_say(server):
    server.behaviour = Behaviour(dropped_citations_rate=1.0)
    assert "[" not in ask(server, QUESTIONS[0])[0]
    server.behaviour = Behaviour(unknown_citations_rate=1.0)
    text, prompt = ask(server, QUESTIONS[0])
    assert Citer(prompt.keys, HITS).cite(text).unknown == 2


def test_refusals_come_in_the_language_of_the_question(server):
    server.behaviour = Behaviour(refuse_rate=1.0)
    assert ask(server, QUESTIONS[0])[0].startswith("I'm sorry")
    assert ask(server, QUESTIONS[2])[0].startswith("Извините")


def test_requests_are_recorded_with_headers_and_body(server):
    ask(server, QUESTIONS[0])
    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer x"
    assert request.body["model"] == "m"


def test_no_key_no_answer(server):
    with pytest.raises(HTTPError, match="401"):
        post(server, "/chat/completions", {"messages": []}, Authorization="")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_a_400(server, body):
    with pytest.raises(HTTPError, match="400"):
        urlopen(Request(f"{server.url}/chat/completions", body), timeout=10)


def test_failing_requests_are_counted_from_when_the_behaviour_was_set(server):
    ask(server, QUESTIONS[0])
    server.behaviour = Behaviour(http_500=1)
    with pytest.raises(HTTPError, match="500"):
        ask(server, QUESTIONS[0])
    assert ask(server, QUESTIONS[0])


def test_embeddings_are_unit_vectors_that_know_shared_words(server):
    texts = ["the ferry leaves", "a ferry left Brenna", "tax return form"]
    data = post(server, "/embeddings", {"model": "m", "input": texts})["data"]
    first, second, third = (item["embedding"] for item in data)
    assert math.isclose(math.hypot(*first), 1.0)
    assert sum(map(float.__mul__, first, second)) > 0.3
    assert abs(sum(map(float.__mul__, first, third))) < 0.3


def test_base64_embeddings_are_the_same_numbers(server):
    [plain] = post(server, "/embeddings", {"model": "m", "input": "ferry"})["data"]
    [packed] = post(server, "/embeddings", {"model": "m", "input": "ferry", "encoding_format": "base64"})["data"]
    unpacked = struct.unpack(f"<{len(plain['embedding'])}f", base64.b64decode(packed["embedding"]))
    assert unpacked == pytest.approx(plain["embedding"], abs=1e-6)


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]], []])
def test_token_arrays_are_refused(server, tokens):
    with pytest.raises(HTTPError, match="400"):
        post(server, "/embeddings", {"model": "m", "input": tokens})


def test_many_clients_are_served_at_once():
    with Loopback(Behaviour(latency_ms=100)) as server:
        started = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(server, QUESTIONS[0])) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 20
        assert time.perf_counter() - started < 1.5


def test_it_runs_by_itself():
    command = [sys.executable, "-m", "pipelines.loopback", "--port", "0", "--model", "alone"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            url = line.split(" at ")[1].split()[0]
            with urlopen(f"{url}/models", timeout=10) as reply:
                assert json.loads(reply.read())["data"][0]["id"] == "alone"
        finally:
            process.terminate()


def test_chance_is_even():
    draws = [chance(0, "salt", str(number)) for number in range(2000)]
    assert 0.47 < sum(draws) / 2000 < 0.53
