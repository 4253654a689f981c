"""A channel with an interface, played on this machine: it takes each key once and can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Peer:
    """What it got, what it took (by key), and what it is to do next: a status, ``cut`` or ``silent``."""

    url: str = ""
    got: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"state": "accepted"})
    waiting: threading.Event = field(default_factory=threading.Event)

    def settings_file(self, folder: Path, channel: str = "enterprise", seconds: float = 60) -> str:
        """The file that tells the platform of this channel."""
        token = folder / "token"
        token.write_text("secret-token\n")
        path = folder / "channels.toml"
        path.write_text(
            f'[{channel}]\nurl = "{self.url}"\ntoken_file = "{token}"\ntimeout_seconds = {seconds}\n'
        )
        return str(path)


@contextmanager
def peer() -> Iterator[Peer]:
    """The peer while it runs."""
    told = Peer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            told.got.append((key, body, self.headers.get("Authorization", "")))
            fault = told.faults.pop(0) if told.faults else None
            if fault == "silent":
                told.waiting.wait(5)
                return
            if isinstance(fault, int):
                self._say(fault, told.answer if fault < 500 else {})
                return
            told.taken.setdefault(key, body)
            if fault == "cut":  # it took the message, and the line broke before the answer
                self.connection.close()
                return
            self._say(200, {"receipt": f"R-{len(told.taken)}", **told.answer} if fault != "garbage" else "??")

        def _say(self, status: int, content: Any) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/api/double?v=1"
    try:
        yield told
    finally:
        told.waiting.set()
        server.shutdown()
        thread.join()
        server.server_close()
