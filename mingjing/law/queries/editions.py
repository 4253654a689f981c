"""Procedures, profiles, benchmarks and the calendar, as the codex has them on a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingjing.kernel import procedure as procedures_kernel
from mingjing.kernel.benchmarks import Benchmark
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar
from mingjing.law.codex import files
from mingjing.law.codex import profiles as codex_profiles
from mingjing.law.codex.benchmarks import benchmark_for, benchmarks
from mingjing.law.codex.profiles import Constant
from mingjing.law.models import EditionProposal, ProcedureEdition


@dataclass(frozen=True)
class Edition:
    """One procedure file with the parts it uses: the digest of both is what a case keeps."""

    id: str
    sha256: str
    procedure: Procedure
    text: str
    file: str


# Editions by their digest. The text of a digest never changes, so neither does what it means.
_met: dict[str, Procedure] = {}
_uploads: dict[str, Edition] = {}


def editions() -> tuple[Edition, ...]:
    """Every procedure file on disk.

    Raises: Refused of ``kernel.procedure.read``.
    """
    places = ("procedures", f"procedures/{procedures_kernel.PARTS}")
    return files.kept("procedures", places, lambda: tuple(map(_edition, files.files("procedures"))))


def edition(id: str, on: date) -> Edition:
    """The edition of a procedure in force on a day.

    Raises: Refused ``no-such-procedure``.
    """
    fitting = [
        one
        for one in editions()
        if one.id == id and one.procedure.in_force <= on and not _ended(one.procedure, on)
    ]
    if not fitting:
        raise Refused(
            "no-such-procedure",
            f"{on:%Y-%m-%d}没有名为“{id}”的有效程序。",
            remedy="检查 codex/procedures 中的文件名和 in_force 日期。",
        )
    return max(fitting, key=lambda one: one.procedure.in_force)


@dataclass(frozen=True)
class KnownEdition:
    """One edition of a procedure that cases may have been opened under.

    ``source`` is codex (its file stands there now), kept (its file has gone) or uploaded.
    """

    id: str
    sha256: str
    in_force: date
    source: str
    known_at: datetime | None
    file: str = ""


def editions_of(id: str) -> list[KnownEdition]:
    """Every edition of a procedure, the newest first. Cost: 2 queries."""
    confirmed = EditionProposal.objects.filter(procedure=id, state="confirmed")
    uploaded = set(confirmed.values_list("sha256", flat=True))
    rows = {row.sha256: row for row in ProcedureEdition.objects.filter(procedure=id).defer("text")}
    found = [
        KnownEdition(
            id,
            one.sha256,
            one.procedure.in_force,
            "codex",
            rows[one.sha256].loaded_at if one.sha256 in rows else None,
            one.file,
        )
        for one in editions()
        if one.id == id
    ]
    on_disk = {one.sha256 for one in found}
    found += [
        KnownEdition(
            id, row.sha256, row.in_force, "uploaded" if row.sha256 in uploaded else "kept", row.loaded_at
        )
        for row in rows.values()
        if row.sha256 not in on_disk
    ]
    newest = sorted(found, key=lambda one: one.known_at.timestamp() if one.known_at else 0, reverse=True)
    return sorted(newest, key=lambda one: one.in_force, reverse=True)


def showing_steps() -> frozenset[str]:
    """The names of all steps that put a decision before the public, in every edition a case may stand under.

    Cost: 1 query, 1 more for each edition no longer on disk that this process first meets.
    """
    on_disk = {one.sha256: one.procedure for one in editions()}
    gone = ProcedureEdition.objects.exclude(sha256__in=on_disk).values_list("procedure", "sha256")
    known = [*on_disk.values(), *(procedure_edition(id, sha256) for id, sha256 in gone)]
    return frozenset(step.id for one in known for step in one.steps.values() if step.shows)


def edition_text(id: str, sha256: str) -> str:
    """The file of an edition with its shared parts. Raises: Refused ``edition-lost``. Cost: 1 query at most."""
    on_disk = next((one.text for one in editions() if (one.id, one.sha256) == (id, sha256)), None)
    if on_disk is not None:
        return on_disk
    row = ProcedureEdition.objects.filter(procedure=id, sha256=sha256).first()
    if row is None:
        raise _lost(id, sha256)
    return row.text


def edition_in_force(id: str, on: date) -> Edition:
    """The edition that governs a matter opened on a day: of the codex, or uploaded and confirmed since.

    Of two for the same day the uploaded one governs: it came later. Raises: Refused ``no-such-procedure``.
    Cost: 1 query, 2 more when this process first meets an uploaded edition.
    """
    ours = edition(id, on)
    rows = EditionProposal.objects.filter(procedure=id, state="confirmed", in_force__lte=on)
    newest = rows.order_by("-in_force", "-closed_at").values_list("sha256", "in_force").first()
    if newest is None or newest[1] < ours.procedure.in_force:
        return ours
    return _uploaded(id, newest[0])


def procedures_in_force(on: date) -> list[Procedure]:
    """The procedures that govern matters opened on a day, uploaded editions included, by id. Cost: 1 query."""
    rows = EditionProposal.objects.filter(state="confirmed", in_force__lte=on)
    newest = {id: (since, sha256) for id, since, sha256 in _dated(rows)}
    return [
        _uploaded(one.id, newest[one.id][1]).procedure
        if one.id in newest and newest[one.id][0] >= one.in_force
        else one
        for one in procedures(on)
    ]


def procedure_in_force(id: str, on: date) -> Procedure:
    """The procedure that governs a matter opened on a day. Raises, costs: as ``edition_in_force``."""
    return edition_in_force(id, on).procedure


def _dated(rows: Any) -> Any:
    return rows.order_by("in_force", "closed_at").values_list("procedure", "in_force", "sha256")


def _uploaded(id: str, sha256: str) -> Edition:
    """A confirmed edition as one of the codex."""
    found = _uploads.get(sha256)
    if found is None:
        text, procedure = edition_text(id, sha256), procedure_edition(id, sha256)
        found = _uploads[sha256] = Edition(id, sha256, procedure, text, "")
    return found


def proposals(id: str) -> list[EditionProposal]:
    """What was laid before a second person for a procedure, the newest first. Cost: 1 query."""
    rows = EditionProposal.objects.filter(procedure=id).defer("text")
    return list(rows.select_related("proposed_by", "closed_by"))


def proposal(pk: int) -> EditionProposal:
    """One proposal. Raises: Refused ``not-found``. Cost: 1 query."""
    found = EditionProposal.objects.select_related("proposed_by", "closed_by").filter(pk=pk).first()
    if found is None:
        raise Refused("not-found", "没有这个报送的版本。", remedy="请从程序的版本页进入。")
    return found


def proposed(row: EditionProposal) -> tuple[str, Procedure]:
    """The text of a proposal and the procedure it would be."""
    return row.text, procedures_kernel.read(procedures_kernel.read_collected(row.text), row.file_name)


def edition_data(edition: Edition) -> dict[str, Any]:
    """What the file of an edition says, with its shared parts beneath."""
    return procedures_kernel.read_collected(edition.text)


def procedure(id: str, on: date) -> Procedure:
    """The procedure in force on a day.

    Raises: Refused ``no-such-procedure``.
    """
    return edition(id, on).procedure


def procedures(on: date) -> list[Procedure]:
    """Every procedure in force on a day, by id."""
    ids = sorted({one.id for one in editions()})
    in_force = [one for one in editions() if one.procedure.in_force <= on and not _ended(one.procedure, on)]
    latest = {one.id: one for one in sorted(in_force, key=lambda one: one.procedure.in_force)}
    return [latest[id].procedure for id in ids if id in latest]


def procedure_edition(id: str, sha256: str) -> Procedure:
    """Exactly the edition a case was opened under, from disk or from the editions kept by ``load_codex``.

    Raises: Refused ``edition-lost``. Cost: no query but for the first time that this process meets
    an edition no longer on disk.
    """
    found = _met.get(sha256)
    if found is None:
        on_disk = next((one.procedure for one in editions() if one.sha256 == sha256), None)
        found = _met[sha256] = on_disk or _superseded(id, sha256)
    return found


def _superseded(id: str, sha256: str) -> Procedure:
    row = ProcedureEdition.objects.filter(sha256=sha256).first()
    if row is None:
        raise _lost(id, sha256)
    return procedures_kernel.read(procedures_kernel.read_collected(row.text), f"{id}@{row.in_force}")


def _lost(id: str, sha256: str) -> Refused:
    return Refused(
        "edition-lost",
        f"找不到程序“{id}”的版本 {sha256[:12]}。",
        remedy="恢复该版本的程序文件，运行“mingjing codex load”后重试。",
    )


def _edition(path: Path) -> Edition:
    names = [str(name) for name in files.read(path).get("uses", [])]
    folder = path.parent / procedures_kernel.PARTS
    parts = {name: files.text(folder / f"{name}.toml") for name in names}
    text = procedures_kernel.collected(files.text(path), parts)
    found = procedures_kernel.read(procedures_kernel.read_collected(text), files.shown(path))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Edition(path.stem.partition("@")[0], digest, found, text, files.shown(path))


def _ended(found: Procedure, on: date) -> bool:
    return found.until is not None and found.until <= on


def benchmark(code: str, on: date) -> Benchmark | None:
    """The discretion benchmark for a power item on a day, None if there is none."""
    return benchmark_for(code, on)


def all_benchmarks() -> tuple[Benchmark, ...]:
    """Every discretion benchmark of the codex."""
    return benchmarks()


def profile(field: str, on: date) -> dict[str, int | str | bool]:
    """The constants of a field on a day (general rules, overridden by the field's own), by name."""
    return {name: one.value for name, one in codex_profiles.constants(field, on).items()}


def profile_details(field: str, on: date) -> dict[str, Constant]:
    """The same with title, article, dates and how sure each is."""
    return codex_profiles.constants(field, on)


def constants(field: str, on: date, *, person: bool) -> dict[str, int | str | bool]:
    """The profile for one party: ``hearing_fine_fen`` is the amount that applies to this kind of party.

    ``person`` is True for a citizen and False for a legal person or other organization. Every pair
    ``x_person_fen`` / ``x_org_fen`` gives one ``x_fen``.
    """
    values = profile(field, on)
    ending = "_person_fen" if person else "_org_fen"
    chosen = {
        f"{name.removesuffix(ending)}_fen": value for name, value in values.items() if name.endswith(ending)
    }
    return {**values, **chosen}


def calendar() -> Calendar:
    """The calendar of working days from every loaded year.

    Raises: Refused of ``kernel.workdays``.
    """
    return files.kept(
        "calendars",
        ["calendars"],
        lambda: Calendar.from_years([files.read(path) for path in files.files("calendars")]),
    )
