"""A witness at work: the web server, and the mirror that follows what was cosigned."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mingjing.kernel.refused import Refused
from mingjing.witness import mirror, protocol
from mingjing.witness.config import Watched
from mingjing.witness.memory import Memory
from mingjing.witness.web import Application

THREADS = 8


class Mirroring:
    """A thread that pulls whenever something was cosigned, and from time to time in any case."""

    def __init__(self, config: Watched, memory: Memory) -> None:
        self._config = config
        self._memory = memory
        self._wanted = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let the pull under way end, and begin no other."""
        self._over.set()
        self._wanted.set()
        self._thread.join(timeout=mirror.TIMEOUT_SECONDS)

    def wake(self) -> None:
        """Something may have grown."""
        self._wanted.set()

    def _run(self) -> None:
        while not self._over.is_set():
            self._wanted.clear()
            mirror.pull_all(self._config(), self._memory, datetime.now(UTC))
            self._wanted.wait(self._config().mirror_seconds)


def serve(path: Path, tell: Callable[[str], None]) -> None:
    """Run the witness whose settings lie at ``path`` until it is interrupted.

    Raises: Refused ``no-address`` and as :func:`mingjing.witness.config.read`.
    """
    config = Watched(path)
    memory = Memory(config().database)
    mirroring = Mirroring(config, memory)
    server = _server(Application(config, memory, after=mirroring.wake), config)
    mirroring.start()
    tell(f"见证方“{config().name}”已在 http://{config().host}:{server.effective_port} 运行，按 Ctrl+C 停止。")
    try:
        server.run()
    finally:
        mirroring.stop()
        server.close()


def _server(application: Application, config: Watched) -> Any:
    from waitress import create_server

    now = config()
    try:
        return create_server(
            application,
            host=now.host,
            port=now.port,
            threads=THREADS,
            ident=None,
            max_request_body_size=protocol.MAX_BYTES,
        )
    except (OSError, ValueError) as error:
        raise Refused(
            "no-address",
            f"不能在 {now.host}:{now.port} 运行：地址有误，或者端口已被占用。",
            remedy="在设置文件中把 listen 改成别的地址，或停止占用它的程序。",
        ) from error
