import io
import json

import pytest

from data.errors import InputError
from pipelines.answer.history import read_history
from pipelines.answer.terminal import Chat
from pipelines.loopback import Behaviour, Loopback
from rag.answer.follow_up import Turn
from rag.asking.conversation import Conversation

FIRST = "How often is the lubricating oil changed?"
SECOND = "And who may ask for it earlier?"
TOPIC = "lubricating oil changed"


@pytest.fixture
def model(workspace):
    with Loopback() as server:
        (workspace / "rag.toml").write_text(f'[chat]\nbase_url = "{server.url}"\nmodel = "loopback-1"\n')
        yield server


def written(tmp_path, text):
    path = tmp_path / "history.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def said(tmp_path):
    return written(
        tmp_path, json.dumps({"role": "user", "content": FIRST}) + '\n{"role": "assistant", "content": "Often."}'
    )


def test_a_follow_up_is_searched_and_logged_as_it_stands_alone(workspace, command, tmp_path):
    found = command("rag", "ask", SECOND, "--history", said(tmp_path), "--json").json
    assert found["question"] == SECOND
    assert found["standalone_question"] == f"{SECOND} ({TOPIC})"
    exported = workspace / "log.jsonl"
    command("drift", "export", exported)
    row = json.loads(exported.read_text(encoding="utf-8"))
    assert (row["question"], row["tags"]) == (found["standalone_question"], {"asked_as": SECOND})


def test_with_a_model_the_model_rewrites(model, command, tmp_path):
    found = command("rag", "ask", SECOND, "--history", said(tmp_path), "--json").json
    prompts = [request.body["messages"][-1]["content"] for request in model.requests if request.method == "POST"]
    assert f"Last question: {SECOND}" in prompts[0]
    assert found["standalone_question"] in prompts[1]


@pytest.mark.parametrize(("how", "calls"), [("rule", 1), ("none", 1), ("model", 2)])
def test_who_rewrites_is_a_setting(model, command, tmp_path, monkeypatch, how, calls):
    monkeypatch.setenv("RAG__CHAT__FOLLOW_UPS", how)
    found = command("rag", "ask", SECOND, "--history", said(tmp_path), "--json").json
    assert sum(request.method == "POST" for request in model.requests) == calls
    assert (found["standalone_question"] == SECOND) == (how == "none")


def test_a_question_without_history_is_asked_as_it_is(workspace, command):
    found = command("rag", "ask", SECOND, "--json").json
    assert (found["question"], found["standalone_question"]) == (SECOND, SECOND)


@pytest.mark.parametrize(
    "text",
    [
        '{"role": "user", "content": "Hello?"}\n\n{"role": "assistant", "content": "Yes."}\n',
        '[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"},'
        ' {"role": "assistant", "content": "Yes."}]',
        '{"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello?"}]},'
        ' {"role": "assistant", "content": "Yes."}], "model": "m"}',
        '\ufeff{"role": "user", "content": "Hello?"}\r\n{"role": "assistant", "content": "Yes."}',
    ],
)
def test_a_history_is_read_in_all_its_forms(tmp_path, text):
    assert read_history(written(tmp_path, text)) == (Turn("user", "Hello?"), Turn("assistant", "Yes."))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"role": "user", "content": "Hello?"}\nnonsense', "line 2 is not JSON"),
        ('{"content": "Hello?"}', "message 1 has no role"),
        ('[{"role": "user", "content": 7}]', "content that is no text: '7'"),
        ("7", "message 1 has no role"),
    ],
)
def test_what_is_no_history_is_refused_with_its_place(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_history(written(tmp_path, text))


def test_a_history_that_is_not_there_is_refused_by_name(workspace, command):
    ran = command("rag", "ask", "Why?", "--history", "nowhere.jsonl")
    assert (ran.code, "nowhere.jsonl cannot be read as a history" in ran.err) == (2, True)


def talk(command, monkeypatch, *lines):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return command("rag", "chat")


def test_a_conversation_on_the_terminal(model, command, monkeypatch):
    ran = talk(command, monkeypatch, "/sources", FIRST, SECOND, "/sources", "/nonsense", "/new", SECOND, "/quit", FIRST)
    assert ran.code == 0
    assert "Nothing was answered yet." in ran.out
    assert "  [1] " in ran.out and "“" in ran.out
    assert f"(understood as: {SECOND} ({TOPIC}))" in ran.err
    assert ran.err.count("understood as") == 1
    assert "There is no /nonsense" in ran.err and "A new conversation." in ran.err


@pytest.mark.parametrize("word", ["quit", "exit", "/quit"])
def test_a_word_that_leaves_is_no_question(model, command, monkeypatch, word):
    ran = talk(command, monkeypatch, word, FIRST)
    assert (ran.code, ran.out) == (0, "")


def test_a_conversation_outlives_a_dead_endpoint(model, command, monkeypatch):
    model.behaviour = Behaviour(fault="http_401")
    ran = talk(command, monkeypatch, FIRST, "", FIRST)
    assert ran.code == 0
    assert ran.err.count("HTTP 401") == 2


def test_ctrl_c_stops_an_answer_and_drops_a_line_but_not_the_conversation(workspace, capsys):
    from pipelines.answer.asker import open_asker
    from pipelines.wiring.workspace import open_workspace

    conversation = Conversation(open_asker(open_workspace(workspace)))
    answer = conversation.ask
    lines = iter([FIRST, None, FIRST])
    stops = iter([True, False])

    def reading(prompt):
        line = next(lines, "/quit")
        if line is None:
            raise KeyboardInterrupt
        return line

    def asking(question):
        if next(stops):
            yield "The trial "
            raise KeyboardInterrupt
        yield from answer(question)

    conversation.ask = asking
    Chat(conversation, reading).run()
    shown = capsys.readouterr()
    assert "(stopped)" in shown.err and "Ctrl-D leaves" in shown.err
    assert [turn.text for turn in conversation.turns if turn.role == "user"] == [FIRST]
