"""A witness as a process: over HTTP, killed at any moment, and back again."""

from __future__ import annotations

import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mingjing.kernel import checkpoint
from mingjing.witness.memory import Memory
from tests.witness.conftest import Witness
from tests.witness.logs import Log, body

KILLS = 25
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_no_cosignature_is_forgotten_however_the_process_dies(witness, log):
    """Children cosign as fast as they can until they are killed; each tells a size once it was answered."""
    log.grow(*(b"%d" % number for number in range(4000)))
    chance, told = random.Random(20261127), 0
    for _ in range(KILLS):
        child, pipe = forked(witness.path, log)
        told = max(told, answered(os.read(pipe, 8)))
        select.select([], [], [], chance.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(pipe, "rb") as rest:
            told = max(told, answered(rest.read()))

        head = Memory(witness.config().database).head(log.key.name)

        assert head.size >= told
        assert head.root == log.head(head.size).root
        assert checkpoint.cosignatures(head.note, [witness.key])
    assert told > KILLS


def forked(path: Path, log: Log) -> tuple[int, int]:
    """A child that submits one entry more each time; its number and the pipe it tells sizes through."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        witness = Witness(path)
        head = witness.memory.head(log.key.name)
        size = head.size if head else 0
        while witness.submit(log, size, size + 1)[0] == 200:
            size += 1
            os.write(writing, size.to_bytes(8, "big"))
    finally:
        os._exit(0)


def answered(data: bytes) -> int:
    """The largest whole size in what came through the pipe."""
    return max((int.from_bytes(data[at : at + 8], "big") for at in range(0, len(data) - 7, 8)), default=0)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_witness_serves_over_http_and_stops_when_asked(witness, log, asked):
    witness.path.write_text(witness.path.read_text().replace(":8070", ":0"))
    command = [sys.executable, "-m", "mingjing.cli", "witness", "serve", "--config", str(witness.path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = re.search(r"http://\S+", process.stdout.readline())[0]
            answer = post(f"{address}/add-checkpoint", body(0, [], log.signed()))
            again = post(f"{address}/add-checkpoint", body(0, [], log.signed()))
            with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310 - our own server
                shown = page.read().decode()
        finally:
            process.send_signal(asked)
            try:
                process.wait(timeout=120)
            finally:
                process.kill()

    assert process.returncode >= 0, "it was killed instead of stopping"
    assert checkpoint.cosignatures(log.signed() + answer[2], [witness.key])
    assert again == (409, "text/x.tlog.size", "7\n")
    assert log.key.name in shown


def post(url: str, data: bytes) -> tuple[int, str, str]:
    """Status, content type and text of the answer."""
    try:
        with urllib.request.urlopen(url, data, timeout=60) as answer:  # noqa: S310 - our own server
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.mark.slow
def test_an_address_in_use_is_refused(witness):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        witness.path.write_text(witness.path.read_text().replace(":8070", f":{port}"))
        command = [sys.executable, "-m", "mingjing.cli", "witness", "serve", "--config", str(witness.path)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "端口已被占用" in ended.stderr
