"""`drift demo`: healthy weeks, a silent change of the model behind the endpoint, and the report that catches it.

Everything is real but the endpoint: documents are ingested, questions retrieved and asked over HTTP, answers parsed,
scored and logged. Only the chat model is played by a loopback server. From one day on it answers in the same style, at
the same speed and with the same citations, but makes things up.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from data.errors import InputError
from data.extras import require
from pipelines.answer import answer_text, open_asker
from pipelines.console import progress_printer, say
from pipelines.demo.traffic import Script, demo_questions, write_script
from pipelines.index import ingest_paths
from pipelines.index import ingest_text as ingest_text
from pipelines.monitoring import ReportedWindows, pin_baseline, report, write_outputs
from pipelines.wiring import Workspace, init_workspace, open_log, open_workspace
from rag.wiring import prompt_secret

if TYPE_CHECKING:
    from data.records import Answer
    from pipelines.loopback import Behaviour
    from rag.asking import Asker

_MARKER = ".made-by-drift-demo"
_HEALTHY, _CHANGED = "healthy", "changed"
_FIRST_QUESTION = "How much luggage may a foot passenger bring?"
_MODEL = "harbour-7b"


def run_demo(folder: Path, now: datetime | None = None) -> tuple[ReportedWindows, ReportedWindows]:
    """Run the demo in `folder` and print its story; return the control's report and that of the changed week.

    :raises InputError: `folder` holds something that no earlier demo made.
    :raises MissingLibraryError: the extra `rag` is not installed.
    """
    require("rag", "The demo")
    started = perf_counter()
    now = now or datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    script = Script(midnight - timedelta(days=21), 14, 7, 20, (_HEALTHY, _CHANGED))
    workspace, control = _prepare(folder), _prepare(folder / "control")
    say("1. Ingest the documents of a ferry line: five formats, English and Russian")
    corpus = _copy_corpus(folder)
    say("   " + ingest_text(ingest_paths(workspace, [corpus], progress=progress_printer("   ingest"))))
    say(f'\n2. Ask, without any model: the answer quotes its sources\n   $ rag ask "{_FIRST_QUESTION}"\n')
    say(_indented(answer_text(open_asker(workspace).ask(_FIRST_QUESTION))))
    say("\n3. Three weeks of questions to a chat endpoint. In the last week the model behind it is silently replaced:")
    say("   same name, same speed, no errors, answers of the same length and with citations, but partly made up")
    lived = _live(workspace, script)
    say("\n4. The last week against the two weeks before, in the world where nothing was changed (control)")
    steady = _judge(control, script, [*lived["baseline"], *lived[_HEALTHY]], now)
    say("\n5. The same week, same questions, in the world where the model was replaced")
    drifted = _judge(workspace, script, [*lived["baseline"], *lived[_CHANGED]], now)
    say(f"\nDone in {perf_counter() - started:.0f} s. Next: open the report, or ask something yourself: cd {folder}")
    return steady, drifted


def _prepare(folder: Path) -> Workspace:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise InputError(f"{folder} is not empty and was not made by the demo: name another folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARKER).touch()
    init_workspace(folder)
    return open_workspace(folder)


def _copy_corpus(folder: Path) -> Path:
    with as_file(files("data.demo") / "v1") as source:
        shutil.copytree(source, folder / "corpus")
    return folder / "corpus"


def _live(workspace: Workspace, script: Script) -> dict[str, list[Answer]]:
    """Ask everything the script holds; return the answers of the baseline and of each world."""
    visits = write_script(script, demo_questions("traffic.jsonl"), demo_questions("canaries.jsonl"))
    lived: dict[str, list[Answer]] = {"baseline": [], _HEALTHY: [], _CHANGED: []}
    progress = progress_printer("   questions")
    with ExitStack() as running:
        askers = {world: _asker(workspace, behaviour, running) for world, behaviour in _worlds().items()}
        for number, visit in enumerate(visits, start=1):
            asked = askers[visit.world].ask(visit.question, kind=visit.kind, at=visit.at)
            lived["baseline" if visit.at < script.change else visit.world].append(asked)
            progress(number, len(visits), "")
    return lived


def _worlds() -> dict[str, Behaviour]:
    from pipelines.loopback import Behaviour

    healthy = Behaviour(model=_MODEL, system_fingerprint="", latency_ms=6, latency_jitter_ms=3)
    changed = Behaviour(
        model=_MODEL, system_fingerprint="", latency_ms=6, latency_jitter_ms=3, hallucination_rate=0.5, seed=1
    )
    return {_HEALTHY: healthy, _CHANGED: changed}


def _asker(workspace: Workspace, behaviour: Behaviour, running: ExitStack) -> Asker:
    from eval.quality import live_scorer
    from pipelines.loopback import Loopback
    from pipelines.wiring import open_retriever
    from rag.asking import Asker, LogWriter
    from rag.chat import ChatEndpoint, ChatSettings

    server = running.enter_context(Loopback(behaviour))
    endpoint = ChatEndpoint(ChatSettings(server.url, _MODEL), secret=prompt_secret(workspace))
    retriever = open_retriever(workspace)
    return Asker(retriever, endpoint, LogWriter(retriever.index.embed_query, score=live_scorer()))


def _judge(workspace: Workspace, script: Script, lived: Sequence[Answer], now: datetime) -> ReportedWindows:
    from drift.reports import to_text as report_text

    interactions = [asked.interaction for asked in lived]
    open_log(workspace).append(interactions, [score for asked in lived for score in asked.scores])
    pin_baseline(workspace, "default", script.start, script.change, now)
    reported = report(workspace, since=script.change, until=script.end, baseline=None, now=now)
    say(_indented(report_text(reported.report)))
    target = write_outputs(reported, workspace.data / "reports", None, now)
    say(f"   Report: {target}")
    return reported


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" if line else "" for line in text.splitlines())
