import json
from html import unescape

import pytest

import drift
from data.errors import InputError
from data.interchange import interchange_lines
from data.records import Score
from drift.comparison import compare as compare_windows
from drift.reports.json_report import to_json
from tests.drift.conftest import NOW, build_window


@pytest.fixture(scope="module")
def windows():
    return build_window("before", 120), build_window("after", 120, quality=0.4, seed=1, day=10)


@pytest.fixture(scope="module")
def report(windows):
    return drift.compare(*windows, now=NOW)


def test_the_report_of_the_face_is_that_of_the_room(windows, report):
    plain = compare_windows(*windows, drift.DriftSettings(), NOW)
    assert report.to_dict() == to_json(plain)
    assert json.loads(report.to_json()) == to_json(plain)
    assert (report.verdict, report.exit_code) == ("silent_drift", 3)
    assert report.quality.delta < -0.3
    assert report.windows == windows


def test_settings_are_kept_to(windows):
    lax = drift.compare(*windows, drift.DriftSettings(min_records=1000), now=NOW)
    assert lax.verdict == "insufficient"


def test_files_are_compared_as_windows_are(windows, tmp_path):
    paths = []
    for window in windows:
        path = tmp_path / f"{window.name}.jsonl"
        path.write_text("".join(f"{line}\n" for line in interchange_lines(window.interactions, window.scores)))
        paths.append(path)
    by_path = drift.compare(str(paths[0]), paths[1], now=NOW)
    assert (by_path.verdict, by_path.current.name) == ("silent_drift", "after.jsonl")
    with pytest.raises(InputError, match="no interaction file at"):
        drift.compare(tmp_path / "nowhere.jsonl", paths[1])


def test_windows_are_scored_with_what_their_answers_show_together():
    before, after = build_window("before", 80, source=""), build_window("after", 80, seed=1, day=10, source="")
    asked = []

    def score_of(window, earlier):
        asked.append((window, earlier))
        value = 0.4 if earlier else 0.9
        return lambda item: [Score(item.id, "groundedness", value, "proxy")]

    found = drift.compare(before, after, score=score_of, now=NOW)
    assert asked == [(before.interactions, ()), (after.interactions, before.interactions)]
    assert (found.verdict, found.quality.delta) == ("silent_drift", pytest.approx(-0.5))


def test_a_report_is_written_as_one_page(report, tmp_path):
    target = report.to_html(str(tmp_path / "report.html"))
    assert target == tmp_path / "report.html"
    assert "Every health light is green, but the answers got worse." in target.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        report.to_html(tmp_path / "no" / "such" / "folder.html")


def test_a_report_shows_itself(report):
    assert repr(report) == "<WindowReport silent_drift: after against before>"
    assert str(report).startswith("SILENT DRIFT – ")
    shown = report._repr_html_()
    assert shown.startswith("<iframe") and shown.count("<") == 2  # the page is one attribute of the frame
    assert "Every health light is green" in unescape(shown)
