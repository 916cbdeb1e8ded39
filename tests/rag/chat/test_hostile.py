"""Broken and hostile endpoints: each costs a bounded time and size, and no good text."""

import base64
import gzip
import json
import time

import pytest

from data.records import Chunk, Hit
from data.settings import Secret
from rag.errors import EndpointUnreachable, GarbledReply
from tests.rag.chat.scripted import DONE, endpoint, event, scripted, whole

HITS = [Hit(Chunk("a.md", 0, 30, "Hand luggage may weigh 10 kilograms."), 1.0)]
QUESTION = "How much may hand luggage weigh?"
SAID = "Ten kilograms."


@pytest.fixture(scope="module")
def script():
    with scripted() as running:
        yield running


@pytest.fixture(autouse=True)
def plain(script):
    script.headers = {}


def both(script, streamed, at_once, **settings):
    """Return the drafts of an endpoint that streams `streamed`, or sends `at_once`."""
    script.pieces = lambda body: iter(streamed if body.get("stream") else at_once)
    asked = endpoint(script, **settings)
    return list(asked.stream(QUESTION, HITS))[-1], asked.generate(QUESTION, HITS)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["Well done \ud83d", "\ude00 indeed."], "Well done 😀 indeed."),
        (["Well done \ud83d", " indeed."], "Well done \ufffd indeed."),
        (["\ude00 Well done."], "\ufffd Well done."),
        (["Well done. \ud83d"], "Well done. \ufffd"),
        (["Well \ude00", "\ud83d done."], "Well \ufffd\ufffd done."),
        (["Well \ud83d", "", "\ude00 done."], "Well 😀 done."),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(script, pieces, text):
    for draft in both(script, [*map(event, pieces), event("", "stop"), DONE], [whole("".join(pieces))]):
        assert draft.text == text


def test_halves_elsewhere_in_a_reply_break_nothing(script):
    about = {"model": "m\ud83d", "system_fingerprint": "\ude00", "choices": json.loads(whole(SAID))["choices"]}
    script.pieces = lambda body: iter([json.dumps(about).encode()])
    draft = endpoint(script).generate(QUESTION, HITS)
    assert (draft.model, draft.system_fingerprint) == ("m\ufffd", "\ufffd")
    script.pieces = lambda body: iter([json.dumps({"error": {"message": "no \ud83d"}}).encode()])
    with pytest.raises(GarbledReply, match="no \ufffd"):
        endpoint(script).generate(QUESTION, HITS)


def test_a_stream_that_says_it_is_done_is_an_answer_and_one_that_says_nothing_is_cut(script):
    words = [event(f"{word} ") for word in SAID.split()]
    draft, _ = both(script, [*words, DONE], [whole(SAID)])
    assert (draft.text.strip(), draft.flags) == (SAID, ("no_finish_reason",))
    draft, _ = both(script, [*words, b"data: [DONE]"], [whole(SAID)])
    assert draft.text.strip() == SAID
    draft, _ = both(script, [*words, event("", "stop")], [whole(SAID)])
    assert (draft.text.strip(), draft.flags) == (SAID, ())
    with pytest.raises(GarbledReply, match="before the answer was complete"):
        both(script, words, [whole(SAID)])


@pytest.mark.parametrize("ends", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_events_are_read_however_their_lines_end_and_arrive(script, ends):
    sent = b"".join([event("Ten "), b": still here\n\n", event("kilograms."), event("", "stop"), DONE])
    sent = sent.replace(b"\n\n", ends)
    for size in (1, 5, 10_000):
        draft, _ = both(script, [sent[at : at + size] for at in range(0, len(sent), size)], [whole(SAID)])
        assert draft.text == SAID


def test_a_broken_byte_costs_itself_alone(script):
    draft, _ = both(
        script, [event("Ten kilograms~").replace(b"~", b"\xed\xa0"), event("", "stop"), DONE], [whole(SAID)]
    )
    assert draft.text.startswith("Ten kilograms\ufffd")


FLOOD = [b"a" * 65_536] * 200


@pytest.mark.parametrize(
    "pieces",
    [
        [b'data: {"x": "', *FLOOD],
        [b'{"x": "', *FLOOD],
        [b": c\n" * 16_384] * 200,
        [b"data: x\n" * 8_192] * 200,
        [b"\n" * 65_536] * 200,
        FLOOD,
    ],
)
def test_what_never_ends_is_read_no_further_than_a_reply_may_go(script, pieces):
    asked = endpoint(script, max_reply_mb=5)
    script.pieces = lambda body: iter(pieces)
    for ask in (lambda: list(asked.stream(QUESTION, HITS)), lambda: asked.generate(QUESTION, HITS)):
        with pytest.raises(GarbledReply, match=r"more than [\d,]+ bytes .* raise chat\.max_reply_mb"):
            ask()


def test_a_reply_is_as_large_as_it_is_unpacked(script):
    script.headers = {"Content-Encoding": "gzip"}
    script.pieces = lambda body: iter([gzip.compress(b" " * 50_000_000)])
    with pytest.raises(GarbledReply, match=r"more than [\d,]+ bytes"):
        endpoint(script).generate(QUESTION, HITS)
    with pytest.raises(GarbledReply, match=r"more than [\d,]+ bytes"):
        list(endpoint(script).stream(QUESTION, HITS))
    packed = gzip.compress(event("Ten kilograms.") + event("", "stop") + DONE)
    for draft in both(script, [packed[:9], packed[9:]], [gzip.compress(whole(SAID))]):
        assert draft.text == SAID
    script.headers = {"Content-Encoding": "zstd"}
    with pytest.raises((GarbledReply, EndpointUnreachable), match="zstd"):
        endpoint(script).generate(QUESTION, HITS)


def test_text_beyond_what_the_most_tokens_can_hold_is_cut_and_flagged(script):
    many = [event(f"{SAID} ") for _ in range(1000)]
    for draft in both(script, [*many, event("", "stop"), DONE], [whole(f"{SAID} " * 1000)], max_answer_tokens=10):
        assert len(draft.text) <= 160 and draft.flags == ("answer_cut_short",)


def test_a_reply_that_floods_ends_at_the_deadline(script):
    def endless(body):
        while True:
            yield event("", None) if body.get("stream") else b" "
            time.sleep(0.002)

    script.pieces = endless
    for ask in ("stream", "generate"):
        with pytest.raises(EndpointUnreachable, match=r"did not finish its answer"):
            asked = endpoint(script, deadline_s=0.4)
            list(asked.stream(QUESTION, HITS)) if ask == "stream" else asked.generate(QUESTION, HITS)


def test_the_deadline_holds_while_what_came_is_worked_on(script):
    script.pieces = lambda body: iter([event(f"{SAID} ") for _ in range(50)] + [event("", "stop"), DONE])
    with pytest.raises(EndpointUnreachable, match=r"did not finish its answer"):
        for _ in endpoint(script, deadline_s=0.3).stream(QUESTION, HITS):
            time.sleep(0.1)


def test_a_head_that_never_ends_is_cut_at_the_deadline(script):
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            try:
                while True:
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    time.sleep(0.01)
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    script_url, script.url = script.url, f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    try:
        with pytest.raises(EndpointUnreachable, match=r"did not finish its answer"):
            endpoint(script, deadline_s=0.4).generate(QUESTION, HITS)
    finally:
        script.url = script_url
        listening.close()


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"choices":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"choices":' + b"9" * 100_000 + b"}",
        b'{"choices":[{"delta":1e999999,"message":7}]}',
        b'{"choices":[{"index":0,"delta":{"content":{"a":[[]]}},"message":{"content":{"a":1}}}]}',
        b'{"choices":[[[]]],"usage":{"prompt_tokens":"x"}}',
    ],
)
def test_json_as_nobody_writes_it_is_one_sentence(script, body):
    script.pieces = lambda asked: iter([b"data: " + body + b"\n\n" + DONE if asked.get("stream") else body])
    for ask in (
        lambda: list(endpoint(script).stream(QUESTION, HITS)),
        lambda: endpoint(script).generate(QUESTION, HITS),
    ):
        with pytest.raises(GarbledReply) as caught:
            ask()
        assert len(str(caught.value)) < 600 and "\n" not in str(caught.value)


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_a_key_that_a_server_tells_again_is_hidden_in_base64_too(script, before):
    told = base64.b64encode(f"{before}sk-very-secret-9876".encode()).decode()
    error = {"error": {"message": f"bad Basic {told} or sk-very-secret-9876"}}
    script.pieces = lambda body: iter([json.dumps(error).encode()])
    with pytest.raises(GarbledReply) as caught:
        endpoint(script, api_key=Secret("sk-very-secret-9876")).generate(QUESTION, HITS)
    assert "secret" not in str(caught.value) and told[8:-4] not in str(caught.value) and "***" in str(caught.value)
