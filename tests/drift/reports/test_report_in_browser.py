"""The report in a real browser, wide and as narrow as a phone."""

import shutil
from dataclasses import replace

import pytest

from drift.comparison import compare
from drift.reports.html_report import write_html

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed: apt install chromium"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
INSIDE = """() => ["timeline", "topics"].every(name => {
  const place = document.getElementById(name), edge = place.getBoundingClientRect();
  const drawn = [...place.querySelectorAll(".main-svg, text")].map(part => part.getBoundingClientRect());
  return drawn.length > 5 && drawn.every(box => !box.width || (box.left > edge.left - 1 && box.right < edge.right + 1));
}) && document.documentElement.scrollWidth <= window.innerWidth"""


def test_charts_stay_inside_the_page_when_it_narrows(build, settings, now, tmp_path):
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("plotly", reason="plotly is not installed")
    before, after = build("reference", seed=1), build("current", seed=2, day=10, quality=0.6, model="m2")
    report = compare(before, after, replace(settings, permutations=99), now)
    write_html(report, before, after, tmp_path / "report.html")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = running.new_page(viewport={"width": 1100, "height": 900})
        page.goto((tmp_path / "report.html").as_uri())
        page.wait_for_function(INSIDE, timeout=60_000)
        page.set_viewport_size({"width": 400, "height": 900})
        page.wait_for_function("document.querySelector('#timeline .main-svg').clientWidth < 400", timeout=60_000)
        page.wait_for_function(INSIDE, timeout=60_000)
        running.close()
