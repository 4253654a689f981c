"""Reading the room ``exchange``."""

from __future__ import annotations

from .models import Import


def imports(*, kind: str = "", limit: int = 50) -> list[Import]:
    """The latest runs of importers. Cost: 1 query."""
    rows = Import.objects.all()
    return list((rows.filter(kind=kind) if kind else rows)[:limit])


def imported_before(sha256: str) -> Import | None:
    """The latest run over a file with exactly these bytes. Cost: 1 query."""
    return Import.objects.filter(sha256=sha256).first()
