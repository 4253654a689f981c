"""续传: two gigabytes over a line that breaks twenty times, and how fast they come in when it does not.

The baseline is the same file written and flushed in the same folder, in the same run (trust.md, G11).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.clients.platform import Platform, Session, Uploader, interrupted, platform, random_file

MOST_MEMORY = 200 << 20
LEAST_SHARE = 0.60
PIECE = 16 << 20
TITLES = {"write": "写入并刷盘", "ingest": "分段收下并重算", "upload": "经 HTTP 上传"}


def main() -> None:
    """Print the lines for people, then the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.uploads")
    parser.add_argument("--mb", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    size = options.mb << 20
    with tempfile.TemporaryDirectory(prefix="mingjing-uploads-", dir=os.environ.get("MINGJING_VAR")) as place:
        path = Path(place) / "film"
        sha256 = random_file(path, size)
        (Path(place) / "var").mkdir()
        with platform(Path(place) / "var") as running:
            figures = measured(running, path, sha256, options.rounds)
    figures["well"] = (
        figures["memory_mb"] < MOST_MEMORY >> 20
        and figures["same_hash"]
        and figures["ingest_share"] >= LEAST_SHARE
    )
    for line in told(figures, options.mb):
        print(line)
    print(json.dumps(figures, ensure_ascii=False))


def measured(running: Platform, path: Path, sha256: str, rounds: int) -> dict[str, Any]:
    """Rounds of the baseline, the room's own ingest and a whole upload in turn; then the broken line."""
    session, size = Session(running).sign_in(), path.stat().st_size
    running.begin_measuring()
    rates: dict[str, list[float]] = {"write": [], "ingest": [], "upload": []}
    for number in range(1, rounds + 1):
        rates["write"].append(_rate(size, lambda: _written(path, running.var / "plain")))
        rates["ingest"].append(_rate(size, lambda: _taken_in(path, running.var / "pieces", sha256)))
        rates["upload"].append(_rate(size, lambda: _uploaded(session, path, sha256)))
        last = "、".join(f"{title} {rates[name][-1]:.0f}" for name, title in TITLES.items())
        print(f"第 {number} 轮，每秒 MB：{last}")
    uploader = Uploader(session, path, PIECE)
    began = time.perf_counter()
    interrupted(uploader, times=20, kills=4)
    seconds = time.perf_counter() - began
    memory = running.measure()
    return {
        "write_mb_s": _best(rates["write"]),
        "ingest_mb_s": _best(rates["ingest"]),
        "upload_mb_s": _best(rates["upload"]),
        "ingest_share": _share(rates["ingest"], rates["write"]),
        "upload_share": _share(rates["upload"], rates["write"]),
        "interruptions": len(uploader.interruptions),
        "kills": uploader.interruptions.count("kill"),
        "interrupted_seconds": round(seconds, 1),
        "same_hash": uploader.sha256() == sha256,
        "memory_mb": memory >> 20,
    }


def _written(path: Path, target: Path) -> None:
    """The baseline: the bytes written and flushed, nothing else."""
    with path.open("rb") as given, target.open("wb") as file:
        shutil.copyfileobj(given, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    target.unlink()


def _taken_in(path: Path, target: Path, sha256: str) -> None:
    """What the room ``vault`` does with the bytes, without the line: pieces flushed, the whole read once more."""
    from mingjing.vault import pieces

    target.touch()
    with path.open("rb") as given, target.open("r+b") as file:
        for offset in range(0, path.stat().st_size, PIECE):
            pieces.append(file, offset, _Part(given, PIECE), PIECE)
    with target.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    target.unlink()


class _Part:
    """The next bytes of a file as a request's body."""

    def __init__(self, file: Any, left: int) -> None:
        self.file, self.left = file, left

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""
        block = self.file.read(min(size, self.left))
        self.left -= len(block)
        return bytes(block)


def _uploaded(session: Session, path: Path, sha256: str) -> None:
    """The same over HTTP, and taken back afterwards."""
    uploader = Uploader(session, path, PIECE)
    uploader.begin()
    offset, size = 0, path.stat().st_size
    while offset < size:
        offset = uploader.send(offset)
    assert uploader.sha256() == sha256
    uploader.end()


def _rate(size: int, work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return size / (time.perf_counter() - began) / 1e6


def _best(rates: list[float]) -> int:
    return round(max(rates))


def _share(rates: list[float], baseline: list[float]) -> float:
    """The middle of the rounds' own ratios: each subject beside the baseline of its round."""
    ratios = sorted(one / other for one, other in zip(rates, baseline, strict=True))
    return round(ratios[len(ratios) // 2], 2)


def told(figures: dict[str, Any], mb: int) -> list[str]:
    """The figures in sentences."""
    return [
        f"写入并刷盘 {figures['write_mb_s']} MB/s；分段收下并重算 SHA-256 {figures['ingest_mb_s']} MB/s"
        f"（{figures['ingest_share']:.0%}，应不低于 {LEAST_SHARE:.0%}）；"
        f"经 HTTP 上传 {figures['upload_mb_s']} MB/s（{figures['upload_share']:.0%}）",
        f"{mb} MB 中断 {figures['interruptions']} 次（杀掉服务 {figures['kills']} 次），"
        f"{figures['interrupted_seconds']} 秒传完，散列{'一致' if figures['same_hash'] else '不一致'}，"
        f"服务内存最高 {figures['memory_mb']} MB（应低于 {MOST_MEMORY >> 20} MB）",
    ]


if __name__ == "__main__":
    main()
