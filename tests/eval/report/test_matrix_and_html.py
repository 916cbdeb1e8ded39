import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.errors import InputError
from eval.gating import gate
from eval.matrix import compare, matrix_json, matrix_markdown, matrix_text
from eval.report.html import diff, matrix_page, page
from eval.run import CaseResult, EvalRun, MetricInfo

METRICS = (MetricInfo("answer_match", "1", "share"), MetricInfo("latency", "1", "ms"))


def run(good, cost=100.0, label="run", count=100):
    results = tuple(
        CaseResult(
            f"c{n}", f"Question <{n}>?", f"{label} says {n}", "answered",
            {"answer_match": float(n < good), "latency": cost + n}, {}, ("tag",),
        )
        for n in range(count)
    )  # fmt: skip
    return EvalRun(label, datetime(2026, 1, 1, tzinfo=UTC), label, METRICS, results, fingerprint={"chat_model": label})


def test_each_variant_stands_beside_the_first_with_interval_and_finding():
    cells = {(cell.metric.name, cell.variant): cell for cell in compare([("fp16", run(90)), ("int8", run(70, 60.0))])}
    assert cells["answer_match", "fp16"].difference is None
    worse = cells["answer_match", "int8"]
    assert worse.difference.mean == pytest.approx(-0.2)
    assert worse.difference.low < -0.2 < worse.difference.high < 0
    assert (worse.finding, cells["latency", "int8"].finding) == ("WORSE", "less")


def test_no_difference_names_the_drop_that_would_have_been_seen():
    cells = compare([("a", run(90)), ("b", run(90))])
    assert cells[1].finding.startswith("no difference seen (drops from ")
    assert cells[3].finding == "no difference seen"


def test_an_improvement_is_told_too():
    assert compare([("a", run(70)), ("b", run(90))])[1].finding == "better"


def test_a_variant_with_no_case_in_common_has_no_difference():
    other = replace(run(90), results=tuple(replace(item, case_id=f"x{item.case_id}") for item in run(90).results))
    assert compare([("a", run(90)), ("b", other)])[1].difference is None


def test_a_matrix_of_one_is_refused():
    with pytest.raises(InputError, match="at least 2"):
        compare([("a", run(1))])


def test_text_markdown_json_and_html_hold_every_variant():
    cells = compare([("fp16", run(90)), ("int|8<", run(70))])
    assert "WORSE" in matrix_text(cells)
    assert "int\\|8<" in matrix_markdown(cells)
    assert json.loads(matrix_json(cells))["cells"][1]["finding"] == "WORSE"
    assert "int|8&lt;" in matrix_page(cells)


def test_a_page_shows_verdict_changes_and_both_answers_and_fetches_nothing():
    old, new = run(90, label="old"), run(60, label="new")
    text = page(new, gate(old, new), "Judge: 3 answers")
    assert "regression" in text
    assert "chat model was old, is new" in text
    assert "<del>old</del> says 60" in text
    assert "<ins>new</ins> says 60" in text
    assert "Question &lt;60&gt;?" in text
    assert "Question <60>" not in text
    assert "Judge: 3 answers" in text
    assert "src=" not in text
    assert "$" not in text.split("<body>")[1].split("<script>")[0]


def test_a_page_without_a_gate_is_complete():
    assert "not gated" in page(run(3))


def test_only_words_that_differ_are_marked():
    assert diff("a b c", "a x c") == ("a <del>b</del> c", "a <ins>x</ins> c")
    assert diff("<b>", "<b>") == ("&lt;b&gt;", "&lt;b&gt;")
