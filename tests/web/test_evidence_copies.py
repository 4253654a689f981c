"""What is made of a piece of evidence for looking at it: previews, transcripts, play copies."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from mingjing.cases import actions
from mingjing.cases.facts import Upload
from mingjing.cases.models import Evidence
from mingjing.vault.models import Custody, Derivative
from tests.makers import AT
from tests.web.desk_world import World
from tests.web.evidence_room import film, opened

__all__ = ["film"]


def photo(world: World, content: bytes, media: str = "image/png") -> Evidence:
    case = world.open()
    facts = {
        "evidence_kind": "audiovisual",
        "evidence_title": "照片",
        "evidence_source": "现场",
        "evidence_taken_at": AT,
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }
    file = SimpleUploadedFile("照片", content)
    world.take(
        case, "evidence_extract", facts, files=[Upload("evidence_files", "照片", media, file, "audiovisual")]
    )
    return case.evidence.get()


def tiff() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(file, "TIFF")
    return file.getvalue()


def test_a_picture_that_no_browser_shows_gets_a_preview_once(world: World) -> None:
    piece, client = photo(world, tiff(), "image/tiff"), world.client("li")

    for who in (client, world.client("wang")):
        place = opened(who, piece, "view")
    page = client.get(opened(client, piece, "view")).content.decode()

    made = Derivative.objects.get()
    assert (made.kind, made.derived_from, made.media_type) == ("preview", piece.sha256, "image/jpeg")
    assert made.officer_id is None
    assert f"/desk/evidence/{piece.pk}/copies/{made.pk}?grant=" in page
    assert "不是原件" in page
    grant = place.partition("?")[2].partition("#")[0]
    copy = world.client("jiandu").get(f"/desk/evidence/{piece.pk}/copies/{made.pk}?{grant}")
    assert copy.status_code == 302  # somebody else's grant


def test_a_file_that_only_says_it_is_a_picture_is_shown_as_it_is(world: World) -> None:
    piece, client = photo(world, b"not a picture", "image/tiff"), world.client("li")

    assert "不能在浏览器里显示" in client.get(opened(client, piece, "view")).content.decode()
    assert not Derivative.objects.exists()


def test_a_transcript_that_a_person_wrote_leads_to_its_moments(world: World, film: Evidence) -> None:
    client = world.client("li")
    place = opened(client, film)
    query = "?" + place.partition("?")[2].partition("#")[0]

    saved = client.post(
        f"/desk/evidence/{film.pk}/transcript{query}",
        {"text": "[00:05] 我们是执法人员。\n[01:10] 请出示执照。"},
    )
    page = client.get(place).content.decode()

    assert saved.status_code == 302
    assert saved["Location"].endswith("#transcript")
    assert 'data-seek="70000"' in page
    assert "人工整理" in page
    made = Derivative.objects.get()
    assert (made.kind, made.by_machine, made.made_how) == ("transcript", False, "人工听写")
    assert Custody.objects.latest("id").kind == "edit_transcript"
    assert "请出示执照" not in client.get(f"/desk/evidence/{film.pk}").content.decode()


def test_a_transcript_without_moments_is_told_and_kept_in_the_form(world: World, film: Evidence) -> None:
    client = world.client("li")
    place = opened(client, film)
    query = "?" + place.partition("?")[2].partition("#")[0]

    answer = client.post(f"/desk/evidence/{film.pk}/transcript{query}", {"text": "没有时间"})

    assert answer.status_code == 422
    assert ">没有时间</textarea>" in answer.content.decode()


def test_a_machines_transcript_is_asked_for_and_labelled(world: World, film: Evidence, settings: Any) -> None:
    settings.MINGJING_SPEECH_URL, settings.MINGJING_SPEECH_MODEL = "https://asr.example/v1", "paraformer"
    client = world.client("li")

    client.post(f"/desk/evidence/{film.pk}/ask", {"what": "transcript"})
    again = client.post(f"/desk/evidence/{film.pk}/ask", {"what": "transcript"})

    line = Custody.objects.get()
    assert line.detail == {"asked": "transcript", "peer": "asr.example", "model": "paraformer"}
    assert again.status_code == 409
    # Nobody answers at that address: the page says so, and the worker goes on.
    settings.MINGJING_SPEECH_URL = "http://asr.example/v1"
    assert actions.make_waiting(now=lambda: AT) == 0
    assert "没有做成" in client.get(f"/desk/evidence/{film.pk}").content.decode()
    assert not Derivative.objects.exists()


def test_a_play_copy_is_made_by_the_worker_and_played_instead(
    world: World, film: Evidence, settings: Any, tmp_path: Path
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(
        '#!/bin/sh\nfor last; do :; done\n[ "$1" = -version ] && echo ffmpeg version 7 || echo copy > "$last"\n'
    )
    program.chmod(0o755)
    settings.MINGJING_FFMPEG = str(program)
    client = world.client("li")

    client.post(f"/desk/evidence/{film.pk}/ask", {"what": "play_copy"})
    assert actions.make_waiting(now=lambda: AT) == 1
    page = client.get(opened(client, film)).content.decode()

    made = Derivative.objects.get()
    assert (made.kind, made.media_type, made.officer_id) == ("play_copy", "video/mp4", None)
    assert f"/copies/{made.pk}?grant=" in page
    assert "校验和举证以原件为准" in page
    assert Evidence.objects.get().sha256 == film.sha256


def test_without_a_program_nothing_can_be_asked_for(world: World, film: Evidence) -> None:
    answer = world.client("li").post(f"/desk/evidence/{film.pk}/ask", {"what": "play_copy"})

    assert answer.status_code == 422
