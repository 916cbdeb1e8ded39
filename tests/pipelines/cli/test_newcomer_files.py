"""What a newcomer hands to `drift compare` and `drift import` by mistake, and what he is told."""

import gzip
import json

import pytest


def record(number, **changed):
    return {
        "id": str(number),
        "at": f"2026-01-{1 + number // 24:02}T{number % 24:02}:00:00Z",
        "question": f"Which berth does ship {number} use?",
        "answer": f"Ship {number} uses berth 7.",
        "contexts": [{"id": str(number), "text": f"Ship {number} uses berth 7.", "source": "port.md"}],
        "latency_ms": 100,
    } | changed


def text_of(rows):
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.jsonl"
    path.write_text(text_of(record(n) for n in range(5)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(b'{"id": "1"}\n' * 50), "is compressed with gzip: unpack it with gunzip first"),
        (b"PK\x03\x04rest of an archive", "is a zip archive"),
        (text_of([record(1)]).encode("utf-16"), "is UTF-16 text: save it as UTF-8 first"),
        ('{"question": "Вопрос"}'.encode("cp1251"), "line 1: not UTF-8 text"),
        (b"id,at,question,answer\n1,2026-01-01,q,a\n", "line 1: not JSON"),
    ],
    # Named here, because the bytes of an archive hold its time: two test processes would collect other names.
    ids=["gzip", "zip", "utf-16", "cp1251", "csv"],
)
def test_a_file_of_another_kind_is_named_in_one_sentence(command, tmp_path, good, content, told):
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_bytes(content)
    ran = command("drift", "compare", good, wrong)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "wrong.jsonl" in ran.err
    assert told in ran.err


def test_one_array_over_many_lines_is_read_like_lines(command, tmp_path, good):
    array = tmp_path / "array.json"
    array.write_text(json.dumps([record(n) for n in range(5)], indent=1), encoding="utf-8")
    assert "array.json: 5 interactions" in command("drift", "compare", good, array).out


def test_a_folder_is_called_a_folder(command, tmp_path, good):
    assert "is a folder: pass a JSON Lines file" in command("drift", "compare", good, tmp_path).err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 100_000, "not usable JSON (nested too deeply)"),
        (json.dumps(record(9)).replace("100", "9" * 5000), "not JSON (Exceeds the limit"),
        (json.dumps(record(9)).replace("100", "9" * 400), "'latency_ms' must be a finite number"),
        (record(9, latency_ms=-5), "'latency_ms' must not be negative, found -5"),
        ('{"id": "9", "at": "2026-01-01", "question": "\\ud83d?", "answer": "a"}', "half a character ('\\ud83d')"),
        (record(9, at="0001-01-01T00:00:00+14:00"), "'at' is not an ISO 8601 time"),
    ],
)
def test_a_poisonous_line_is_refused_with_its_reason_and_the_others_are_used(command, tmp_path, good, line, reason):
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(good.read_text() + "\n" + text_of([line]), encoding="utf-8")
    ran = command("drift", "compare", good, mixed, "--json")
    assert (ran.code, ran.json["windows"]["current"]["interactions"]) == (5, 5)
    assert "1 line refused:" in ran.err
    assert f"mixed.jsonl:6: {reason}" in ran.err


def test_bom_and_windows_line_ends_are_nobodys_fault(command, tmp_path, good):
    other = tmp_path / "windows.jsonl"
    other.write_bytes(b"\xef\xbb\xbf" + good.read_bytes().replace(b"\n", b"\r\n"))
    ran = command("drift", "compare", good, other, "--json")
    assert (ran.err, ran.json["windows"]["current"]["interactions"]) == ("", 5)


def test_hundreds_of_refused_lines_do_not_flood_the_terminal(command, tmp_path, good):
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(good.read_text() + "\n" + "oops\n" * 300, encoding="utf-8")
    ran = command("drift", "compare", good, mixed)
    assert "300 lines refused:" in ran.err
    assert "… and 290 more" in ran.err
    assert len(ran.err.splitlines()) == 12


def test_a_verdict_is_said_once_and_an_empty_window_is_called_empty(command, tmp_path, good):
    future = tmp_path / "future.jsonl"
    future.write_text(text_of(record(n, at="2999-01-01") for n in range(5)), encoding="utf-8")
    ran = command("drift", "compare", good, future)
    assert ran.out.startswith(
        "TOO LITTLE DATA – Window future.jsonl holds no interactions up to now: wait for some, or"
    )
    assert "dated after" in ran.out and "check the clocks" in ran.out
    assert "5 interactions dated after" in ran.out
