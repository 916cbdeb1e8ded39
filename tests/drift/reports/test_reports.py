import json
import re
import sys

import pytest

from data.errors import InputError
from drift.comparison import compare
from drift.reports.html_report import render_html, write_html
from drift.reports.json_report import to_json
from drift.reports.text_report import to_text


@pytest.fixture
def drifted(build, settings, now):
    evil = build("b", seed=2, day=9, quality=0.6, answer=lambda n: f"</script><script>alert({n})</script> $tone {n}")
    return compare(build("a", seed=1), evil, settings, now)


def test_the_keys_of_the_json_report_are_stable(drifted):
    found = json.loads(json.dumps(to_json(drifted), allow_nan=False))
    assert found["schema"] == 2
    assert set(found) >= {
        "schema", "verdict", "exit_code", "service", "since", "affected", "refused", "headline",
        "windows", "ops", "quality", "planes", "segments", "causes", "findings"
    }  # fmt: skip
    assert list(found["quality"])[:9] == [
        "status", "reference", "current", "delta", "ci", "minimum_detectable_drop", "e_value", "method", "n_labelled"
    ]  # fmt: skip
    assert set(found["planes"]) == {"query", "retrieval", "answer"}
    assert set(found["windows"]) == {"reference", "current"}
    assert set(found["causes"][0]) == {"cause", "share", "evidence", "do_next"}
    assert found["ops"]["status"] == "green"


def test_an_empty_report_is_valid_json_too(build, settings, now):
    report = compare(build("a", 0), build("b", 0), settings, now)
    found = json.loads(json.dumps(to_json(report), allow_nan=False))
    assert (found["verdict"], found["exit_code"]) == ("insufficient", 5)


def test_the_first_line_of_the_text_is_the_verdict(drifted):
    first = to_text(drifted).splitlines()[0]
    assert first.startswith("SILENT DRIFT")
    assert "fell by" in first


def test_the_page_opens_without_network_and_shows_answers_as_text(drifted):
    page = render_html(drifted)
    assert "silent drift" in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", page)
    assert "<script>alert(" not in page
    assert "&lt;script&gt;alert(" in page
    assert drifted.causes[0].cause.replace("_", " ") in page


@pytest.mark.slow
def test_the_written_page_holds_evidentlys_section(build, settings, now, tmp_path):
    windows = build("a", 60, seed=1), build("b", 60, seed=2, quality=0.5)
    path = tmp_path / "report.html"
    write_html(compare(*windows, settings, now), *windows, path)
    page = path.read_text(encoding="utf-8")
    assert 'id="evidently-page"' in page


def test_without_evidently_the_page_is_small_needs_no_script_and_names_the_extra(
    build, settings, now, tmp_path, monkeypatch
):
    windows = build("a", 60, seed=1), build("b", 60, seed=2, quality=0.5)
    path, report = tmp_path / "report.html", compare(*windows, settings, now)
    monkeypatch.setitem(sys.modules, "pandas", None)
    write_html(report, *windows, path)
    page = path.read_text(encoding="utf-8")
    assert "(pandas is not installed): pip install &#x27;silentdrift[report]&#x27;." in page
    assert "<script" not in page
    assert page.count('<svg role="img"') == 4  # two charts, each drawn for a wide and for a narrow page
    assert path.stat().st_size < 100_000


def test_a_folder_that_does_not_exist_is_named(drifted, build, tmp_path):
    empty = build("x", 0)
    with pytest.raises(InputError, match="cannot be written"):
        write_html(drifted, empty, empty, tmp_path / "absent" / "report.html")
