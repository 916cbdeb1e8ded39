"""What the loopback model replies when it is asked to judge, in the words of ragas: an honest judge compares words.

Each request of ragas ends with the input as JSON and names the schema of the output it wants. A statement is
supported where all its words stand in the text; that is crude, but what follows from it is known beforehand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.loopback import refusals
from pipelines.loopback.behaviour import Behaviour, Judging
from rag.answer import Turn, by_rule

_ASKED = re.compile(r"\ninput: (\{.*\})\s*\nOutput:\s*\Z", re.DOTALL)
_WANTED = re.compile(r'"title": "(\w+Output)"')
_PROSE = "I have read it with care, and it all looks fine to me."
_REFUSAL = "I'm sorry, but I can't judge this."
_EVASIVE = re.compile(r"\b(?:don't know|do not know|not sure|do not contain|cannot answer)\b", re.IGNORECASE)


def judgement(messages: Sequence[str], behaviour: Behaviour) -> str | None:
    """Return the reply to a request to judge among these messages of the user; None where there is none.

    A reply that was not liked is asked for again with more messages, hence the look at all of them.
    """
    asked = next((found for text in messages if (found := _ASKED.search(text))), None)
    wanted = next((found[1] for text in messages if (found := _WANTED.search(text)) and found[1] in _REPLIES), None)
    if asked is None or wanted is None:
        return None
    if behaviour.strikes(behaviour.refuse_rate, "refusal", asked[1]):
        return _REFUSAL
    if behaviour.fault == "ignores_response_format":
        return _PROSE
    return json.dumps(_spoilt(_REPLIES[wanted](json.loads(asked[1])), behaviour.judges), ensure_ascii=False)


def _spoilt(reply: Any, judging: Judging) -> Any:
    """Let all verdicts be yes, or off the scale, or leave the lists and texts of a reply empty."""
    if judging == "honestly":
        return reply
    if isinstance(reply, Mapping):
        return {name: _spoilt(value, judging) for name, value in reply.items()}
    if judging == "emptily":
        return [] if isinstance(reply, list) else "" if isinstance(reply, str) else reply
    if isinstance(reply, list):
        return [_spoilt(value, judging) for value in reply]
    return {"kindly": 1, "off_scale": 7}[judging] if isinstance(reply, int) else reply


def _statements(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"statements": _sentences(asked["answer"])}


def _claims(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"claims": _sentences(asked["response"])}


def _verdicts(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statements": [
            {"statement": text, "reason": "words", "verdict": _stands_in(text, asked["context"])}
            for text in asked["statements"]
        ]
    }


def _attributed(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "classifications": [
            {"statement": text, "reason": "words", "attributed": _stands_in(text, asked["context"])}
            for text in _sentences(asked["answer"])
        ]
    }


def _useful(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A passage was useful where it carries one sentence of the answer."""
    carried = [_stands_in(text, asked["context"]) for text in _sentences(asked["answer"])]
    return {"reason": "words", "verdict": max(carried, default=0)}


def _question(asked: Mapping[str, Any]) -> dict[str, Any]:
    first = next(iter(_sentences(asked["response"])), "")
    evasive = bool(_EVASIVE.search(asked["response"]))
    return {"question": f"Is it so that {first.rstrip('.!?')}?", "noncommittal": int(evasive)}


_REPLIES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "AnswerRelevanceOutput": _question,
    "ClaimDecompositionOutput": _claims,
    "ContextPrecisionOutput": _useful,
    "ContextRecallOutput": _attributed,
    "NLIStatementOutput": _verdicts,
    "StatementGeneratorOutput": _statements,
}


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if part]


def _stands_in(statement: str, text: str) -> int:
    return int(_words(statement) <= _words(text))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


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
