from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[3] / "data" / "demo"
VERSIONS = ("v1", "v2")


def read_lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines()]


@cache
def cases(version: str) -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in read_lines(f"cases.{version}.jsonl")}


def collapse(text: str) -> str:
    return " ".join(text.split())


@cache
def pdf_pages(path: Path) -> list[str]:
    pypdfium2 = pytest.importorskip("pypdfium2")
    with pypdfium2.PdfDocument(path) as document:
        return [collapse(page.get_textpage().get_text_range()) for page in document]


def docx_text(path: Path) -> str:
    docx = pytest.importorskip("docx")
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def html_text(path: Path) -> str:
    bs4 = pytest.importorskip("bs4")
    return bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text(" ")


@cache
def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        return " ".join(pdf_pages(path))
    if path.suffix == ".docx":
        return collapse(docx_text(path))
    if path.suffix == ".html":
        return collapse(html_text(path))
    return collapse(path.read_text(encoding="utf-8"))


def documents(version: str) -> list[Path]:
    return sorted((DEMO / version).iterdir())


def corpus_text(version: str) -> str:
    return "\n".join(text_of(path) for path in documents(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_source_of_a_case_exists_and_holds_some_of_its_evidence(version: str) -> None:
    for case in cases(version).values():
        for source in case["sources"]:
            text = text_of(DEMO / version / source)
            assert any(collapse(evidence) in text for evidence in case["evidence"]), (case["id"], source)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_piece_of_evidence_is_found_in_a_source_of_its_case(version: str) -> None:
    for case in cases(version).values():
        texts = [text_of(DEMO / version / source) for source in case["sources"]]
        for evidence in case["evidence"]:
            assert any(collapse(evidence) in text for text in texts), (case["id"], evidence)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_answer_is_contained_in_evidence(version: str) -> None:
    for case in cases(version).values():
        for answer in case["answers"]:
            assert any(answer.lower() in evidence.lower() for evidence in case["evidence"]), (case["id"], answer)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_single_pdf_source_names_the_page_which_holds_the_evidence(version: str) -> None:
    with_page = [case for case in cases(version).values() if "page" in case]
    assert len(with_page) >= 10
    for case in cases(version).values():
        assert ("page" in case) == (len(case["sources"]) == 1 and case["sources"][0].endswith(".pdf")), case["id"]
    for case in with_page:
        pages = pdf_pages(DEMO / version / case["sources"][0])
        assert collapse(case["evidence"][0]) in pages[case["page"] - 1], case["id"]


def test_ids_are_unique_and_equal_in_both_versions() -> None:
    ids = {version: [case["id"] for case in read_lines(f"cases.{version}.jsonl")] for version in VERSIONS}
    assert ids["v1"] == ids["v2"]
    assert len(set(ids["v1"])) == len(ids["v1"]) >= 50


def test_questions_are_the_same_in_both_versions() -> None:
    for name, case in cases("v1").items():
        assert case["question"] == cases("v2")[name]["question"]


@pytest.mark.parametrize("version", VERSIONS)
def test_at_least_a_fifth_of_the_cases_is_unanswerable(version: str) -> None:
    silent = [case for case in cases(version).values() if case["must_abstain"]]
    assert len(silent) * 5 >= len(cases(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_only_unanswerable_cases_have_no_answers_sources_and_evidence(version: str) -> None:
    for case in cases(version).values():
        for key in ("answers", "sources", "evidence"):
            assert bool(case[key]) != case["must_abstain"], (case["id"], key)


def test_at_least_eight_changed_cases_differ_and_their_old_evidence_is_gone() -> None:
    new_corpus = corpus_text("v2")
    changed = [case for case in cases("v1").values() if "changed" in case["tags"] and not case["must_abstain"]]
    assert len(changed) >= 8
    for case in changed:
        assert case["answers"] != cases("v2")[case["id"]]["answers"], case["id"]
        for evidence in case["evidence"]:
            assert collapse(evidence) not in new_corpus, (case["id"], evidence)


def test_evidence_of_version_2_for_changed_cases_was_not_in_version_1() -> None:
    old_corpus = corpus_text("v1")
    for case in cases("v2").values():
        if "changed" in case["tags"]:
            assert not any(collapse(evidence) in old_corpus for evidence in case["evidence"]), case["id"]


def test_cases_without_the_changed_tag_are_equal_in_both_versions() -> None:
    for name, case in cases("v1").items():
        assert ("changed" in case["tags"]) or case == cases("v2")[name], name


def test_documents_of_both_versions_have_the_same_names_but_for_one_dropped_and_one_added() -> None:
    old, new = ({path.name for path in documents(version)} for version in VERSIONS)
    assert old - new == {"herring-festival.md"}
    assert new - old == {"bicycle-lockers.md"}


def test_documents_without_a_changed_fact_are_the_same_byte_for_byte() -> None:
    facts = json.loads((DEMO / "src" / "facts.json").read_text(encoding="utf-8"))
    for source in (DEMO / "src" / "documents").iterdir():
        has_fact = any("{{" + name + "}}" in source.read_text(encoding="utf-8") for name in facts)
        name = source.name.replace(".pdf.md", ".pdf").replace(".docx.md", ".docx")
        same = (DEMO / "v1" / name).read_bytes() == (DEMO / "v2" / name).read_bytes()
        assert same != has_fact, name


@pytest.mark.parametrize("version", VERSIONS)
def test_no_placeholder_is_left_in_documents_or_cases(version: str) -> None:
    assert "{{" not in corpus_text(version)
    assert "{{" not in (DEMO / f"cases.{version}.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", VERSIONS)
def test_all_five_formats_are_present(version: str) -> None:
    assert {path.suffix for path in documents(version)} == {".md", ".txt", ".html", ".pdf", ".docx"}


@pytest.mark.parametrize("version", VERSIONS)
def test_russian_documents_are_present_in_every_format_and_their_text_is_cyrillic(version: str) -> None:
    russian = [path for path in documents(version) if ".ru." in path.name]
    assert {path.suffix for path in russian} == {".md", ".txt", ".html", ".pdf", ".docx"}
    for path in russian:
        text = text_of(path)
        assert sum("а" <= letter <= "я" for letter in text.lower()) > len(text) / 2, path.name


@pytest.mark.parametrize("version", VERSIONS)
def test_at_least_ten_cases_are_russian_and_two_of_them_unanswerable(version: str) -> None:
    russian = [case for case in cases(version).values() if case["language"] == "ru"]
    assert len(russian) >= 10
    assert sum(case["must_abstain"] for case in russian) >= 2


def test_word_documents_have_real_heading_styles() -> None:
    docx = pytest.importorskip("docx")
    for path in documents("v1"):
        if path.suffix == ".docx":
            styles = [paragraph.style.name for paragraph in docx.Document(str(path)).paragraphs]
            assert styles.count("Heading 1") == 1, path.name
            assert styles.count("Heading 2") >= 3, path.name


def test_traffic_refers_to_known_cases_and_rewords_each_at_least_three_times() -> None:
    traffic = read_lines("traffic.jsonl")
    assert len(traffic) >= 170
    for name, case in cases("v1").items():
        questions = {line["question"] for line in traffic if line["case"] == name}
        assert len(questions) >= 3, name
        assert case["question"] not in questions, name
    assert {line["case"] for line in traffic} == set(cases("v1"))


def test_canaries_are_twelve_stable_answers_and_four_silences_three_of_them_russian() -> None:
    canaries = read_lines("canaries.jsonl")
    chosen = [cases("v1")[canary["case"]] for canary in canaries]
    assert len({case["id"] for case in chosen}) == len(canaries) == 16
    assert sum(case["must_abstain"] for case in chosen) == 4
    assert sum(case["language"] == "ru" for case in chosen) == 3
    assert not any("changed" in case["tags"] for case in chosen)
    assert [canary["question"] for canary in canaries] == [case["question"] for case in chosen]


def test_the_demo_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 1_500_000
