"""证件照: drawn anew and small, without what the camera wrote; only a manager enters one."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from mingjing.organs import actions, photographs
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.organs.models import Officer
from mingjing.record import queries as record
from tests import makers
from tests.office import MONDAY, refused

pytestmark = pytest.mark.django_db
AT: datetime = MONDAY


def picture(size: tuple[int, int] = (600, 800), form: str = "JPEG", **save: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (120, 150, 190)).save(out, form, **save)
    return out.getvalue()


def test_a_photograph_is_cut_to_size_and_loses_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x010E] = "家住某某路"
    exif[0x8825] = {1: "N", 2: (31.0, 12.0, 0.0)}

    made = photographs.shaped(picture(exif=exif.tobytes()) + b"<?php trailing ?>")

    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("JPEG", photographs.SIZE)
        assert dict(shown.getexif()) == {}
    assert "家住".encode() not in made
    assert b"php" not in made


def test_a_photograph_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right
    lying = Image.new("RGB", (800, 600), "white")
    lying.paste((0, 0, 0), (0, 0, 100, 600))
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif.tobytes())

    with Image.open(io.BytesIO(photographs.shaped(out.getvalue()))) as shown:
        assert shown.getpixel((shown.width // 2, 5)) < (60, 60, 60)  # the dark edge is on top now
        assert shown.getpixel((shown.width // 2, shown.height - 5)) > (200, 200, 200)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (b"x" * (photographs.MOST_BYTES + 1), "8 MB"),
        (b"%PDF-1.7 not a picture", "能打开"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "能打开"),
        (picture(form="GIF"), "能打开"),
        (picture()[:400], "能打开"),
        (picture((100, 130)), "看不清"),
        (picture((7000, 6000), "PNG"), "像素过大"),
    ],
    ids=["empty", "large", "pdf", "svg", "gif", "cut off", "tiny", "huge"],
)
def test_what_is_no_photograph_is_refused(content: bytes, said: str) -> None:
    with refused("bad-photo", match=said):
        photographs.shaped(content)


def test_entering_and_taking_away_are_on_the_record() -> None:
    officer: Officer = makers.officer()

    sha256 = actions.set_photo(officer_id=officer.pk, content=picture(), actor=SYSTEM, at=AT)
    officer.refresh_from_db()
    assert officer.photo == sha256
    with record.open_blob(sha256) as content:
        assert content.read(3) == b"\xff\xd8\xff"

    actions.remove_photo(officer_id=officer.pk, actor=SYSTEM, at=AT)
    officer.refresh_from_db()
    assert officer.photo == ""
    kinds = [one.kind for one in record.history(f"officer:{officer.pk}")]
    assert kinds[-2:] == ["organs.photo-set", "organs.photo-removed"]
    with refused("no-photo"):
        actions.remove_photo(officer_id=officer.pk, actor=SYSTEM, at=AT)


def test_only_a_manager_enters_a_photograph() -> None:
    officer = makers.officer()
    handler = Actor(kind="officer", id=officer.pk, name="甲某某")

    with refused("no-permission"):
        actions.set_photo(officer_id=officer.pk, content=picture(), actor=handler, at=AT)
