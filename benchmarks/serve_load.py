"""Many streaming clients at once: what `rag serve` adds to an answer, and what becomes of answers whose model dies.

    python -m benchmarks.serve_load [--clients 200] [--chunks 20000] [--token-ms 50]

Three processes on one machine: the server, started by its command; a chat endpoint that streams one token every 50 ms;
and the clients, in this process. The processor seconds of all three are told. The index is synthetic (words by Zipf's
law, see `benchmarks.synthetic_chunks`), its vectors too, but the path is the real one: the real embedder for questions,
Chroma, FTS5, LangChain, checked citations, the log. Clients start evenly over `--ramp` seconds, as people do, and ask
again as soon as they have their answer, `--rounds` times: between the last start and the first end of a last answer all
of them are being answered at once, while answers begin and end all the time.

"Added" is the time from a client's request to the last byte, less the time from the head of the endpoint's request to
its last byte; "before" is the part before the model was asked, which is what the first token has to wait for, and
"after" that from the endpoint's last byte to the client's. An answer is shown sentence by sentence, once the next
sentence has begun, so that its first text cannot come with the first token; "first text" says when it does.

Then the endpoint is killed half-way and started again. Results go to benchmarks/results/serve_load.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.query_latency import DOCUMENTS_AT_ONCE
from benchmarks.serve_clients import crowd
from benchmarks.serve_endpoint import MODEL
from benchmarks.synthetic_chunks import CHUNKS_PER_DOCUMENT, TopicEmbedder, make_document, make_text
from data.log.interaction_log import InteractionLog
from pipelines.answer import whole_log
from pipelines.wiring import open_workspace

RESULTS = Path(__file__).parent / "results" / "serve_load.json"


def build_index(size: int, folder: Path) -> None:
    """Publish `size` synthetic passages under the real embedder's name."""
    from rag.chunk.passages import passage_key
    from rag.embed.embedder import open_embedder
    from rag.ingest.publish import publish
    from rag.protocols import Entry, PreparedDocument
    from rag.store.catalog import Catalog
    from rag.store.draft import begin_draft

    embedder, synthetic, catalog = open_embedder(), TopicEmbedder(), Catalog.create(folder)
    draft = begin_draft(catalog, embedder, "synthetic", "1970-01-01")
    documents = size // CHUNKS_PER_DOCUMENT
    for at in range(0, documents, DOCUMENTS_AT_ONCE):
        made = [make_document(number) for number in range(at, min(at + DOCUMENTS_AT_ONCE, documents))]
        keyed = {passage_key(chunk): chunk for _, chunks in made for chunk in chunks}
        prepared = [
            PreparedDocument(
                doc.source, doc.source, doc, tuple(Entry(passage_key(chunk), "en", chunk) for chunk in chunks)
            )
            for doc, chunks in made
        ]
        vectors = synthetic.embed([chunk.text for chunk in keyed.values()])
        draft.store(prepared, dict(zip(keyed, vectors, strict=True)))
    publish(catalog, folder, embedder, draft, "1970-01-01")
    catalog.close()


def questions(count: int, size: int, seed: int) -> list[str]:
    """Return as many different questions in words of the passages."""
    chosen = np.random.default_rng(seed).choice(size, count, replace=count > size)
    return [
        " ".join(make_text(int(number)).replace(".", "").lower().split()[:9]) + f" {at}"
        for at, number in enumerate(chosen)
    ]


class Endpoint:
    """The endpoint in a process of its own, which can be killed and started again at the same port."""

    def __init__(self, port: int, token_ms: float, sentences: int) -> None:
        self.port = port
        self._arguments = [str(port), str(token_ms), str(sentences)]
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "benchmarks.serve_endpoint", *self._arguments]
        self._process = subprocess.Popen(command)
        _wait_for(lambda: self.told() is not None)

    def kill(self) -> None:
        """Kill it as the kernel would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def told(self) -> dict[str, Any] | None:
        """Return when each question came and was answered there, and processor seconds; None while it is away."""
        from urllib.request import urlopen

        try:
            with urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as reply:
                found: dict[str, Any] = json.loads(reply.read())
                return found
        except OSError:
            return None


class Server:
    """`rag serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "server.txt"
        with self._log.open("w") as out:
            command = [sys.executable, "-m", "pipelines.cli.rag", "serve", "--port", "0", "-w", str(folder)]
            self.process = subprocess.Popen(command, stderr=out)
        _wait_for(lambda: "Serving on" in self._log.read_text())
        self.url = re.findall(r"Serving on (http://\S+)", self._log.read_text())[0]

    def used(self) -> dict[str, float]:
        """Return processor seconds and peak memory so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = int(fields[11]) + int(fields[12])
        peak = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[0]
        return {"cpu_s": ticks / os.sysconf("SC_CLK_TCK"), "peak_mb": int(peak) // 1024}

    def end(self) -> None:
        """Ask it to end, as a service manager does, and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)


def _wait_for(holds: Any) -> None:
    end = time.monotonic() + 300
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("a process did not start")
        time.sleep(0.1)


def summarised(results: list[dict[str, Any]], told: dict[str, Any] | None) -> dict[str, Any]:
    """Return outcomes, and percentiles of what the server added, in milliseconds."""
    times = told["times"] if told else {}
    done = [(item, *times[item["question"]]) for item in results if item["question"] in times]
    done = [entry for entry in done if entry[0]["outcome"] == "answered"]
    body: dict[str, Any] = {"answers": len(results), "outcomes": dict(Counter(item["outcome"] for item in results))}
    if not done:
        return body
    before = [1000 * (began - item["started"]) for item, began, _ in done]
    after = [1000 * (item["started"] + item["total_s"] - ended) for item, _, ended in done]
    body |= _percentiles("added", [first + last for first, last in zip(before, after, strict=True)])
    body |= _percentiles("before", before) | _percentiles("after", after)
    body |= _percentiles("first_text", [1000 * item["first_s"] for item, *_ in done])
    return body | {"answer_s": round(float(np.median([item["total_s"] for item, *_ in done])), 2)}


def _percentiles(name: str, milliseconds: list[float]) -> dict[str, float]:
    return {f"{name}_p{at}_ms": round(float(np.percentile(milliseconds, at)), 1) for at in (50, 95, 99)}


def at_once(results: list[dict[str, Any]]) -> int:
    """Return how many clients were being answered at the same time, at most."""
    edges = sorted(
        [(item["started"], 1) for item in results] + [(item["started"] + item["total_s"], -1) for item in results]
    )
    return int(np.cumsum([step for _, step in edges]).max())


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Build, serve, ask, kill, ask again; return all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_index(arguments.chunks, folder / ".rag")
        model = Endpoint(_free_port(), arguments.token_ms, arguments.sentences)
        chat = f'[chat]\nbase_url = "http://127.0.0.1:{model.port}/v1"\nmodel = "{MODEL}"\nmax_retries = 0\n'
        (folder / "rag.toml").write_text(chat)
        server = Server(folder)
        try:
            return _rounds(arguments, folder, model, server)
        finally:
            model.kill()
            server.process.kill()


def _rounds(arguments: argparse.Namespace, folder: Path, model: Endpoint, server: Server) -> dict[str, Any]:
    asyncio.run(crowd(server.url, questions(3, arguments.chunks, 0), 1))
    body: dict[str, Any] = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1), **vars(arguments)}
    few = asyncio.run(crowd(server.url, questions(5, arguments.chunks, 1), 5))
    body["a few"] = summarised(few, model.told())
    body["crowd"], many = _crowd(arguments, model, server)
    killed = asyncio.run(_with_a_kill(server.url, model, questions(arguments.clients // 4, arguments.chunks, 3)))
    body["endpoint killed"] = summarised(killed, None)
    model.start()
    after = asyncio.run(crowd(server.url, questions(10, arguments.chunks, 4), 2))
    body["after its return"] = summarised(after, model.told())
    body["server"] = server.used()
    server.end()
    asked = 3 + len(few) + len(many) + len(killed) + len(after)
    at_stop = sum(1 for _ in InteractionLog.at_path(folder / ".rag" / "log.sqlite").read())
    # Answers that the server had no time to score stand in its journal, and the next command reads them.
    logged = list(whole_log(open_workspace(folder)).read())
    ids = {item["id"] for item in (*few, *many, *killed, *after) if item["id"]}
    missing = ids - {item.id for item in logged}
    rows = {"asked": asked, "rows at the stop": at_stop, "rows": len(logged), "answers missing": len(missing)}
    body["log"] = rows
    return body


def _crowd(
    arguments: argparse.Namespace, model: Endpoint, server: Server
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    asked = questions(arguments.clients * arguments.rounds, arguments.chunks, 2)
    before, endpoint, clients = server.used()["cpu_s"], (model.told() or {})["cpu_s"], time.process_time()
    many = asyncio.run(crowd(server.url, asked, arguments.ramp, arguments.rounds))
    told = model.told() or {}
    body = summarised(many, told) | {"at_once": at_once(many)}
    cpu = {"server": server.used()["cpu_s"] - before, "endpoint": told["cpu_s"] - endpoint}
    cpu["clients"] = time.process_time() - clients
    return body | {"cpu_s": {name: round(seconds, 1) for name, seconds in cpu.items()}}, many


async def _with_a_kill(url: str, model: Endpoint, asked: list[str]) -> list[dict[str, Any]]:
    running = asyncio.ensure_future(crowd(url, asked, 2))
    await asyncio.sleep(5)
    model.kill()
    return await running


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--token-ms", type=float, default=50.0)
    parser.add_argument("--sentences", type=int, default=30, help="length of an answer, 13 tokens a sentence")
    parser.add_argument("--ramp", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=2, help="questions of each client, one after the other")
    body = measure(parser.parse_args())
    for name in ("a few", "crowd", "endpoint killed", "after its return", "server", "log"):
        print(f"{name:18}" + "  ".join(f"{key} {value}" for key, value in body[name].items()))
    RESULTS.write_text(json.dumps(body, indent=2) + "\n")


if __name__ == "__main__":
    main()
