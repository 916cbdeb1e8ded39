"""The page in a real browser: ask, see where a quote stands, rate, sign in; by mouse and by keyboard."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.loopback import Behaviour
from tests.pipelines.serve.conftest import OIL, copied, serving
from tests.waiting import until

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed: apt install chromium"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser):
    """A page that must not complain: no error in its console, no address but the server's."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.complaints = []
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("console", lambda said: opened.complaints.append(said.text) if "Content Security" in said.text else None)
    opened.on(
        "request",
        lambda sent: (
            opened.complaints.append(sent.url)
            if "127.0.0.1" not in sent.url and not sent.url.startswith(("data:", "blob:"))
            else None
        ),
    )
    yield opened
    context.close()
    assert opened.complaints == []


def ask(page, question):
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator("article[aria-busy=false] .answer").first.wait_for()
    return page.locator("article").first


def test_a_question_is_answered_and_its_quote_shown_in_its_place(served, page):
    page.goto(served.url)
    card = ask(page, OIL)
    assert "1,000 running hours" in card.locator(".answer").inner_text()
    assert "1,000 running hours" in page.get_by_role("status").first.inner_text()
    card.locator(".cite").first.hover()
    mark = card.locator(".place mark")
    mark.wait_for()
    assert (
        mark.inner_text()
        == "The lubricating oil is changed every 1,000 running hours, or earlier if the laboratory says so."
    )
    assert len(card.locator(".place").inner_text()) > 2 * len(mark.inner_text())
    assert card.locator(".cite").first.get_attribute("aria-expanded") == "true"


def test_everything_can_be_done_with_the_keyboard(served, page):
    page.goto(served.url)
    page.get_by_label("Your question").wait_for()
    page.keyboard.type(OIL)  # the field has the focus from the start
    page.keyboard.press("Enter")
    page.locator("article[aria-busy=false] .rating").wait_for()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
            )
        )
        if reached[-1].startswith("Source 1"):
            page.locator(".place mark").wait_for()
        if reached[-1] == "Yes: Good answer":
            page.keyboard.press("Enter")
            break
    assert reached[-1] == "Yes: Good answer", reached
    page.get_by_text("Thank you.").wait_for()


def test_a_thumb_and_a_comment_reach_the_log(served, page):
    page.goto(served.url)
    card = ask(page, OIL)
    card.get_by_label("Bad answer", exact=False).click()
    card.get_by_label("Comment on this answer").fill("outdated <b>manual</b>")
    card.get_by_role("button", name="Send comment").click()
    card.get_by_text("your comment is on record").wait_for()
    assert card.get_by_label("Bad answer", exact=False).get_attribute("aria-pressed") == "true"
    until(lambda: "outdated <b>manual</b>" in [score.reason for score in served.log.scores()])


def test_text_of_documents_and_models_is_text_and_never_markup(served, page):
    page.goto(served.url)
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    card = ask(page, f"{evil} How often is the lubricating oil changed?")
    assert evil in card.locator("h2").inner_text()
    assert page.locator("article img, article script").count() == 0


def test_a_dead_endpoint_is_told_in_words(written, page, behaving):
    behaving(Behaviour(fault="http_401"))
    page.goto(written.url)
    page.get_by_label("Your question").fill(OIL)
    page.get_by_role("button", name="Ask").click()
    page.locator("article .error").wait_for()
    told = page.locator("article .error").inner_text()
    assert "gave no answer" in told and "http" not in told
    assert page.get_by_role("button", name="Ask").is_enabled()


def test_a_key_is_asked_for_and_kept_out_of_reach_of_scripts(demo_workspace, tmp_path, page):
    from pipelines.serve.service import open_keys
    from pipelines.wiring.workspace import open_workspace

    folder = copied(demo_workspace, tmp_path / "work")
    key = open_keys(open_workspace(folder)).add("anna", ("default",), ("ask", "monitor"))
    reports = folder / ".rag" / "reports"
    reports.mkdir(exist_ok=True)
    body = {
        "verdict": "silent_drift",
        "sentence": "Answers got worse.",
        "created": "2026-11-01T08:00:00+00:00",
        "quality": {},
        "ops": {},
    }
    (reports / "drift-20261101T080000Z.json").write_text(json.dumps(body), encoding="utf-8")
    (reports / "drift-20261101T080000Z.html").write_text("<h1>The report</h1>", encoding="utf-8")
    with serving(folder) as guarded:
        page.goto(guarded.url)
        page.get_by_label("API key").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Incorrect API key").wait_for()
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Your question").wait_for()
        assert key not in page.evaluate(
            "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
        )
        badge = page.get_by_role("link", name="Silent drift")
        with page.context.expect_page() as opened:
            badge.click()
        opened.value.get_by_role("heading", name="The report").wait_for()
        page.reload()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("API key").wait_for()


TEXTS = ["h1", ".hint", ".main", ".answer", "article h3", ".sources button", ".place", ".place mark", ".cite", ".badge"]
COLOURS = """(names) => {
  const paper = (element) => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (!colour.startsWith("rgba(0, 0, 0, 0")) return colour;
    }
  };
  const found = names.map((name) => document.querySelector(name));
  return found.map((element, at) => [names[at], getComputedStyle(element).color, paper(element)]);
}"""


def contrast(first, second):
    def light(colour):
        parts = [int(part) / 255 for part in colour[4:-1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(served, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(served.url)
    card = ask(page, OIL)
    card.locator(".cite").first.click()
    card.locator(".place mark").wait_for()
    colours = page.evaluate(COLOURS, TEXTS)
    assert [name for name, ink, paper in colours if contrast(ink, paper) < 4.5] == []


def test_nothing_is_wider_than_a_narrow_screen(served, page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(served.url)
    ask(page, OIL).locator(".cite").first.click()
    page.locator(".place mark").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for words in (page.get_by_role("heading", level=1), page.locator("#question-hint")):
        assert words.bounding_box()["width"] >= 160, words.inner_text()


def test_a_question_without_an_answer_is_told_where_to_look(served, page):
    page.goto(served.url)
    card = ask(page, "What is the boiling point of tungsten?")
    card.get_by_role("heading", name="Nearest documents").wait_for()
    card.locator(".sources button").first.click()
    card.locator(".place mark").wait_for()
    assert "has changed" not in card.locator(".place").inner_text()


def test_what_is_wrong_with_an_answer_is_said_in_sentences(written, page, behaving):
    behaving(Behaviour(truncate_tokens=300))
    page.goto(written.url)
    card = ask(page, OIL)
    card.get_by_text("The server read only 300 tokens").wait_for()


def test_the_page_file_has_one_script_and_one_style():
    import pipelines.serve

    text = (Path(pipelines.serve.__file__).parent / "page.html").read_text(encoding="utf-8")
    assert (text.count("<script>"), text.count("<style>"), text.count("src=")) == (1, 1, 0)
