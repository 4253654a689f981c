"""Papers, case files and proofs as downloads, each behind the authority of its case."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from mingjing.archives import actions as archiving
from mingjing.archives import queries as archives
from mingjing.cases import queries as cases
from mingjing.record import queries as record
from mingjing.web.ui.filenames import disposition

from .frame import desk


@require_safe
@desk("case.read")
def paper(request: Any, paper_id: int) -> FileResponse:
    """A paper as it was issued."""
    found = cases.paper_for(request.actor, paper_id)
    name = f"{found.title}{found.number}.pdf"
    return file_response(record.open_blob(found.sha256), "application/pdf", name, inline=True)


@require_safe
@desk("dossier.read")
def dossier_pdf(request: Any, no: str) -> HttpResponse:
    """The case file bound as one PDF/A."""
    content = archives.bound(request.actor, no, request.at)
    return _content(content, "application/pdf", f"案卷{no}.pdf")


@require_safe
@desk("dossier.read")
def dossier_zip(request: Any, no: str) -> StreamingHttpResponse:
    """The whole file as a folder in a stored ZIP: it streams, however large its recordings are."""
    pieces = archiving.export_zip(no=no, actor=request.actor, at=request.at)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = disposition(f"案卷{no}.zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@desk("case.read", "record.read")
def proof(request: Any, entry_id: uuid.UUID) -> HttpResponse:
    """The offline proof of one entry; it discloses nothing personal."""
    if "record.read" not in request.actor.permissions:
        cases.entry_of_case(request.actor, entry_id)
    text = json.dumps(record.prove(entry_id), ensure_ascii=False, indent=1)
    return _content(text.encode(), "application/json", f"proof-{entry_id}.json")


@require_safe
@desk("case.read", "record.read")
def receipt(request: Any, entry_id: uuid.UUID) -> HttpResponse:
    """The log's signed promise to keep one entry, to be had before it is sealed; nothing personal in it."""
    if "record.read" not in request.actor.permissions:
        cases.entry_of_case(request.actor, entry_id)
    return _content(record.receipt(entry_id).encode(), "text/plain; charset=utf-8", f"回执-{entry_id}.txt")


def file_response(stream: Any, media_type: str, name: str, *, inline: bool) -> FileResponse:
    """A stored file under the name people know it by; browsers never guess what it is."""
    response = FileResponse(stream, content_type=media_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
