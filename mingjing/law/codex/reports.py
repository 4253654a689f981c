"""统计口径: ``codex/reports``, the schemes of the annual statistical report, and ``codex/reports/tables``, their tables.

Source: domain.md 7.5; each file names its basis and how sure it is (``sure``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from mingjing.kernel import reporting
from mingjing.kernel.refused import Refused
from mingjing.kernel.reporting import Column, Omission, Scheme, Table
from mingjing.law.codex import files
from mingjing.law.codex.files import Keys, Problem
from mingjing.law.codex.statistics import STATISTICS, statistics_rule

FOLDER, TABLES = "reports", "reports/tables"
DEFAULT = "twelve-kinds"
# L text read, P excerpt read, R remembered, product: a choice of this product.
SURE = ("L", "P", "R", "product")
# What can be counted, and by which kinds; ``oversight.acts`` makes such acts of the cases.
KINDS: dict[str, tuple[str, ...]] = {
    "penalty": (
        "warning",
        "criticism",
        "fine",
        "confiscation",
        "suspension",
        "downgrade",
        "restrict_business",
        "business_suspension",
        "closure",
        "restrict_practice",
        "revocation",
        "detention",
        "other",
    ),
    "license": (
        "applied",
        "accepted",
        "granted",
        "deemed_granted",
        "refused",
        "revoked",
        "withdrawn",
        "altered",
        "cancelled",
    ),
    "measure": (
        "seal_place",
        "seal_goods",
        "impound",
        "freeze",
        "hold_license",
        "cut_power",
        "cut_explosives",
        "restrain",
    ),
    "execution": (
        "surcharge",
        "transfer",
        "auction",
        "remove",
        "substitute",
        "substitute_at_once",
        "demolish",
        "court",
    ),
    "levy": ("levy", "expropriation"),
    "requisition": ("requisition",),
    "inspection": ("inspection",),
    "adjudication": ("adjudication",),
    "benefit": ("benefit",),
    "confirmation": ("confirmation",),
    "reward": ("reward",),
    "other_act": ("spot_measure",),
    "review": ("agree", "problems"),
    "crime_transfer": ("transferred", "police_opened"),
    "organ_transfer": ("to_organ",),
    "publication": ("on_time", "late", "overdue"),
    "withheld": ("state_secret", "public_safety", "business_secret", "privacy", "by_law"),
    "recording": ("filmed", "excused", "waiting", "missing"),
    "hearing": ("held", "abandoned"),
    "complaint": ("complaint", "tip_off"),
    "remedy": ("upheld", "changed", "revoked", "illegal", "invalid", "redo"),
    "compensation": ("award", "refuse"),
    "staffing": ("certified", "uncertified"),
}
MARKS = (
    "summary",
    "ordinary",
    "reviewed",
    "corrected",
    "problem",
    "reconsideration",
    "litigation",
    "self_correction",
)


def schemes() -> dict[str, Scheme]:
    """Every scheme by its id, in the order of the files.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept(FOLDER, [FOLDER, TABLES, STATISTICS], _read)


def scheme(id: str) -> Scheme:
    """The scheme with this id or title. Raises: Refused ``no-such-scheme`` and as ``schemes``."""
    known = schemes()
    found = known.get(id) or next((one for one in known.values() if one.title == id), None)
    if found is None:
        told = "、".join(f"{one.id}（{one.title}）" for one in known.values())
        raise Refused("no-such-scheme", f"没有“{id[:40]}”这种统计口径。", remedy=f"可以是：{told}。")
    return found


def _read() -> dict[str, Scheme]:
    tables = {one.id: one for one in map(_table, files.files(TABLES))}
    found = [_scheme(path, tables) for path in files.files(FOLDER)]
    return {one.id: one for one in found}


def _scheme(path: Path, tables: Mapping[str, Table]) -> Scheme:
    keys = Keys(files.read(path), files.shown(path))
    rule = _one_of(keys, "rule", reporting.RULES, reporting.HEAVIEST)
    named = keys.texts("tables")
    for id in named:
        if id not in tables:
            raise files.wrong(keys.file, "tables", f"没有“{id}”这张表（codex/{TABLES}）")
    made = Scheme(
        id=keys.get("id", str),
        title=keys.get("title", str),
        tables=tuple(_ruled(tables[id], rule) for id in named),
        unit=_one_of(keys, "unit", tuple(reporting.UNITS), "yuan"),
        decimals=_decimals(keys),
        zero=_one_of(keys, "zero", reporting.ZEROS, "zero"),
        revoked=_one_of(keys, "revoked", reporting.REVOKED, "counted"),
        period=_one_of(keys, "period", reporting.PERIODS, "year"),
        basis=keys.get("basis", str),
        sure=_one_of(keys, "sure", SURE, ""),
        source=keys.get("source", str),
        note=keys.text("note"),
        in_force=keys.get("in_force", date),
        until=keys.maybe("until", date),
        small_below=statistics_rule().private_below,
        file=keys.file,
    )
    keys.done()
    if made.id != path.stem:
        raise files.wrong(keys.file, "id", f"应与文件名相同，为“{path.stem}”")
    return made


def _decimals(keys: Keys) -> int:
    told = keys.maybe("decimals", int)
    if told is not None and not 0 <= told <= 6:
        raise files.wrong(keys.file, "decimals", "应为 0 到 6")
    return 2 if told is None else told


def _ruled(table: Table, rule: str) -> Table:
    return table if table.rule else replace(table, rule=rule)


def _table(path: Path) -> Table:
    keys = Keys(files.read(path), files.shown(path))
    made = Table(
        id=keys.get("id", str),
        title=keys.get("title", str),
        subjects=keys.texts("subjects"),
        rule=_one_of(keys, "rule", ("", *reporting.RULES), ""),
        unit=keys.get("unit", str),
        columns=tuple(_column(one) for one in keys.tables("columns")),
        omissions=tuple(_omission(one) for one in keys.tables("omissions")),
        note=keys.text("note"),
        basis=keys.get("basis", str),
        sure=_one_of(keys, "sure", SURE, ""),
        small_cells=keys.maybe("small_cells", bool) or False,
    )
    keys.done()
    if made.id != path.stem:
        raise files.wrong(keys.file, "id", f"应与文件名相同，为“{path.stem}”")
    return made


def _column(keys: Keys) -> Column:
    made = Column(
        id=keys.get("id", str),
        title=keys.get("title", str),
        is_=_one_of(keys, "is", reporting.COLUMNS, reporting.PART),
        kinds=keys.texts("kinds"),
        mark=keys.text("mark"),
        of=keys.texts("of"),
        group=keys.text("group"),
        unit=keys.text("unit"),
    )
    keys.done()
    return made


def _omission(keys: Keys) -> Omission:
    made = Omission(keys.get("kind", str), keys.get("title", str), keys.get("reason", str))
    keys.done()
    return made


def _one_of(keys: Keys, key: str, known: tuple[str, ...], default: str) -> str:
    told = keys.text(key) or default
    if told not in known:
        raise files.wrong(keys.file, keys.name(key), f"不能是“{told}”，可以是：{'、'.join(known)}")
    return told


def table_problems() -> Iterator[Problem]:
    """Tables that would hide acts: kinds that do not exist, that stand twice, or that no column takes.

    Bases are checked by ``law.codex.checks``. Raises: Refused as ``schemes``.
    """
    for one in schemes().values():
        for table in one.tables:
            yield from _table_problems(table, f"codex/{TABLES}/{table.id}.toml")


def _table_problems(table: Table, file: str) -> Iterator[Problem]:
    known = {kind for subject in table.subjects for kind in KINDS.get(subject, ())}
    for subject in table.subjects:
        if subject not in KINDS:
            yield Problem(file, "subjects", f"没有“{subject}”这类行为", f"可以是：{'、'.join(KINDS)}。")
    taken = [kind for one in table.parts for kind in one.kinds] + [one.kind for one in table.omissions]
    for kind in sorted({kind for kind in taken if taken.count(kind) > 1}):
        yield Problem(file, "columns", f"“{kind}”列在两栏", "每一种类只归一栏。")
    for kind in sorted(set(taken) - known):
        yield Problem(file, "columns", f"没有“{kind}”这一种类", f"可以是：{'、'.join(sorted(known))}。")
    for kind in sorted(known - set(taken)):
        remedy = "归入一栏，或者写 [[omissions]] 说明不列入的理由。"
        yield Problem(file, "columns", f"“{kind}”没有归入任何一栏", remedy)
    yield from _column_problems(table, file)


def _column_problems(table: Table, file: str) -> Iterator[Problem]:
    ids = [one.id for one in table.columns]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Problem(file, f"columns.{id}", "代码重复", "每栏用不同的代码。")
    for one in table.columns:
        key = f"columns.{one.id}"
        if (one.is_ in (reporting.PART, reporting.OTHER)) != bool(one.kinds):
            yield Problem(file, key, "只有计数的栏写 kinds，且必须写", "补上或者删去 kinds。")
        if one.is_ == reporting.MARKED and one.mark not in MARKS:
            yield Problem(file, key, f"没有“{one.mark}”这种情形", f"可以是：{'、'.join(MARKS)}。")
        if one.is_ == reporting.RATE and len(one.of) != 2:
            yield Problem(file, key, "比率由两栏相除", "of 写两栏的代码。")
        for id in set(one.of) - {*ids, reporting.UNASSIGNED}:
            yield Problem(file, key, f"of 里的“{id}”不是本表的栏", f"可以是：{'、'.join(ids)}。")
