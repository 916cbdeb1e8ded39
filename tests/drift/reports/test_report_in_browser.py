"""The report in a real browser, wide and as narrow as a phone."""

import shutil
from dataclasses import replace

import pytest

from drift.comparison import compare
from drift.reports.html_report import render_html

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed: apt install chromium"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
INSIDE = """() => {
  const charts = [...document.querySelectorAll(".chart")].filter(chart => chart.offsetParent !== null);
  return charts.length === 2 && charts.every(chart => {
    const edge = chart.getBoundingClientRect();
    const drawn = [...chart.querySelectorAll("svg, text, rect, circle, line, polyline, polygon")];
    return drawn.length > 5 && drawn.map(part => part.getBoundingClientRect()).every(
      box => box.left > edge.left - 1 && box.right < edge.right + 1 && box.bottom < edge.bottom + 1);
  }) && document.documentElement.scrollWidth <= window.innerWidth;
}"""
SHOWN = """[...document.querySelectorAll(".chart")].filter(chart => chart.offsetParent !== null)
  .map(chart => chart.className)"""
TEXT_HEIGHT = "document.querySelector('.chart.{} text').getBoundingClientRect().height"


def test_charts_stay_inside_the_page_when_it_narrows(build, settings, now, tmp_path):
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    before, after = build("reference", seed=1), build("current", seed=2, day=10, quality=0.6, model="m2")
    report = compare(before, after, replace(settings, permutations=99), now)
    (tmp_path / "report.html").write_text(render_html(report), encoding="utf-8")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = running.new_context(java_script_enabled=False).new_page()
        page.goto((tmp_path / "report.html").as_uri())
        for width, shown in ((1100, "wide"), (420, "narrow"), (340, "narrow")):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(SHOWN) == [f"chart {shown}"] * 2
            assert page.evaluate(INSIDE), width
            assert page.evaluate(TEXT_HEIGHT.format(shown)) > 10
        assert page.get_by_role("img", name="Quality against health over time").count() == 1
        running.close()
