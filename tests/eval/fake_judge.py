"""A judge on loopback that really compares words, with switches for each way in which judges fail."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def judge_reply(prompt: str) -> dict[str, object]:
    """Answer the two prompts of faithfulness: split into sentences, look their words up in the context."""
    asked = json.loads(prompt.rsplit("input: ", 1)[1].rsplit("\nOutput:", 1)[0])
    if "answer" in asked:
        return {"statements": [part for part in re.split(r"(?<=[.!?])\s+", asked["answer"]) if part]}
    known = set(re.findall(r"\w+", asked["context"].casefold()))
    verdicts = [
        {"statement": text, "reason": "words", "verdict": int(set(re.findall(r"\w+", text.casefold())) <= known)}
        for text in asked["statements"]
    ]
    return {"statements": verdicts}


class FakeJudge:
    """Serve chat completions until closed; `mode` is good, plain (no JSON mode), garbage, refusing …"""

    def __init__(self, mode: str = "good", seconds: float = 0.0) -> None:
        self.mode, self.seconds, self.requests = mode, seconds, 0
        judge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                judge.requests += 1
                time.sleep(judge.seconds)
                status, text = judge.reply(body["messages"][1]["content"], "response_format" in body)
                reply = {
                    "id": "x", "object": "chat.completion", "created": 1, "model": body["model"],
                    "choices": [
                        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
                    ],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                }  # fmt: skip
                data = json.dumps(reply).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    return

            def log_message(self, *arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def reply(self, prompt: str, json_mode: bool) -> tuple[int, str]:
        """Return status and text of one reply."""
        if self.mode == "plain":
            return (400, "no such option") if json_mode else (200, f"```json\n{json.dumps(judge_reply(prompt))}\n```")
        if self.mode == "broken":
            return 500, "the judge is on fire"
        if self.mode in ("good", "slow"):
            return 200, json.dumps(judge_reply(prompt))
        return 200, {"garbage": "{not json", "refusing": "I cannot judge this.", "empty": '{"statements": []}'}[
            self.mode
        ]

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
