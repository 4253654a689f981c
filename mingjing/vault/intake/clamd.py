"""A client of clamd: asks a running virus scanner about a file, piece by piece, over its socket.

Source: clamd(8), command INSTREAM: ``zINSTREAM\\0``, then chunks of a length in four bytes (network order) and as many
bytes, ended by a length of zero; the answer ends with a zero byte.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from mingjing.kernel.refused import Refused

SECONDS = 60.0
_MOST_ANSWER = 4096
_FOUND = re.compile(r"stream: (?P<what>.+) FOUND")


@dataclass(frozen=True)
class Verdict:
    """What the scanner said: ``clean``, ``infected`` with the name of what it found, or ``too_large``."""

    state: str
    what: str = ""


class Clamd:
    """The scanner at ``unix:/path`` or ``tcp:host:port``."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, pieces: Iterable[bytes]) -> Verdict:
        """Its verdict on a file. Raises: Refused ``scanner-unreachable``."""
        answer = self._ask(b"zINSTREAM\0", pieces)
        if answer == "stream: OK":
            return Verdict("clean")
        if "size limit exceeded" in answer:
            return Verdict("too_large")
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise self._unreachable(f"答复“{answer[:80]}”")
        return Verdict("infected", found["what"][:120])

    def version(self) -> str:
        """Engine and age of its signatures, as it says itself. Raises: Refused ``scanner-unreachable``."""
        return self._ask(b"zVERSION\0", None)[:120]

    def _ask(self, command: bytes, pieces: Iterable[bytes] | None) -> str:
        try:
            with self._connected() as line:
                line.sendall(command)
                if pieces is not None:
                    _send(line, pieces)
                return _answer(line)
        except OSError as error:
            raise self._unreachable(error.strerror or type(error).__name__) from error

    def _connected(self) -> socket.socket:
        scheme, _, place = self._address.partition(":")
        if scheme == "unix":
            return _connected_to(place)
        host, _, port = place.rpartition(":")
        if scheme != "tcp" or not port.isdecimal():
            raise Refused(
                "bad-settings",
                f"MINGJING_CLAMD 写的是“{self._address}”，不认识。",
                remedy="可以是 unix:/run/clamav/clamd.ctl，或者 tcp:主机:端口。",
            )
        return socket.create_connection((host, int(port)), timeout=SECONDS)

    def _unreachable(self, why: str) -> Refused:
        return Refused(
            "scanner-unreachable",
            f"查毒程序没有答复（{why}），文件保持“未查毒”。",
            remedy="请系统管理员检查 clamd 是否在运行；恢复后平台自动补查。",
        )


def _connected_to(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(SECONDS)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, pieces: Iterable[bytes]) -> None:
    """Send the pieces; a scanner that has heard enough closes the line and has answered already."""
    try:
        for piece in pieces:
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(line: socket.socket) -> str:
    said = b""
    while len(said) < _MOST_ANSWER and not said.endswith(b"\0"):
        piece = line.recv(_MOST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
