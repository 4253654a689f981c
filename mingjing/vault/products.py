"""Making derivatives: previews, play copies, clips. Each runs a program of its own, with limits, on a copy.

Nothing here touches the database or the original; what comes out is kept by ``actions.keep_derivative``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mingjing.kernel.refused import Refused

from . import reencode

PREVIEW_SECONDS = 30
FILM_SECONDS = 4 * 3600
MOST_PREVIEW_BYTES = 8 << 20
_REMUXED = frozenset({"video/webm", "audio/webm"})


@dataclass(frozen=True)
class Product:
    """What was made, open for reading, and how."""

    content: BinaryIO
    media_type: str
    made_how: str


def preview(original: BinaryIO) -> tuple[bytes, str]:
    """A JPEG of at most 1600 points a side, and how it was made. Raises: Refused ``no-preview``."""
    import PIL

    with original:
        try:
            made = subprocess.run(  # noqa: S603 - our own script
                [sys.executable, "-I", reencode.__file__],
                stdin=original,
                capture_output=True,
                timeout=PREVIEW_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _no_preview() from None
    if made.returncode or not 0 < len(made.stdout) <= MOST_PREVIEW_BYTES:
        raise _no_preview()
    return made.stdout, f"Pillow {PIL.__version__}，最长边 {reencode.LONGEST_SIDE} 点，JPEG，去除元数据"


def _no_preview() -> Refused:
    return Refused("no-preview", "这个文件做不成预览图。", remedy="请下载原件查看。")


def can_film() -> bool:
    """Whether play copies and clips can be made on this machine."""
    return bool(settings.MINGJING_FFMPEG)


@contextmanager
def play_copy(original: BinaryIO, media_type: str) -> Iterator[Product]:
    """A copy that every browser plays and can move about in. Raises: Refused ``not-made``.

    What a browser recorded only gets the index it lacks; anything else is encoded anew.
    """
    media_type = media_type.partition(";")[0].strip()
    if media_type in _REMUXED:
        arguments, kind, how = ["-c", "copy"], media_type, "补写索引，画面和声音未重新编码"
    elif media_type.startswith("audio/"):
        arguments, kind, how = ["-vn", "-c:a", "aac", "-b:a", "96k"], "audio/mp4", "转为 AAC"
    else:
        arguments, kind, how = (
            [*_H264, "-movflags", "+faststart"],
            "video/mp4",
            "转为 H.264，宽不超过 1280 点",
        )
    with _filmed(original, arguments, kind, how) as product:
        yield product


@contextmanager
def clip(original: BinaryIO, media_type: str, start_ms: int, end_ms: int) -> Iterator[Product]:
    """The part from ``start_ms`` to ``end_ms`` as a file of its own. Raises: Refused ``not-made``."""
    part = ["-ss", f"{start_ms / 1000:.3f}", "-to", f"{end_ms / 1000:.3f}"]
    if media_type.startswith("audio/"):
        arguments, kind = [*part, "-vn", "-c:a", "aac"], "audio/mp4"
    else:
        arguments, kind = [*part, *_H264, "-movflags", "+faststart"], "video/mp4"
    with _filmed(original, arguments, kind, "截取并重新编码") as product:
        yield product


_H264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"]
_H264 += ["-vf", "scale='min(1280,iw)':-2", "-c:a", "aac"]


@contextmanager
def _filmed(original: BinaryIO, arguments: Sequence[str], kind: str, how: str) -> Iterator[Product]:
    place = Path(settings.MINGJING_VAR) / "making"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        given, made = Path(folder) / "original", Path(folder) / f"made.{kind.partition('/')[2]}"
        with original, given.open("wb") as file:
            shutil.copyfileobj(original, file, 1 << 20)
        _ffmpeg([*_input(given), *arguments, str(made)])
        with made.open("rb") as content:
            yield Product(content, kind, f"{_version()}：{how}")


def _input(path: Path) -> list[str]:
    # A list of addresses that calls itself a film is not followed.
    return ["-protocol_whitelist", "file", "-i", str(path), "-map_metadata", "-1"]


def _ffmpeg(arguments: Sequence[str]) -> None:
    command = [settings.MINGJING_FFMPEG, "-nostdin", "-v", "error", "-y", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - the operator's program, our arguments
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=FILM_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused("not-made", f"ffmpeg 没有运行成功：{error}"[:300]) from error
    if done.returncode or not Path(arguments[-1]).is_file():
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Refused("not-made", f"ffmpeg 没有做成：{said[-1] if said else '没有说明原因'}"[:300])


def _version() -> str:
    """``ffmpeg 7.1`` as the program calls itself."""
    done = subprocess.run(  # noqa: S603
        [settings.MINGJING_FFMPEG, "-version"], capture_output=True, timeout=30, check=False
    )
    words = done.stdout.decode(errors="replace").split()
    return f"ffmpeg {words[2]}" if len(words) > 2 else "ffmpeg"
