"""Runs and gate outcomes as JUnit XML, which every build server shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from eval.gate_outcome import GateOutcome, MetricGate, RegressedCase
from eval.report.text import case_lines, drop_of, falls_of, unmeasured
from eval.run import CaseResult, EvalRun

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: EvalRun, outcome: GateOutcome | None = None) -> str:
    """Return JUnit XML: one test per case, failed where the case regressed, in error where the request failed.

    Each gated metric is a test, too, so that a build shows a drop no single case stands for; "too few cases" is shown
    as skipped, and a metric without any value as an error. Without an outcome only failed requests count.
    """
    regressed = {falls[0].case_id: falls for falls in outcome.by_case} if outcome else {}
    suite = ElementTree.Element("testsuite", name="rag eval", timestamp=run.at.isoformat())
    for result in run.results:
        _case_element(suite, result, regressed.get(result.case_id, ()))
    for item in outcome.metrics if outcome else ():
        _metric_element(suite, item)
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"./testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _case_element(suite: ElementTree.Element, result: CaseResult, falls: Sequence[RegressedCase]) -> None:
    element = ElementTree.SubElement(suite, "testcase", classname="rag.eval.cases", name=_xml(result.case_id))
    if result.outcome == "failed":
        ElementTree.SubElement(element, "error", message=_xml(result.error or "the request failed"))
    elif falls:
        failure = ElementTree.SubElement(element, "failure", message=_xml(falls_of(falls)))
        failure.text = _xml("\n".join(case_lines(falls)))


def _metric_element(suite: ElementTree.Element, item: MetricGate) -> None:
    element = ElementTree.SubElement(suite, "testcase", classname="rag.eval.metrics", name=_xml(item.metric))
    message = drop_of(item)
    if item.is_unmeasured:
        ElementTree.SubElement(element, "error", message=_xml(unmeasured(item)))
    elif item.verdict != "pass":
        ElementTree.SubElement(element, "failure" if item.verdict == "regression" else "skipped", message=_xml(message))


def _xml(text: str) -> str:
    """Drop the control characters XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
