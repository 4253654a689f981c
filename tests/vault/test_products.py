"""Previews, play copies and clips: made by programs of their own, from a copy, with limits.

The program ffmpeg is played by a script that writes what it was asked; a real one is tried where there is one.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mingjing.kernel.refused import Refused
from mingjing.vault import products

SCRIPT = """#!{python}
import json, sys
if "-version" in sys.argv:
    print("ffmpeg version 7.1-test")
    sys.exit(0)
given = open(sys.argv[sys.argv.index("-i") + 1], "rb").read()
if given == b"broken":
    print("moov atom not found", file=sys.stderr)
    sys.exit(1)
open(sys.argv[-1], "w").write(json.dumps(sys.argv[1:]))
"""


@pytest.fixture
def ffmpeg(settings: Any, tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(SCRIPT.format(python=sys.executable))
    program.chmod(0o755)
    settings.MINGJING_FFMPEG = str(program)


def picture(size: tuple[int, int], kind: str = "PNG", **more: Any) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **more)
    file.seek(0)
    return file


def test_a_large_picture_becomes_a_small_one(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(picture((4000, 1000)).read())

    made, how = products.preview(path.open("rb"))

    with Image.open(io.BytesIO(made)) as small:
        assert (small.format, small.size) == ("JPEG", (1600, 400))
    assert how.startswith("Pillow ")


def test_metadata_do_not_go_along(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at No. 1 Road"
    path = tmp_path / "p"
    path.write_bytes(picture((200, 100), "JPEG", exif=exif).read())
    assert b"at No. 1 Road" in path.read_bytes()

    made, _ = products.preview(path.open("rb"))

    assert b"at No. 1 Road" not in made
    with Image.open(io.BytesIO(made)) as small:
        assert not small.getexif()


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"x" * 100])
def test_what_is_no_picture_gives_no_preview(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(content)

    with pytest.raises(Refused) as refused:
        products.preview(path.open("rb"))

    assert refused.value.code == "no-preview"


def test_a_picture_of_too_many_points_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(path)
    assert path.stat().st_size < 1_000_000

    with pytest.raises(Refused, match="做不成预览图"):
        products.preview(path.open("rb"))


@pytest.mark.parametrize(
    "media_type, kind, needed",
    [
        ("video/webm", "video/webm", ["-c", "copy"]),
        ("audio/webm", "audio/webm", ["-c", "copy"]),
        ("video/webm;codecs=vp8,opus", "video/webm", ["-c", "copy"]),
        ("video/x-msvideo", "video/mp4", ["libx264", "+faststart"]),
        ("audio/amr", "audio/mp4", ["aac"]),
    ],
)
@pytest.mark.usefixtures("ffmpeg")
def test_a_play_copy_says_how_it_was_made(media_type: str, kind: str, needed: list[str]) -> None:
    with products.play_copy(io.BytesIO(b"film"), media_type) as made:
        arguments = json.loads(made.content.read())
        assert made.media_type == kind
        assert made.made_how.startswith("ffmpeg 7.1-test：")

    assert all(one in arguments for one in needed)
    assert arguments[arguments.index("-protocol_whitelist") + 1] == "file"
    assert not Path(arguments[-1]).exists()


@pytest.mark.usefixtures("ffmpeg")
def test_a_clip_is_cut_at_its_moments() -> None:
    with products.clip(io.BytesIO(b"film"), "video/mp4", 1500, 62_000) as made:
        arguments = json.loads(made.content.read())

    assert arguments[arguments.index("-ss") + 1] == "1.500"
    assert arguments[arguments.index("-to") + 1] == "62.000"


@pytest.mark.usefixtures("ffmpeg")
def test_what_cannot_be_made_says_why() -> None:
    with (
        pytest.raises(Refused, match="moov atom not found"),
        products.play_copy(io.BytesIO(b"broken"), "video/mp4"),
    ):
        pass


def test_a_program_that_is_not_there_is_told(settings: Any) -> None:
    settings.MINGJING_FFMPEG = "/nowhere/ffmpeg"

    with (
        pytest.raises(Refused, match="没有运行成功"),
        products.clip(io.BytesIO(b"film"), "video/mp4", 0, 1000),
    ):
        pass
