"""Chat completions as OpenAI's protocol has them, in one piece and streamed."""

import json
import threading

import pytest

from data.records import ABSTENTION, Citation
from pipelines.loopback import Behaviour
from pipelines.serve.completions import footnotes
from pipelines.serve.conversation.footnotes import without_footnotes
from tests.pipelines.serve.conftest import OIL, copied, serving
from tests.waiting import until


def events(reply):
    """The events of a stream; every line of it is one, a comment, or empty."""
    lines = [line for line in reply.text.split("\n") if line]
    assert all(line.startswith(("data: ", ":")) for line in lines)
    data = [line.removeprefix("data: ") for line in lines if not line.startswith(":")]
    assert data[-1] == "[DONE]"
    return [json.loads(item) for item in data[:-1]]


def text_of(chunks):
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])


def test_an_answer_has_footnotes_in_the_text_and_citations_beside_it(served):
    reply = served.ask().json()
    (citation,) = reply["citations"]
    text = reply["choices"][0]["message"]["content"]
    assert text.startswith("The lubricating oil is changed every 1,000 running hours")
    assert f"[1] {citation['source']}, page 2: “{citation['quote']}”" in text
    assert (reply["model"], reply["object"], reply["outcome"]) == ("rag", "chat.completion", "answered")
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert reply["usage"]["total_tokens"] == reply["usage"]["prompt_tokens"] + reply["usage"]["completion_tokens"]


def test_what_was_answered_is_on_record_under_the_id_that_came_with_it(served):
    reply = served.ask().json()
    logged = served.log.get(reply["interaction_id"])
    assert logged.question == OIL
    assert [citation.quote for citation in logged.citations] == [item["quote"] for item in reply["citations"]]
    assert logged.tags == {"client": "address 127.0.0.1"}


def test_a_chore_of_a_chat_program_is_refused_and_not_on_record(served):
    before = served.log.span().interactions
    reply = served.ask(question="### Task:\nGenerate a concise title summarizing the chat history.")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "not_a_question")
    served.ask()
    assert served.log.span().interactions == before + 1


def test_footnotes_can_be_left_out(served):
    reply = served.ask(footnotes=False).json()
    assert reply["choices"][0]["message"]["content"].endswith("[1].")
    assert reply["citations"]


def test_a_stream_holds_role_text_end_and_done(written):
    reply = written.ask(stream=True)
    assert reply.headers["content-type"].startswith("text/event-stream")
    chunks = events(reply)
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert chunks[-1]["choices"][0] == {"index": 0, "delta": {}, "finish_reason": "stop", "logprobs": None}
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["object"]) for chunk in chunks}) == 1
    assert chunks[-1]["citations"] and chunks[-1]["interaction_id"]


def test_the_pieces_of_a_stream_are_the_text_without_streaming(written):
    whole = written.ask().json()["choices"][0]["message"]["content"]
    assert text_of(events(written.ask(stream=True))) == whole


def test_usage_comes_as_a_chunk_of_its_own_where_asked_for(written):
    chunks = events(written.ask(stream=True, stream_options={"include_usage": True}))
    assert chunks[-1]["choices"] == []
    logged = written.log.get(chunks[-2]["interaction_id"])
    assert chunks[-1]["usage"]["prompt_tokens"] == logged.tokens["prompt"] > 100
    assert all("usage" not in chunk for chunk in events(written.ask(stream=True)))


def test_a_question_the_documents_do_not_answer_is_abstained_from(served):
    reply = served.ask("What is the melting point of tungsten carbide?", footnotes=False).json()
    assert reply["outcome"] == "abstained"
    assert reply["choices"][0]["message"]["content"] == ABSTENTION


def test_who_gets_no_answer_is_told_where_to_look(served):
    reply = served.ask("What is the boiling point of tungsten?").json()
    text = reply["choices"][0]["message"]["content"]
    assert text.startswith(f"{ABSTENTION}\n\nNearest documents:\n- {reply['nearest'][0]['source']}")
    assert without_footnotes(text) == ABSTENTION
    assert served.ask(OIL).json()["nearest"] == []


def test_parameters_that_mean_nothing_here_are_ignored(served):
    ignored = {"temperature": 1.5, "top_p": 0.1, "seed": 3, "tools": [], "user": "u", "max_tokens": 5, "x": {"y": 1}}
    assert served.ask(**ignored).json()["outcome"] == "answered"


def test_text_parts_are_read_and_pictures_refused(served):
    parts = [{"type": "text", "text": OIL}]
    body = {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}]}
    assert served.http.post("/v1/chat/completions", json=body).json()["outcome"] == "answered"
    body["messages"][1]["content"] = [{"type": "image_url", "image_url": {"url": "data:"}}]
    refused = served.http.post("/v1/chat/completions", json=body)
    assert refused.status_code == 400
    assert "only text" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"messages": [{"role": "pirate", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 30_000}]}, "messages"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"stream": "perhaps"}, "stream"),
        ({"n": 2}, "n"),
        ({"model": "gpt-4o"}, "model"),
    ],
)
def test_a_request_that_cannot_be_used_is_refused_in_the_shape_of_openai(served, change, param):
    reply = served.ask(**change)
    assert reply.status_code in (400, 404)
    error = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"], error["type"]) == (param, "invalid_request_error")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"messages": [{"role": "user", "content": "\\ud800"}]}']
)
def test_no_body_is_an_error_of_the_server(served, body):
    reply = served.http.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (200, 400)
    reply.json()


def test_a_body_that_is_no_json_is_called_so(served):
    reply = served.http.post("/v1/chat/completions", content=b'{"model":', headers={"Content-Type": "application/json"})
    assert reply.json()["error"]["message"] == "The body is not JSON (Expecting value)."


def test_a_follow_up_is_understood_after_what_was_said(served):
    first = served.ask().json()
    turns = [
        {"role": "user", "content": OIL},
        {"role": "assistant", "content": first["choices"][0]["message"]["content"]},
        {"role": "user", "content": "And the filter of it?"},
    ]
    reply = served.http.post("/v1/chat/completions", json={"messages": turns}).json()
    logged = served.log.get(reply["interaction_id"])
    assert logged.tags["asked_as"] == "And the filter of it?"
    assert "oil" in logged.question


def test_an_endpoint_that_refuses_is_an_error_told_once_and_on_record(written, behaving):
    behaving(Behaviour(fault="http_401"))
    for streaming in (False, True):
        reply = written.ask(stream=streaming)
        assert (reply.status_code, reply.headers["x-should-retry"]) == (502, "false")
        assert reply.json()["error"]["code"] == "endpoint_failed"
        assert written.log.get(reply.json()["interaction_id"]).outcome == "failed"


def test_a_stream_that_breaks_half_way_ends_with_an_error_event(written, behaving):
    question = "How often is the lubricating oil changed, and what does the laboratory check?"
    behaving(Behaviour(fault="cut_stream"))
    reply = written.ask(question, stream=True)
    if reply.status_code == 200:  # nothing was shown before the cut: then it is an HTTP error
        *_, last = events(reply)
        assert last["error"]["code"] == "endpoint_failed"
    else:
        assert reply.json()["error"]["code"] == "endpoint_failed"
    behaving(Behaviour())
    assert written.ask(question, stream=True).status_code == 200


def test_an_answer_is_on_record_even_when_nobody_waited_for_it(written, behaving):
    behaving(Behaviour(latency_ms=300))
    before = written.log.span().interactions
    body = {"stream": True, "messages": [{"role": "user", "content": OIL}]}
    leaving = threading.Thread(target=lambda: _hang_up(written, body))
    leaving.start()
    leaving.join(30)
    until(lambda: written.log.span().interactions == before + 1)


def _hang_up(served, body):
    import httpx

    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{served.url}/v1/chat/completions", json=body, timeout=0.1)


def test_more_answers_than_may_be_under_way_are_refused(demo_workspace, tmp_path, endpoint, behaving):
    chat = f'[chat]\nbase_url = "{endpoint.url}"\nmodel = "m"\n[server]\nanswers_at_once = 1\n'
    with serving(copied(demo_workspace, tmp_path / "work", chat)) as one:
        one.ask("warm up")
        behaving(Behaviour(latency_ms=1500))
        first = threading.Thread(target=one.ask)
        first.start()
        until(lambda: one.service.answers.full)
        refused = one.ask()
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        first.join(30)


def citation(quote, source="a.md"):
    return Citation(1, "c", source, None, 0, len(quote), quote, True)


def test_footnotes_show_no_picture_link_or_tag_that_a_document_holds():
    shown = footnotes((citation("![x](http://evil/?q) <img src=x> [a](http://b)"),))
    assert not any(sign in shown for sign in ("![", "](", "<img"))
