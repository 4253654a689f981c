"""From the commit of an act to a head over it that a witness has cosigned, at a thousand acts a second (goal G4).

The witness is the real program in a process of its own on the loopback interface, asked as ``mingjing worker``
asks it: seal, publish, ask, publish the cosignature.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

from bench.log import AT, insert, judged, say, while_acts_arrive

BEFORE = 10_000
GOAL = 10  # seconds


def main() -> None:
    """Found a log and its witness, let acts arrive; prints a line, then the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10, help="how long acts arrive")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingjing-witness-") as name:
        config, policy = Path(name) / "witness.toml", Path(name) / "policy"
        address = f"127.0.0.1:{_free_port()}"
        made = _witness("init", "--name", "w.example/bench", "--listen", address, config=config)
        policy.write_text(f"{made['policy'][0]} http://{address}\nquorum bench\n")
        os.environ["MINGJING_POLICY_FILE"] = str(policy)
        _witness("add-log", *_begin(), config=config)
        command = [sys.executable, "-m", "mingjing.cli", "witness", "serve", "--config", str(config)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            server.stdout.readline()  # it says so once it listens
            told = _measured(options.seconds)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)
    sys.stdout.write(json.dumps(told) + "\n")


def _begin() -> list[str]:
    """A log with some leaves in it; its public keys."""
    django.setup()
    from django.core.management import call_command

    from mingjing.record import logs
    from mingjing.record.actions import seal

    call_command("migrate", "record", verbosity=0)
    insert(range(BEFORE))
    seal(AT)
    log = logs.current()
    assert log is not None
    return [log.vkey]


def _measured(seconds: int) -> dict[str, object]:
    from mingjing.record.actions import seal
    from mingjing.record.actions.witnessing import witness
    from mingjing.record.models import Standing

    def reach() -> int:
        seal(AT)
        asked = witness(AT)
        if asked.troubles:
            raise SystemExit(f"the witness of the benchmark did not sign: {asked.troubles}")
        return Standing.objects.get().size

    lags, rate = while_acts_arrive(seconds, reach)
    p99 = lags[int(len(lags) * 0.99)]
    say(
        f"每秒 {rate:,.0f} 项办理时，提交到见证方联署：中位 {statistics.median(lags):.2f} 秒，99% {p99:.2f} 秒"
        f"（目标 {GOAL}）{judged(rate, p99 < GOAL)}"
    )
    return {
        "acts_per_second": round(rate),
        "cosigned_ms": round(statistics.median(lags) * 1000),
        "cosigned_p99_ms": round(p99 * 1000),
    }


def _witness(what: str, *arguments: str, config: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "mingjing.cli", "witness", what, *arguments, "--config", str(config)]
    done = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
