"""A witness in a folder of its own, and a log that it trusts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from mingjing.kernel import note
from mingjing.witness import config, making
from mingjing.witness.memory import Memory
from mingjing.witness.web import Application
from tests.witness.logs import AT, Log, body

LOG_KEY = note.SignerKey("mingjing.example/record/2026", note.ED25519, bytes(range(32)))


class Witness:
    """A witness that is asked without a network in between."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = config.Watched(path)
        self.memory = Memory(self.config().database)
        self.now = AT
        self.application = Application(self.config, self.memory, clock=lambda: self.now)

    @property
    def key(self) -> note.VerifierKey:
        """The public half of the first key."""
        return self.config().signers()[0].verifier

    def post(self, data: bytes) -> tuple[int, dict[str, str], str]:
        """Submit a body; status, headers and text of the answer."""
        return self.ask("/add-checkpoint", "POST", data)

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Read a page."""
        return self.ask(path, "GET", b"")

    def ask(self, path: str, method: str, data: bytes) -> tuple[int, dict[str, str], str]:
        """One request."""
        told: dict[str, Any] = {}
        environ = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.input": io.BytesIO(data),
        }

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told.update(status=int(status[:3]), headers=dict(headers))

        answer = b"".join(self.application(environ, start))
        return told["status"], told["headers"], answer.decode()

    def submit(self, log: Log, old: int, size: int | None = None) -> tuple[int, dict[str, str], str]:
        """Ask for a cosignature as an honest log does."""
        return self.post(body(old, log.proof(old, size), log.signed(size)))


@pytest.fixture
def log() -> Log:
    return Log(LOG_KEY, [f"entry {number}".encode() for number in range(7)])


@pytest.fixture
def witness(tmp_path: Path, log: Log) -> Witness:
    path = tmp_path / "witness.toml"
    making.make(path, name="sfj.example/witness", title="某某市司法局", listen="127.0.0.1:8070", ml_dsa=False)
    config.add_log(path, [log.vkey], "")
    return Witness(path)
