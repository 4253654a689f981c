"""Cases with files in them: papers, a scan of a stranger, a photograph, a recording."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from tests.office import Matter, Office, finish, open_matter, to_decision

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 64


def scan(pages: int = 2, *, turned: bool = False) -> bytes:
    """A PDF as a copier makes it: no PDF/A."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(width=595, height=842)
        if turned:
            page.rotate(90)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def photo(media_type: str = "JPEG") -> bytes:
    """A picture that compresses to nothing."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 150)).save(out, media_type)
    return out.getvalue()


def with_files(matter: Matter) -> Matter:
    """Extract evidence: a scan, a photograph, a recording, a file nobody can open."""
    facts: dict[str, Any] = {
        "evidence_kind": "document",
        "evidence_title": "票据",
        "evidence_source": "当事人",
        "evidence_taken_at": matter.at,
        "officers_present": [matter.office.people[who].pk for who in ("handler", "second")],
        "certificates_shown": "yes",
    }
    files = [
        Upload("evidence_files", "进货票据.pdf", "application/pdf", scan()),
        Upload("evidence_files", "现场照片.jpg", "image/jpeg", photo()),
        Upload("evidence_files", "现场检查录像.mp4", "video/mp4", FILM, "audiovisual"),
        Upload("evidence_files", "破损.pdf", "application/pdf", b"%PDF-1.7\nbroken"),
    ]
    cases.take(
        case_id=matter.case_id,
        step="evidence_extract",
        facts=facts,
        actor=matter.office.actor("handler", matter.at),
        at=matter.at,
        files=files,
    )
    return matter


def under_way(office: Office) -> Matter:
    """A case that is being investigated, with every kind of file."""
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do("file")
    return with_files(matter)


def archived(office: Office, **changes: Any) -> Matter:
    """A case taken to its end with every kind of file."""
    matter = open_matter(office, **changes)
    with_files(matter)
    return finish(to_decision(matter))
