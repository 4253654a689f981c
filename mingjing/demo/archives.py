"""A few sealed case files: one tested, one with a late paper, one to be transferred; the rest wait for the archivist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingjing.archives import actions as archives
from mingjing.archives import queries
from mingjing.cases import queries as cases
from mingjing.cases.facts import Upload
from mingjing.cases.papers.render import render
from mingjing.organs import queries as organs

from .staffing import Team

MOST = 3  # files of one organ
LATE = "罚没款缴款凭证（银行补交）"


def live_archives(teams: Mapping[str, Team], at: datetime) -> int:
    """Seal some files of the first organs that have an archivist; how many."""
    sealed = 0
    for code in sorted(teams):
        team = teams[code]
        if not team.by_role.get("archivist") or sealed >= 2 * MOST:
            continue
        archivist = organs.actor_of_officer(team.by_role["archivist"][0], at.date())
        rows, _ = queries.to_seal(archivist, queries.ArchiveFilters(organ=code), limit=40)
        bindable = [
            one for one in rows if one.ended_at and queries.dossier_for(archivist, one.no).catalogue()
        ]
        for number, row in enumerate(bindable[:MOST], start=1):
            case_id = cases.case_id_of(archivist, row.no)
            archive_no = f"{at.year}-{row.act[:2].upper()}-{row.no[-6:]}"
            archives.seal_volume(case_id=case_id, actor=archivist, at=at, archive_no=archive_no)
            sealed += 1
            if number == 1:
                _late(case_id, archivist, at)
    return sealed


def _late(case_id: Any, archivist: Any, at: datetime) -> None:
    """The bank's slip came after the file was closed."""
    organ = {"name": archivist.organ_name, "prefix": "", "address": "", "phone": ""}
    data = {"organ": organ, "case": {}, "party": {}, "officers": [], "date": at.date().isoformat()}
    facts = {"volume": "补充材料", "copies": 1, "pages": 1, "note": LATE, "media": []}
    made = render("dossier-note", {**data, "facts": facts})
    archives.add_late_paper(
        case_id=case_id,
        title=LATE,
        made_on=at.date(),
        reason="银行在归档之后才把缴款凭证送来。",
        file=Upload("file", "缴款凭证.pdf", "application/pdf", made.pdf),
        actor=archivist,
        at=at,
    )
