"""A server behind a path, and what its log shows of what strangers write."""

import logging

from pipelines.serve.errors import logger
from tests.pipelines.serve.conftest import OIL, copied, serving


def test_under_a_path_the_server_answers_whether_the_proxy_takes_it_off_or_not(demo_workspace, tmp_path):
    work = copied(demo_workspace, tmp_path / "work", '[server]\nroot_path = "/docs/rag"\n')
    with serving(work) as running:
        for prefix in ("", "/docs/rag"):
            assert running.http.get(f"{prefix}/healthz").status_code == 200
            body = {"messages": [{"role": "user", "content": OIL}]}
            assert running.http.post(f"{prefix}/v1/chat/completions", json=body).json()["outcome"] == "answered"
            page = running.http.get(f"{prefix}/").text
            assert 'fetch("." + path' in page and 'href="/' not in page
        assert running.http.get("/docs/ragged").status_code == 404


def test_the_log_of_the_server_writes_out_what_would_steer_a_terminal(caplog):
    with caplog.at_level(logging.WARNING):
        logger.warning("it said %s", "\x1b]0;T\x07 \x1b[2J \x9b31m \u202etxt \ud83d end")
        try:
            raise ValueError("\x1b[31mred")
        except ValueError:
            logger.exception("it broke")
    told = [logging.Formatter().format(record) for record in caplog.records]
    assert told[0] == "it said \\u001b]0;T\\u0007 \\u001b[2J \\u009b31m \\u202etxt \\ud83d end"
    assert "\\u001b[31mred" in told[1] and "\x1b" not in told[1]
