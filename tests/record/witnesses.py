"""Real witnesses on the loopback interface, for a log that asks them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from mingjing.kernel.policy import Witness as Trusted
from mingjing.record import logs, store
from mingjing.record.models import Log
from mingjing.witness import config, making, mirror
from mingjing.witness.memory import Memory
from mingjing.witness.web import Application
from tests.record.makers import AT


class Witness:
    """A witness in a folder of its own. It serves on ``url`` while :func:`running`."""

    def __init__(self, folder: Path, name: str = "sfj") -> None:
        self.path = folder / name / "witness.toml"
        making.make(
            self.path, name=f"{name}.example/w", title="某某市司法局", listen="127.0.0.1:1", ml_dsa=False
        )
        self.name = name
        self.url = ""
        self.now: datetime = AT
        self.config = config.Watched(self.path)
        self.memory = Memory(self.config().database)
        self.application = Application(self.config, self.memory, clock=lambda: self.now)
        self.key = self.config().signers()[0].verifier
        self.requests: list[str] = []

    def answer(self, environ: dict[str, Any], start: Any) -> Any:
        """One request, which is remembered."""
        self.requests.append(environ["PATH_INFO"])
        return self.application(environ, start)

    def trusts(self, log: Log) -> None:
        """Add the log, and where its public files are: this very folder, read as a web server would give it."""
        config.add_log(self.path, [log.vkey], "http://log.example/")

    def size(self, log: Log) -> int:
        """How much of a log was cosigned."""
        head = self.memory.head(log.origin)
        return head.size if head else 0

    def pull(self, log: Log) -> int:
        """Bring the copy up to date from the published files."""
        told = self.config().logs[log.origin]
        folder = logs.folder(log)

        def fetch(url: str) -> bytes | None:
            path = folder / url.removeprefix(told.url)
            return path.read_bytes() if path.is_file() else None

        return mirror.pull(self.config(), self.memory, told, self.now, fetch)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def running(*witnesses: Witness) -> Iterator[None]:
    """Each of them serves on a free port of the loopback interface."""
    servers = []
    for one in witnesses:
        server = make_server("127.0.0.1", 0, one.answer, handler_class=_Quiet)
        one.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
    try:
        yield
    finally:
        for server, thread in servers:
            server.shutdown()
            server.server_close()
            thread.join()


def ask(settings: Any, *witnesses: Witness, quorum: str = "") -> None:
    """Let the deployment's policy name these witnesses; all of them are asked for, unless told otherwise."""
    lines = [str(Trusted(one.name, one.key, one.url)) for one in witnesses]
    names = " ".join(one.name for one in witnesses)
    lines += [quorum] if quorum else [f"group everyone all {names}", "quorum everyone"]
    path = store.log_folder().parent / "policy.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    settings.MINGJING_POLICY_FILE = str(path)
