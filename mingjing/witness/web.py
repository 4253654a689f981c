"""The witness on the web: one address to submit to, a few to read from (WSGI).

``POST /add-checkpoint`` and ``GET /<origin hash>/checkpoint`` are C2SP tlog-witness; ``GET /mirror/<origin
hash>/…`` are the files of C2SP tlog-mirror, whose monitoring prefix must be another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from mingjing.witness import mirror, page, protocol
from mingjing.witness.config import Config
from mingjing.witness.memory import Memory
from mingjing.witness.state import state_of

Start = Callable[[str, list[tuple[str, str]]], Any]

_HEAD = re.compile(r"/([0-9a-f]{64})/checkpoint")
_MIRROR = re.compile(
    r"/mirror/([0-9a-f]{64})/(checkpoint|tile/(?:[0-9]{1,2}|entries)/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?)"
)
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Entity",
}
_BYTES = "application/octet-stream"


class Application:
    """The WSGI application of one witness. ``after`` is told that a log may have grown."""

    def __init__(
        self,
        config: Callable[[], Config],
        memory: Memory,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._memory = memory
        self._clock = clock
        self._after = after
        self._keys = config().signers()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path == "/add-checkpoint":
            answer = self._add(environ) if method == "POST" else _plain(405, "请用 POST。")
        else:
            answer = self._read(path) if method in ("GET", "HEAD") else _plain(405, "请用 GET。")
        status, headers, body = answer
        headers += [("Content-Length", str(len(body))), ("X-Content-Type-Options", "nosniff")]
        start(f"{status} {_REASONS[status]}", headers)
        return [b"" if method == "HEAD" else body]

    def _add(self, environ: dict[str, Any]) -> _Answer:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > protocol.MAX_BYTES:
            return _plain(413, "请求过长。")
        answer = protocol.add_checkpoint(
            environ["wsgi.input"].read(int(length)),
            logs=self._config().logs,
            keys=self._keys,
            memory=self._memory,
            at=self._clock(),
        )
        if answer.status == 200:
            self._after()
        return answer.status, [("Content-Type", answer.content_type)], answer.body

    def _read(self, path: str) -> _Answer:
        if path == "/":
            now = self._clock()
            state = state_of(self._config(), self._memory, now)
            return 200, page.headers(), page.page(state, now).encode()
        if path == "/status.json":
            told = state_of(self._config(), self._memory, self._clock()).as_dict()
            body = json.dumps(told, ensure_ascii=False, indent=2).encode()
            return 200, [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body
        if found := _HEAD.fullmatch(path):
            return self._head(found[1])
        if found := _MIRROR.fullmatch(path):
            return self._mirrored(found[1], found[2])
        return _plain(404, "这里没有这个网页。")

    def _head(self, wanted: str) -> _Answer:
        head = next((self._memory.head(one) for one in self._origins(wanted)), None)
        if head is None:
            return _plain(404, "没有联署过这个日志。")
        return 200, [("Content-Type", protocol.TEXT), ("Cache-Control", "no-store")], head.note.encode()

    def _mirrored(self, wanted: str, name: str) -> _Answer:
        for origin in self._origins(wanted):
            try:
                data = (mirror.folder_of(self._config(), origin) / name).read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                break
            kind, keep = (protocol.TEXT, "no-store") if name == "checkpoint" else (_BYTES, "max-age=31536000")
            return 200, [("Content-Type", kind), ("Cache-Control", keep)], data
        return _plain(404, "镜像中没有这个文件。")

    def _origins(self, wanted: str) -> Iterable[str]:
        return (one for one in self._config().logs if mirror.origin_hash(one) == wanted)


_Answer = tuple[int, list[tuple[str, str]], bytes]


def _plain(status: int, text: str) -> _Answer:
    return status, [("Content-Type", protocol.TEXT)], f"{text}\n".encode()
