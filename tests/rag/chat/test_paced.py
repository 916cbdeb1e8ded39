"""One thread reads many replies: nothing is lost or late, and readers are woken seldom."""

import socket
import threading

import pytest

from rag.chat.paced import Flow, FlowReader
from rag.chat.turns import Turns
from tests.waiting import until


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def reader():
    return FlowReader(Turns())


def test_what_came_is_read_in_order_and_the_end_is_empty(reader, pair):
    ours, theirs = pair
    flow = reader.begin(ours)
    theirs.sendall(b"data: one\n\n")
    theirs.sendall(b"data: [DONE]\n\n")
    theirs.close()
    came = b""
    while piece := reader.read(flow, 7, 30):
        came += piece
    assert came == b"data: one\n\ndata: [DONE]\n\n"


def test_tokens_are_read_together_and_the_end_at_once(pair):
    reader = FlowReader(Turns(), patience_s=600)
    ours, theirs = pair
    flow = reader.begin(ours)
    for word in (b"one ", b"two ", b"three "):
        theirs.sendall(word)
        until(lambda word=word: flow.received.endswith(word))
    assert not flow.ready.is_set()
    theirs.sendall(b"data: [DONE]\n\n")
    assert reader.read(flow, 100, 30) == b"one two three data: [DONE]\n\n"


def test_a_token_does_not_wait_for_ever(pair):
    reader = FlowReader(Turns(), patience_s=0.01)
    ours, theirs = pair
    flow = reader.begin(ours)
    theirs.sendall(b"one ")
    assert reader.read(flow, 100, 30) == b"one "


def test_silence_is_told(reader, pair):
    flow = reader.begin(pair[0])
    with pytest.raises(TimeoutError):
        reader.read(flow, 100, 0.02)


def test_a_connection_that_is_shut_from_another_thread_wakes_its_reader(reader, pair):
    ours, _ = pair
    flow = reader.begin(ours)
    timer = threading.Timer(0.05, ours.shutdown, [socket.SHUT_RDWR])
    timer.start()
    assert reader.read(flow, 100, 30) == b""
    timer.join()


def test_a_connection_that_breaks_is_an_error(reader):
    listening = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listening.getsockname())
    theirs, _ = listening.accept()
    flow = reader.begin(ours)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    theirs.close()  # without lingering this resets the connection
    with pytest.raises(OSError, match="reset"):
        reader.read(flow, 100, 30)
    ours.close()
    listening.close()


def test_a_flow_that_was_ended_leaves_its_bytes_to_others(reader, pair):
    ours, theirs = pair
    flow = reader.begin(ours)
    reader.end(flow)
    reader.end(flow)
    theirs.sendall(b"next reply")
    ours.settimeout(30)
    assert ours.recv(100) == b"next reply"


def test_replies_that_go_on_take_turns_and_one_that_has_ended_does_not_wait_for_one():
    reader = FlowReader(Turns(lease_s=600), patience_s=0.01)
    pairs = [socket.socketpair() for _ in range(3)]
    first, second, ended = [reader.begin(ours) for ours, _ in pairs]
    came = []
    pairs[0][1].sendall(b"one ")
    assert reader.read(first, 100, 30) == b"one "  # whose turn it is now
    pairs[1][1].sendall(b"two ")
    waiting = threading.Thread(target=lambda: came.append(reader.read(second, 100, 30)), daemon=True)
    waiting.start()
    pairs[2][1].sendall(b"data: [DONE]\n\n")
    assert reader.read(ended, 100, 30) == b"data: [DONE]\n\n"
    until(second.ready.is_set)  # it could be read, and waits for its turn alone
    came.append("first ends")
    reader.end(first)
    waiting.join(30)
    assert came == ["first ends", b"two "]
    reader.end(second)
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


def test_what_arrives_for_many_replies_is_taken_in_together_and_nothing_is_lost(pair, monkeypatch):
    sent = threading.Event()
    reader = FlowReader(Turns(), many=0, pause=lambda: sent.wait(30))
    taken, take_in = [], Flow.take_in
    monkeypatch.setattr(Flow, "take_in", lambda flow: (taken.append(flow), take_in(flow))[1])
    ours, theirs = pair
    flow = reader.begin(ours)
    for number in range(20):
        theirs.sendall(b"%d " % number)
    theirs.sendall(b"data: [DONE]\n\n")
    sent.set()
    came = reader.read(flow, 1000, 30)
    while b"[DONE]" not in came:
        came += reader.read(flow, 1000, 30)
    assert came == b"".join(b"%d " % number for number in range(20)) + b"data: [DONE]\n\n"
    assert len(taken) < 10
