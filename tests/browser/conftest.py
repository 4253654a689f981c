"""The real program on a port of its own, and a real browser to drive it.

Nothing here touches the tests' own database: a subprocess prepares the city in a folder of its own, another
one serves it with the command an operator uses.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "mingjing.sqlite3"
IN_CI = os.environ.get("CI", "") not in ("", "false", "0")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A city with its organs and people and no matter; what follows it goes on with ``now`` and ``team``.
FOUND = """
import json
from datetime import datetime, timedelta
import django
django.setup()
from django.core.management import call_command
from mingjing.demo.staffing import found_city
from mingjing.kernel.clocks import SHANGHAI
from mingjing.law.actions import load_codex
call_command("migrate", verbosity=0, interactive=False)
now = datetime.now(SHANGHAI)
load_codex(now)
team = found_city(now - timedelta(days=30))["dz-scjg"]
"""
# The team that the journey is played by, told to the test in one line of JSON.
PREPARE = f"""{FOUND}
print(json.dumps({{"by_role": team.by_role, "names": team.names}}))
"""
STARTS_WITHIN = 120  # seconds, on a busy machine
# How long a browser may wait for what it expects: a busy machine is slow, and slowness is no fault.
EXPECTED_WITHIN = 30_000  # milliseconds
expect.set_options(timeout=EXPECTED_WITHIN)


@dataclass(frozen=True)
class City:
    """A running platform: its address and the people of the market supervision bureau, ids by role."""

    address: str
    by_role: dict[str, list[int]]
    names: dict[str, str]
    database: Path

    def name_of(self, role: str) -> str:
        """The name of the first person in a role."""
        return self.names[str(self.by_role[role][0])]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, lay_tables: Callable[[Path], Path]) -> Iterator[City]:
    """The demo's organs and people without any matter, served by ``mingjing serve``."""
    database = lay_tables(tmp_path_factory.mktemp("var") / DATABASE)
    with serving(database.parent, PREPARE) as (environment, team):
        yield City(environment["MINGJING_PUBLIC_URL"], team["by_role"], team["names"], database)


@contextmanager
def serving(var: Path, script: str) -> Iterator[tuple[dict[str, str], Any]]:
    """``mingjing serve`` over a folder that a script has prepared: its environment, and what the script told."""
    with held_port() as port:
        address = f"http://127.0.0.1:{port}"
        environment = {**surroundings(var), "MINGJING_DEMO": "1", "MINGJING_PUBLIC_URL": address}
        told = run(environment, script)
        with _serving(port, address, environment):
            yield environment, told


def surroundings(var: Path) -> dict[str, str]:
    """The environment of a program that works in this folder, whatever database the tests run on."""
    elsewhere = ("MINGJING_DATABASE_URL", "MINGJING_SIGNING_KEY_FILE")
    own = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {**own, "MINGJING_VAR": str(var), "DJANGO_SETTINGS_MODULE": "mingjing.settings"}


def run(environment: dict[str, str], script: str) -> Any:
    """A script beside the server; what it prints last is JSON."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def chromium(lay_tables: Callable[[Path], Path]) -> Iterator[Callable[..., Browser]]:
    """Starts the system's Chromium, headless, with further arguments. One driver in a process: two bite each other.

    The tables are there first: beside the driver's event loop Django asks no database.
    """
    executable = shutil.which("chromium")
    if executable is None:
        message = "chromium is not installed on this machine"
        pytest.fail(message) if IN_CI else pytest.skip(message)
    with sync_playwright() as playwright:

        def start(*arguments: str) -> Browser:
            given = [*CHROMIUM_ARGUMENTS, *arguments]
            return playwright.chromium.launch(executable_path=executable, args=given)

        yield start


@pytest.fixture(scope="session")
def browser(chromium: Callable[..., Browser]) -> Iterator[Browser]:
    """The system's Chromium."""
    found = chromium()
    yield found
    found.close()


@contextmanager
def _serving(port: int, address: str, environment: dict[str, str]) -> Iterator[None]:
    log = Path(environment["MINGJING_VAR"]) / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "mingjing.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(address, server, log)
            yield
        finally:
            server.terminate()
            server.wait(STARTS_WITHIN)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; a server takes a moment to bind its port."""
    last = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < last:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within {STARTS_WITHIN} s:\n{log.read_text()}")
