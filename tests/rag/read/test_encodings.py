"""Texts in old 8-bit encodings are read, the guess is told, and what is no text stays refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rag.read.document import read_document
from rag.read.encodings import guess_text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Насос стоит в ангаре."),
        ("cp1251", "порт;цена\nБренна;12\n"),
        ("koi8_r", "Насос стоит в ангаре у старого причала."),
        ("cp866", "Насос стоит в ангаре у старого причала."),
        ("cp1252", "Größe;Preis\nSchlüssel;5\n"),
        ("cp1252", "Le phare est fermé à Noël – “hélas”."),
        ("cp1250", "Zażółć gęślą jaźń, proszę o klucz."),
        ("cp1253", "Το πλοίο φεύγει στις έξι."),
        ("shift_jis", "灯台の鍵は事務所にあります。"),
        ("gb18030", "灯塔的钥匙放在办公室。"),
        ("big5", "燈塔的鑰匙放在辦公室。"),
        ("euc_kr", "비상구는 동쪽에 있습니다."),
    ],
)
def test_a_short_text_in_an_old_encoding_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(text.encode(encoding))
    document = read_document(file)
    assert document.text == text and encoding.replace("_", "-") in document.notes[0]


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_text(seed: int) -> None:
    chance = random.Random(seed)
    assert guess_text(bytes(chance.randrange(0x80, 0x100) for _ in range(300))) is None


def test_text_in_utf_8_is_never_guessed(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Größe – насос")
    assert read_document(file).notes == ()
