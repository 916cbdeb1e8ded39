"""What the loopback model writes to a message without passages: a rewritten question, a judgement, JSON, its name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pipelines.loopback import refusals
from pipelines.loopback.behaviour import Behaviour
from pipelines.loopback.judging import judgement
from rag.standalone import Turn, by_rule

_FOLLOW_UP = re.compile(r"\AConversation:\n(.*)\n\nLast question: (.*)\n\nRewritten:\Z", re.DOTALL)


def free_text(user: str, body: Mapping[str, Any], behaviour: Behaviour) -> str:
    """Return a follow-up made to stand alone, or a judgement, or JSON where it is asked for, or who is speaking."""
    if found := _FOLLOW_UP.match(user):
        turns = [Turn("user", line[6:]) for line in found.group(1).splitlines() if line.startswith("user: ")]
        return by_rule(turns, found.group(2))
    said = [refusals.content_of(each) for each in body.get("messages", ()) if each.get("role") == "user"]
    if (judged := judgement(said, behaviour)) is not None:
        return judged
    wanted = body.get("response_format")
    if isinstance(wanted, Mapping) and behaviour.fault != "ignores_response_format":
        schema = wanted.get("json_schema")
        return json.dumps(_instance(schema.get("schema") if isinstance(schema, Mapping) else None))
    return f"This is {behaviour.model}; no passages were given."


def _instance(schema: Any) -> Any:
    """Return some value that a JSON schema of objects, strings and numbers allows."""
    if not isinstance(schema, Mapping):
        return {"answer": "blue"}
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _instance(value) for name, value in schema.get("properties", {}).items()}
    return {"integer": 7, "number": 7.0, "boolean": True, "array": []}.get(str(schema.get("type")), "blue")
