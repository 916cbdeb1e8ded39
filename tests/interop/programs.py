"""Start a foreign server on a free port and wait until it answers."""

import socket
import subprocess
from contextlib import contextmanager

import httpx

from tests.waiting import until


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def started(arguments, ready, folder, *, patience_s=180, **how):
    """Run a program until the block ends; it is ready when `ready` (a URL) answers with success."""
    log = folder / "program.log"
    with log.open("w") as sink:
        process = subprocess.Popen([str(part) for part in arguments], cwd=folder, stdout=sink, stderr=sink, **how)
        try:
            until(lambda: process.poll() is not None or _answers(ready), patience_s, told=log.read_text)
            assert process.poll() is None, f"it ended: {log.read_text()[-2000:]}"
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url):
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False
