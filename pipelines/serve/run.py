"""Start the server and end it in good order."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable

from data.errors import InputError, SettingsError
from pipelines.serve.service import Service, open_keys
from pipelines.wiring import Workspace

_SWITCH_S = 0.001
"""How long a thread that computes keeps the others waiting: by default Python lets it do so five times as long.

Less makes two hundred answers at once slower: those who wait wake up as often, only to see that they must wait.
"""


def serve(workspace: Workspace, host: str, port: int, *, insecure: bool, tell: Callable[[str], None]) -> None:
    """Serve a workspace until the process is told to end; running answers may end first, and rows reach the log.

    :raises SettingsError: the address is public and there are no keys.
    :raises InputError: the address cannot be used.
    """
    import uvicorn

    from pipelines.serve.app import build_app

    keyless = not open_keys(workspace).keys
    if keyless and not insecure and not _is_loopback(host):
        raise SettingsError(
            f"{host} can be reached by others and there are no keys: make one with `rag key add NAME`, listen on"
            " 127.0.0.1, or pass --insecure."
        )
    listening = listen(host, port)
    _raise_file_limit()
    service = Service.open(workspace, open_to_all=insecure)
    tell("Loading …")
    service.warm_up()
    _settle_down()
    config = uvicorn.Config(
        build_app(service),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(service.settings.shutdown_s),
    )
    bound = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    tell(f"Serving on http://{shown}:{bound} (OpenAI clients: http://{shown}:{bound}/v1, model rag). Ctrl-C ends it.")
    uvicorn.Server(config).run(sockets=[listening])


def _settle_down() -> None:
    """Spare answers the pauses of a process that has loaded much: once it is loaded, threads take turns sooner.

    What was loaded is never looked through for garbage again: that took a tenth of a second each time. Nor is what two
    hundred answers hold, half a million objects, at once: new objects are looked through while they are few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 160)
    sys.setswitchinterval(_SWITCH_S)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections; port 0 is any free one.

    :raises InputError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise InputError(
            f"{host}:{port} cannot be listened on ({error.strerror}): pass another --port or --host."
        ) from error
    return listening


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _raise_file_limit() -> None:
    """Let the process open as many files as it may: each answer under way takes several."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, 65_536)), hard))
