"""Styles and scripts are sent compressed to those who take it so, and whole to everybody."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "mingjing" / "web" / "ui" / "static"


@pytest.mark.parametrize("name", ["mj.css", "public.css", "desk.js"])
def test_a_style_or_script_arrives_whole_in_fewer_bytes(client, name):
    whole = (STATIC / name).read_bytes()

    packed = client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
    plain = client.get(f"/static/{name}")

    sent = packed.getvalue()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert (gzip.decompress(sent), plain.getvalue()) == (whole, whole)
    assert len(sent) < len(whole)


def test_a_picture_is_left_as_it_is(client):
    answer = client.get("/static/mark.svg", headers={"accept-encoding": "gzip"})

    assert answer.getvalue()
    assert answer.status_code == 200
