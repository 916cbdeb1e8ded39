"""The demo tells the truth: the same week is steady where nothing changed and silent drift where the model did."""

import re

import pytest

from data.errors import InputError
from pipelines.demo.run import run_demo


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_only_the_world_with_the_replaced_model_drifts_and_the_cause_is_named(tmp_path, capsys):
    control, changed = run_demo(tmp_path / "demo")
    told = capsys.readouterr().out
    assert (control.report.verdict, control.report.exit_code, control.report.causes) == ("steady", 0, ())
    assert (changed.report.verdict, changed.report.exit_code) == ("silent_drift", 3)
    assert changed.report.ops.status == "green"
    assert changed.report.causes[0].cause == "model_change"
    reports = re.findall(r"Report: (\S+\.html)", told)
    assert len(reports) == 2
    page = (tmp_path / "demo" / ".rag" / "reports" / reports[1].rpartition("/")[2]).read_text(encoding="utf-8")
    assert "Every health light is green" in page
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']https?://", page)


def test_the_demo_never_empties_a_folder_it_did_not_make(tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(InputError, match="was not made by the demo"):
        run_demo(tmp_path)
    assert (tmp_path / "precious.txt").read_text() == "mine"
