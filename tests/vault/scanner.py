"""A scanner that speaks clamd's protocol on a Unix socket and finds what the test names."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SAMPLE = b"a sample that is made for tests and harms nobody"


class Scanner:
    """Answers one connection after the other; ``limit`` is the size of the largest file it takes."""

    def __init__(self, path: Path, limit: int = 1 << 30, answer: bytes | None = None) -> None:
        self.address, self.limit, self.answer = f"unix:{path}", limit, answer
        self.asked: list[bytes] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                line.sendall(self._reply(line))

    def _reply(self, line: socket.socket) -> bytes:
        command = _until_zero(line)
        self.asked.append(command)
        if command == b"zVERSION":
            return b"ClamAV 1.4.6/27800/test\0"
        content = b""
        while size := struct.unpack("!I", _exactly(line, 4))[0]:
            content += _exactly(line, size)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        if self.answer is not None:
            return self.answer
        return b"stream: Test.Sample.UNOFFICIAL FOUND\0" if SAMPLE in content else b"stream: OK\0"


def _until_zero(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0"):
        said += line.recv(1)
    return said[:-1]


def _exactly(line: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        content += line.recv(size - len(content))
    return content


@contextmanager
def scanning(path: Path, **options: object) -> Iterator[Scanner]:
    scanner = Scanner(path, **options)
    try:
        yield scanner
    finally:
        scanner.close()
