"""Real servers on loopback, in threads of this process; questions are asked with a plain HTTP client."""

import shutil
import threading
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from pipelines.loopback.server import Loopback
from pipelines.serve.app import build_app
from pipelines.serve.run import listen
from pipelines.serve.service import Service
from pipelines.wiring.workspace import open_workspace
from tests.waiting import until

OIL = "How often is the lubricating oil changed?"


class Served:
    """A running server: its service, its address, and a client for it."""

    def __init__(self, service, port):
        self.service = service
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def ask(self, question=OIL, key=None, **more):
        body = {"messages": [{"role": "user", "content": question}], **more}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.http.post("/v1/chat/completions", json=body, headers=headers)

    @property
    def journal(self):
        return self.service.collections["default"].journal

    @property
    def log(self):
        """The log, once every row on its way has arrived."""
        until(lambda: self.journal.waiting == 0)
        return self.service.collections["default"].log()


@contextmanager
def serving(folder, **options):
    service = Service.open(open_workspace(folder), **options)
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(build_app(service), log_level="error", timeout_graceful_shutdown=10))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    served = Served(service, listening.getsockname()[1])
    try:
        yield served
    finally:
        served.http.close()
        server.should_exit = True
        thread.join(30)
        listening.close()


def copied(demo_workspace, folder, settings=""):
    shutil.copytree(demo_workspace, folder)
    if settings:
        (folder / "rag.toml").write_text(settings, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def served(demo_workspace, tmp_path_factory):
    """A server without keys that quotes the documents; for tests that leave it as it is."""
    with serving(copied(demo_workspace, tmp_path_factory.mktemp("served") / "work")) as running:
        yield running


@pytest.fixture(scope="session")
def endpoint():
    """A chat endpoint; a test that changes its behaviour changes it back."""
    with Loopback() as running:
        yield running


@pytest.fixture(scope="session")
def written(demo_workspace, tmp_path_factory, endpoint):
    """A server whose answers are written by the endpoint."""
    settings = f'[chat]\nbase_url = "{endpoint.url}"\nmodel = "loopback-1"\napi_key = "k"\nmax_retries = 0\n'
    with serving(copied(demo_workspace, tmp_path_factory.mktemp("written") / "work", settings)) as running:
        yield running


@pytest.fixture
def behaving(endpoint):
    """Change how the endpoint behaves until the end of the test."""
    before = endpoint.behaviour

    def change(behaviour):
        endpoint.behaviour = behaviour

    yield change
    endpoint.behaviour = before
