"""The real program on a port of its own, to be killed and started again, and a client that loses its line.

Used by the tests of this folder with a small file, and by ``bench.uploads`` with one of two gigabytes.
"""

from __future__ import annotations

import hashlib
import http.client
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 120  # seconds, on a busy machine
PASSWORD = "demo-Mingjing-2026"
PREPARE = """
import json
from datetime import datetime, timedelta
import django
django.setup()
from django.core.management import call_command
from mingjing.demo.staffing import found_city
from mingjing.kernel.clocks import SHANGHAI
from mingjing.law.actions import load_codex
from mingjing.organs.models import Account, Officer
call_command("migrate", verbosity=0, interactive=False)
now = datetime.now(SHANGHAI)
load_codex(now)
team = found_city(now - timedelta(days=30))["dz-scjg"]
officer = Officer.objects.get(pk=team.by_role["handler"][0])
print(json.dumps({"username": officer.account.username}))
"""


@dataclass
class Platform:
    """``mingjing serve`` in a folder of its own; ``peak_bytes`` is the most memory any of its lives took."""

    var: Path
    port: int
    username: str = ""
    peak_bytes: int = 0
    process: subprocess.Popen[bytes] | None = None
    lives: int = 0

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What it runs with: nothing of the caller's own installation."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
        return {
            **given,
            "MINGJING_VAR": str(self.var),
            "MINGJING_DEMO": "1",
            "MINGJING_PUBLIC_URL": self.address,
            "DJANGO_SETTINGS_MODULE": "mingjing.settings",
        }

    def prepare(self) -> None:
        """The demo's organs and people, without any matter."""
        done = subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.username = json.loads(done.stdout.splitlines()[-1])["username"]

    def start(self) -> None:
        """Begin to serve, and wait until it answers."""
        log = (self.var / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mingjing.cli", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        self.lives += 1
        last = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < last:
            assert self.process.poll() is None, (self.var / "server.log").read_text()
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz", timeout=5):  # noqa: S310 - our own server
                return
            time.sleep(0.05)
        raise AssertionError(f"the server did not answer within {STARTS_WITHIN} s")

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.measure()
        self.process.kill()
        self.process.wait()

    def begin_measuring(self) -> None:
        """Forget the peak so far: hashing a password (Argon2) alone takes 100 MB. Source: proc(5), clear_refs."""
        assert self.process is not None
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        self.peak_bytes = 0

    def measure(self) -> int:
        """The most memory that this life has taken so far, in bytes. Source: proc(5), VmHWM."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        self.peak_bytes = max(self.peak_bytes, int(found[1]) * 1024)
        return self.peak_bytes


@contextmanager
def platform(var: Path) -> Iterator[Platform]:
    """A running platform, prepared in a folder that may hold a database with today's tables already."""
    with held_port() as port:
        found = Platform(var, port)
        found.prepare()
        found.start()
        try:
            yield found
        finally:
            assert found.process is not None
            found.process.kill()
            found.process.wait()


@dataclass
class Session:
    """A signed-in officer: the headers that every request of a tus client carries."""

    platform: Platform
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> Session:
        """By user name and password, as a person does."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        address = f"{self.platform.address}/sign-in"
        opener.open(address).close()
        form = {
            "username": self.platform.username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": _value(jar, "csrftoken"),
        }
        opener.open(address, urllib.parse.urlencode(form).encode()).close()
        self.headers = {
            "Cookie": "; ".join(f"{one.name}={one.value}" for one in jar),
            "X-CSRFToken": _value(jar, "csrftoken"),
        }
        return self


def _value(jar: http.cookiejar.CookieJar, name: str) -> str:
    return next(str(one.value) for one in jar if one.name == name)


@dataclass
class Uploader:
    """A tus client of our own that can be interrupted at will; sends ``piece_bytes`` at a time."""

    session: Session
    path: Path
    piece_bytes: int = 16 << 20
    place: str = ""
    interruptions: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Ask for an upload."""
        size = str(self.path.stat().st_size)
        answer = self._ask("POST", "/uploads/", {"Upload-Length": size})
        assert answer.status == 201, answer.status
        self.place = str(answer.headers["Location"])

    def offset(self) -> int:
        """How much the server says it has."""
        answer = self._ask("HEAD", self.place)
        assert answer.status == 200, answer.status
        return int(answer.headers["Upload-Offset"])

    def sha256(self) -> str:
        """The digest that the server found when it had read the whole file once more."""
        return str(self._ask("HEAD", self.place).headers["Upload-SHA256"])

    def end(self) -> None:
        """Take the upload back."""
        assert self._ask("DELETE", self.place).status == 204

    def send(self, offset: int) -> int:
        """One piece, answered: the new offset. Where the server still writes what a lost connection left
        behind (423), or has written it meanwhile (409), what it has now, as any client of the protocol asks."""
        connection, piece = self._connected(), self._piece(offset)
        self._head(connection, offset, len(piece))
        connection.send(piece)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status in (409, 423):
            return self.offset()
        assert answer.status == 204, (answer.status, offset)
        return int(answer.headers["Upload-Offset"])

    def interrupt(self, offset: int, how: str) -> None:
        """Lose the line while a piece goes out: ``cut`` in the middle of it, ``deaf`` before the answer came,
        ``kill`` with the server killed in the middle and started again, ``twice`` with another at it as well."""
        self.interruptions.append(how)
        connection, piece = self._connected(), self._piece(offset)
        self._head(connection, offset, len(piece))
        if how == "twice":
            with suppress(AssertionError):
                self.send(offset)
            connection.send(piece)
            answer = connection.getresponse()
            assert answer.status in (204, 409, 423), answer.status
            answer.read()
        elif how == "deaf":
            connection.send(piece)
        else:
            connection.send(piece[: len(piece) // 2])
        if how == "kill":
            self.session.platform.kill()
            self.session.platform.start()
        connection.close()

    def _head(self, connection: http.client.HTTPConnection, offset: int, length: int) -> None:
        connection.putrequest("PATCH", self.place)
        for name, value in {**self._common(), "Upload-Offset": str(offset)}.items():
            connection.putheader(name, value)
        connection.putheader("Content-Type", "application/offset+octet-stream")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()

    def _piece(self, offset: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(self.piece_bytes)

    def _common(self) -> dict[str, str]:
        return {**self.session.headers, "Tus-Resumable": "1.0.0"}

    def _connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.session.platform.port, timeout=600)

    def _ask(self, method: str, place: str, more: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = self._connected()
        connection.request(method, place, headers={**self._common(), **(more or {})})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


HOW = ("cut", "deaf", "cut", "twice", "cut", "deaf", "kill")


def interrupted(uploader: Uploader, times: int, kills: int) -> None:
    """Send the whole file with ``times`` interruptions spread over it, ``kills`` of them killing the server."""
    uploader.begin()
    size = uploader.path.stat().st_size
    due = [size * (one + 1) // (times + 1) for one in range(times)]
    how = _plan(times, kills)
    offset = 0
    while offset < size:
        if due and offset + uploader.piece_bytes > due[0]:
            due.pop(0)
            uploader.interrupt(offset, how.pop(0))
            offset = uploader.offset()
        else:
            offset = uploader.send(offset)
    assert not due


def _plan(times: int, kills: int) -> list[str]:
    quiet = [HOW[one % (len(HOW) - 1)] for one in range(times - kills)]
    for one in range(kills):
        quiet.insert((one + 1) * len(quiet) // (kills + 1), "kill")
    return quiet


def random_file(path: Path, size: int) -> str:
    """A file that nothing can compress; its SHA-256."""
    digest, block = hashlib.sha256(), os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(0, size, len(block)):
            part = number.to_bytes(8, "big") + block[8 : min(len(block), size - number)]
            digest.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
