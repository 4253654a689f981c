"""What the tests of the evidence room share: a film in a case, and how it is opened."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingjing.cases.facts import Upload
from mingjing.cases.models import Case, Evidence
from tests.makers import AT
from tests.web.desk_world import World

FILM = bytes(range(256)) * 8


def piece_of(world: World, case: Case, name: str = "现场.mp4", media: str = "video/mp4") -> Evidence:
    """A piece of evidence in the case."""
    facts = {
        "evidence_kind": "audiovisual",
        "evidence_title": "现场",
        "evidence_source": "执法记录仪",
        "evidence_taken_at": AT,
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }
    kind = "audiovisual" if media.partition("/")[0] in ("video", "audio", "image") else "document"
    file = SimpleUploadedFile(name, FILM)
    world.take(case, "evidence_extract", facts, files=[Upload("evidence_files", name, media, file, kind)])
    return case.evidence.latest("id")


@pytest.fixture
def film(world: World) -> Evidence:
    return piece_of(world, world.open())


def opened(client: Client, film: Evidence, how: str = "play", **more: str) -> str:
    """The address to which opening leads."""
    answer = client.post(f"/desk/evidence/{film.pk}/open", {"how": how, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def content_of(place: str, film: Evidence) -> str:
    return place.replace(f"/desk/evidence/{film.pk}?", f"/desk/evidence/{film.pk}/content?")
