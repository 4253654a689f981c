"""Runs the whole test suite on SQLite, then what uses the database again on a real PostgreSQL.

``make test`` calls it. The PostgreSQL cluster is a temporary one, made from the server binaries on this
machine and run by an unprivileged user; with CI=true their absence is a failure, otherwise it is said
clearly and the second half is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Folders whose tests run the whole program, in a process of its own and on SQLite in either pass.
ALWAYS_SQLITE = ("browser", "clients")
# Set in many containers; with it, each process compiles the whole platform anew.
FORGETFUL = "PYTHONDONTWRITEBYTECODE"
IN_CI = os.environ.get("CI", "") not in ("", "false", "0")


def main() -> int:
    """Both halves; the worse exit code wins."""
    extra = sys.argv[1:]
    say("第一遍：SQLite")
    with tempfile.TemporaryDirectory(prefix="mingjing-test-") as var:
        first = pytest(["tests", *extra], {"MINGJING_VAR": var})
    binaries = postgres_binaries()
    if binaries is None:
        say("本机没有 PostgreSQL 服务端程序（Debian：apt-get install postgresql）。")
        if IN_CI:
            say("CI 中不允许跳过 PostgreSQL，判为失败。")
            return 1
        say("已跳过 PostgreSQL 一遍；CI 中会执行。")
        return first
    say("第二遍：PostgreSQL，只运行用到数据库的测试；其余的与数据库无关，第一遍已经运行")
    chosen = ["-p", "tests.on_database", *(f"--ignore=tests/{folder}" for folder in ALWAYS_SQLITE)]
    with cluster(binaries) as url, tempfile.TemporaryDirectory(prefix="mingjing-test-") as var:
        second = pytest(["tests", *chosen, *extra], {"MINGJING_VAR": var, "MINGJING_DATABASE_URL": url})
    return first or second


def say(text: str) -> None:
    """A line for people, apart from pytest's own."""
    print(f"\n==== {text} ====", flush=True)  # noqa: T201


def pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """One pytest run on all cores.

    Each core starts with one run of neighbouring tests, which share what their modules set up, and takes from
    the other when it is done.
    """
    cores = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    command = [sys.executable, "-m", "pytest", *cores, *arguments]
    return subprocess.run(command, cwd=ROOT, env=surroundings(environment), check=False).returncode


def surroundings(more: dict[str, str]) -> dict[str, str]:
    """The environment of a run. Python may keep what it compiles: tests start hundreds of processes."""
    return {**{name: value for name, value in os.environ.items() if name != FORGETFUL}, **more}


def postgres_binaries() -> Path | None:
    """The folder with initdb and postgres of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def cluster(binaries: Path, *, durable: bool = False) -> Iterator[str]:
    """A temporary cluster on a socket only; yields its URL and removes everything afterwards.

    ``durable`` keeps fsync on, for benchmarks; tests do without.
    """
    folder = Path(tempfile.mkdtemp(prefix="mingjing-pg-"))
    prefix = as_unprivileged(folder)
    data = folder / "data"
    try:
        run(
            [
                *prefix,
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "mingjing",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ]
        )
        start(binaries, folder, durable=durable)
        try:
            run([*prefix, binaries / "createdb", "-h", folder, "-U", "mingjing", "mingjing"])
            yield f"postgresql://mingjing@/mingjing?host={folder}"
        finally:
            run([*prefix, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(binaries: Path, folder: Path, *, durable: bool) -> None:
    """Start the cluster in ``folder``, also after it was killed; returns when it takes connections."""
    fsync = "on" if durable else "off"
    settings = f"-k {folder} -c listen_addresses='' -c fsync={fsync} -c max_connections=60"
    command = [
        binaries / "pg_ctl",
        "-D",
        folder / "data",
        "-l",
        folder / "log",
        "-w",
        "-o",
        settings,
        "start",
    ]
    run([*as_unprivileged(folder), *command])


def as_unprivileged(folder: Path) -> list[str]:
    """How to run a command as somebody who may run PostgreSQL: root may not."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    folder.chmod(0o755)
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def run(command: list[object]) -> None:
    """Run a command quietly; its output is shown only if it fails."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise SystemExit(f"命令失败：{command}\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
