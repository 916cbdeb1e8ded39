"""Start a foreign server on a free port and wait until it answers."""

import socket
import subprocess
import time
from contextlib import contextmanager

import httpx


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
            _wait(process, ready, log, time.monotonic() + patience_s)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process, ready, log, deadline):
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(ready, timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text()[-2000:]}")
