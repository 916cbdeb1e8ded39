"""The page about the server names all that the server has."""

import json
import re
from pathlib import Path

from data.settings.fields import setting_fields
from pipelines.settings.server import ServerSettings

PAGE = (Path(__file__).parents[3] / "docs" / "serve.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
PLAIN = ("id", "object", "created", "model", "choices", "usage")


def test_every_route_is_named(served):
    paths = served.http.get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert len(routes) > 10
    assert routes - NAMED == set()


def test_every_field_beyond_those_of_openai_is_named(served):
    answered, abstained = served.ask().json(), served.ask("What is the melting point of tungsten?").json()
    fields = {*answered, *answered["citations"][0], *abstained["nearest"][0]} - {*PLAIN}
    assert fields - NAMED == set()


def test_every_setting_is_named_with_its_default():
    named = set(re.findall(r"\w+", " ".join(NAMED)))
    assert set(setting_fields(ServerSettings)) - named - {"collections"} == set()
    assert "[server.collections]" in NAMED
    for name in ("max_request_kb", "answers_at_once", "log_queue", "shutdown_s"):
        default = setting_fields(ServerSettings)[name].default
        assert re.search(rf"^\| `{name}`[^|]*\| {default:g} \|", PAGE, re.MULTILINE), name


def test_every_metric_is_named(served):
    served.ask()
    families = set(re.findall(r"^# TYPE (rag_\w+)", served.http.get("/metrics").text, re.MULTILINE))
    assert {name for name in families if not name.endswith("_created")} - NAMED == set()


def test_the_feedback_shown_is_taken(served):
    shown = json.loads(re.search(r"```json\n(.*?)\n```", PAGE, re.DOTALL).group(1))
    rated = served.ask().json()["id"]
    reply = served.http.post("/v1/feedback", json=shown | {"interaction_id": rated})
    assert (reply.status_code, shown["rating"]) == (200, "up")
