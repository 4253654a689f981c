"""A real object store for tests: one mon, one mgr, one osd and one radosgw of Debian's Ceph, all on loopback.

Everything lies in a folder of the test and ends with it. Source: Ceph documentation, manual deployment.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = (
    "ceph",
    "ceph-mon",
    "ceph-mgr",
    "ceph-osd",
    "ceph-authtool",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
)
ACCESS, SECRET = "testaccess", "testsecretkey0123456789"
OSD_BYTES = 2 << 30
_PATIENCE_SECONDS = 300


def missing() -> list[str]:
    """The programs that this machine lacks; and whether we may run them."""
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    return lacking if lacking or os.geteuid() == 0 else ["root"]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of an object store that answers; gone afterwards."""
    cluster = _Cluster(folder)
    try:
        yield cluster.start()
    finally:
        cluster.stop()


class _Cluster:
    def __init__(self, folder: Path) -> None:
        self._folder, self._conf = folder, folder / "ceph.conf"
        self._servers: list[subprocess.Popen[bytes]] = []
        self._port, self._mon_port = _free_port(), _free_port()

    def start(self) -> str:
        """Bring up the four servers one after the other."""
        self._write_conf()
        self._mon()
        self._key("mgr", "mgr.x", "mon", "allow *", "osd", "allow *", "mds", "allow *")
        self._server("ceph-mgr", "-i", "x")
        self._osd()
        self._run(
            "radosgw-admin",
            "user",
            "create",
            "--uid=test",
            "--display-name=test",
            f"--access-key={ACCESS}",
            f"--secret-key={SECRET}",
        )
        self._server(
            "radosgw", "-n", "client.admin", f"--rgw-frontends=beast endpoint=127.0.0.1:{self._port}"
        )
        _until(lambda: _answers(self._port), "radosgw")
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        """End the servers that were started here."""
        for server in reversed(self._servers):
            server.kill()
            server.wait()

    def _write_conf(self) -> None:
        folder = self._folder
        for name in ("mon", "mgr", "osd", "run", "log"):
            (folder / name).mkdir()
        self._conf.write_text(
            f"""[global]
fsid = {uuid.uuid4()}
mon host = [v2:127.0.0.1:{self._mon_port}/0]
public addr = 127.0.0.1
keyring = {folder}/keyring
admin socket = {folder}/run/$name.asok
log file = {folder}/log/$name.log
pid file = {folder}/run/$name.pid
run dir = {folder}/run
mon data = {folder}/mon
mgr data = {folder}/mgr
osd data = {folder}/osd
osd objectstore = bluestore
bluestore block size = {OSD_BYTES}
osd memory target = 939524096
osd pool default size = 1
osd pool default pg autoscale mode = off
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon warn on pool no redundancy = false
mon data avail crit = 1
rgw dns name = 127.0.0.1
rgw enable usage log = false
[mgr]
keyring = {folder}/mgr/keyring
[osd]
keyring = {folder}/osd/keyring
"""
        )
        self._run(
            "ceph-authtool",
            "-C",
            str(folder / "keyring"),
            "--gen-key",
            "-n",
            "mon.",
            "--cap",
            "mon",
            "allow *",
        )
        self._run(
            "ceph-authtool",
            str(folder / "keyring"),
            "--gen-key",
            "-n",
            "client.admin",
            "--cap",
            "mon",
            "allow *",
            "--cap",
            "osd",
            "allow *",
            "--cap",
            "mgr",
            "allow *",
        )

    def _mon(self) -> None:
        fsid = next(
            line.split(" = ")[1] for line in self._conf.read_text().splitlines() if line.startswith("fsid")
        )
        monmap = str(self._folder / "monmap")
        self._run(
            "monmaptool",
            "--create",
            "--fsid",
            fsid,
            "--addv",
            "x",
            f"[v2:127.0.0.1:{self._mon_port}]",
            monmap,
        )
        self._run(
            "ceph-mon",
            "-c",
            str(self._conf),
            "--mkfs",
            "-i",
            "x",
            "--monmap",
            monmap,
            "--keyring",
            str(self._folder / "keyring"),
        )
        self._server("ceph-mon", "-i", "x")
        _until(lambda: self._run("ceph", "-s", check=False) == 0, "ceph-mon")

    def _osd(self) -> None:
        key = str(uuid.uuid4())
        self._run("ceph", "osd", "new", key, "0")
        self._key("osd", "osd.0", "mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *")
        self._run("ceph-osd", "-c", str(self._conf), "-i", "0", "--mkfs", "--osd-uuid", key)
        self._server("ceph-osd", "-i", "0")
        _until(lambda: "1 up" in self._told("ceph", "osd", "stat"), "ceph-osd")

    def _key(self, folder: str, name: str, *may: str) -> None:
        """A key of its own for a server, and what it may do."""
        self._run("ceph", "auth", "get-or-create", name, *may, "-o", str(self._folder / folder / "keyring"))

    def _server(self, name: str, *arguments: str) -> None:
        log = (self._folder / "log" / f"{name}.out").open("wb")
        with log:
            self._servers.append(
                subprocess.Popen([name, "-c", str(self._conf), "-f", *arguments], stdout=log, stderr=log)
            )

    def _run(self, name: str, *arguments: str, check: bool = True) -> int:
        command = [
            name,
            *(
                ("-c", str(self._conf))
                if name.startswith(("ceph", "radosgw")) and name != "ceph-authtool" and "-c" not in arguments
                else ()
            ),
            *arguments,
        ]
        if name == "ceph":
            command[1:1] = ["--connect-timeout", "5"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
        return done.returncode

    def _told(self, name: str, *arguments: str) -> str:
        command = [name, "-c", str(self._conf), "--connect-timeout", "5", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _until(holds: object, what: str) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come up in {_PATIENCE_SECONDS} s")
        time.sleep(0.5)
