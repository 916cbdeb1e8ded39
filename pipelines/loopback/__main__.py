"""Run the loopback server by itself: ``python -m pipelines.loopback --port 8099``."""

from __future__ import annotations

import argparse
import sys
import threading

from pipelines.loopback.behaviour import Behaviour
from pipelines.loopback.server import Loopback


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.loopback", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--model", default=Behaviour().model)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--hallucination-rate", type=float, default=0.0)
    options = parser.parse_args()
    behaviour = Behaviour(
        model=options.model, latency_ms=options.latency_ms, hallucination_rate=options.hallucination_rate
    )
    with Loopback(behaviour, host=options.host, port=options.port) as server:
        sys.stdout.write(f"Serving {behaviour.model} at {server.url} until interrupted.\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
