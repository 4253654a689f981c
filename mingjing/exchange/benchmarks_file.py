"""``import benchmarks FILE``: workbooks of discretion benchmarks, with merged cells, as drafts in the codex form.

Organs publish 裁量基准 as printed tables: the violation merged over its tiers, a tier over its circumstances. Each
violation becomes one decision table (``kernel.benchmarks``), written as TOML for a lawyer to look over; nothing is
put in force. What a circumstance says in words stays a choice, what it says in figures becomes a bound.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli_w

from mingjing.insight.amounts import fen_of
from mingjing.insight.ranges import ranges_in
from mingjing.kernel import benchmark_reader
from mingjing.kernel.benchmarks import check
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, clean_number, open_table

COLUMNS = (
    Column("item", ("违法行为", "违法行为名称", "违法事项", "事项名称", "权责事项", "处罚事项", "案由"), required=True),
    Column("tier", ("裁量阶次", "裁量档次", "裁量等级", "裁量阶次等级", "违法程度", "违法情节", "档次", "阶次", "裁量种类"), required=True),
    Column("range", ("裁量幅度", "裁量标准", "处罚标准", "处罚幅度", "罚款幅度", "具体标准", "处罚裁量标准"), required=True),
    Column("condition", ("适用条件", "适用情形", "情形", "裁量情节", "具体情形", "情节", "违法情形"), vague=("条件",)),
    Column("basis", ("处罚依据", "法律依据", "法定依据", "依据条款", "法条依据"), vague=("依据",)),
    Column("code", ("事项编码", "事项编号", "权责事项编码", "权责编码"), clean=clean_number, vague=("编码", "编号")),
    Column("goods", ("货值金额", "货值")),
    Column("gains", ("违法所得", "非法所得")),
    Column("first", ("是否初次违法", "初次违法", "是否初犯")),
    Column("corrected", ("是否及时改正", "及时改正", "改正情况")),
    Column("harm", ("危害后果", "社会危害", "后果")),
)  # fmt: skip
# The words of tiers; the first that a cell holds tells it, so that 减轻 is not taken for 轻.
TIERS: tuple[tuple[str, str], ...] = (
    ("不予", "exempt"),
    ("免予", "exempt"),
    ("免罚", "exempt"),
    ("减轻", "mitigated"),
    ("特别严重", "heavier"),
    ("从重", "heavier"),
    ("较重", "heavier"),
    ("严重", "heavier"),
    ("从轻", "lighter"),
    ("较轻", "lighter"),
    ("轻微", "lighter"),
    ("一般", "ordinary"),
    ("中等", "ordinary"),
)
NO_BASIS = "行政处罚法/34"  # what every benchmark rests on where the workbook tells no more
_AMOUNTS = {"goods": "货值金额", "gains": "违法所得"}
_WORDS = {"first": "是否初次违法", "corrected": "是否及时改正"}
_ANY = frozenset(("", "不限", "任意", "均可", "—", "/", "-"))
_YES, _NO = (
    frozenset(("是", "有", "√", "已", "已改正", "初次")),
    frozenset(("否", "无", "×", "未", "未改正", "非初次")),
)
_NUMBER = r"[\d.,]+\s*[千万亿]?\s*元"
_BOUND = re.compile(
    rf"(?P<under>不足|不满|低于|未达到?|小于)\s*(?P<a>{_NUMBER})|(?P<over>超过|高于|大于)\s*(?P<b>{_NUMBER})"
    rf"|(?P<c>{_NUMBER})\s*(?P<side>以上|以下|及以上|及以下)"
)
_SHARE = re.compile(r"(?P<low>[\d.]+)\s*[%％]?\s*(?:-|—|–|~|～|至|到)\s*(?P<high>[\d.]+)\s*[%％]")
_SPARED = re.compile(r"^(?:可以)?(?:不予|免予)(?:行政)?处罚。?$")
_FAULTS = {
    "no-item": "item",
    "no-tier": "tier",
    "no-range": "range",
    "bad-bound": "goods",
    "bad-answer": "first",
}


def fault_of(refused: Refused) -> str:
    """The field at fault, for the workbook of rejected rows."""
    return _FAULTS.get(refused.code, "")


@dataclass
class Draft:
    """One violation with its rows so far; ``harms`` and ``cases`` are the choices met, in order."""

    title: str
    code: str
    basis: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    harms: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    left_out: int = 0


def import_benchmarks(
    path: Path, report: Report, errors: ErrorsWorkbook, *, actor: Actor, at: datetime, out: Path | None = None
) -> Iterator[int]:
    """Write one draft for each violation of the file into ``out``; yields the rows read so far.

    Raises: Refused as ``open_table``, ``no-rows``, ``drafts-unwritable``.
    """
    table = open_table(path, COLUMNS, what="裁量基准")
    report.format = table.format.value
    drafts: dict[str, Draft] = {}
    for read, row in enumerate(table.rows, start=1):
        try:
            _take(row, drafts)
            report.accepted += 1
        except Refused as refused:
            errors.reject(row, refused)
            report.reject(refused.reason)
            if (draft := drafts.get(_item(row))) is not None:
                draft.left_out += 1
        yield read
    whole = [draft for draft in drafts.values() if draft.rows]
    if not whole:
        raise Refused("no-rows", f"{path.name} 没有一行可以读成裁量档次。", remedy="请查看未导入的原因。")
    folder = out or path.with_name(f"{path.stem}-benchmarks")
    _write(whole, folder, path.name, at.date(), report)
    report.created = report.accepted


def _item(row: Row) -> str:
    return re.sub(r"\s+", "", row.text("item"))


def _take(row: Row, drafts: dict[str, Draft]) -> None:
    """Read one row into the draft of its violation. Raises: Refused, naming what is missing."""
    if row.fault:
        raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
    name = _item(row)
    if not name:
        raise Refused("no-item", "没有违法行为。", remedy="请补填，或者核对合并的单元格。")
    draft = drafts.setdefault(name, Draft(name, row.text("code"), row.text("basis")))
    tier = tier_of(row.text("tier"))
    if _SPARED.search(row.text("range")):  # 轻微 may say 不予处罚 only where the fine would stand
        tier = "exempt"
    span = span_of(row.text("range"), tier)
    when = _conditions(row, draft)
    if when in [known["when"] for known in draft.rows]:
        raise Refused(
            "row-twice", "与上面的一档条件相同，无法区分。", remedy="请补填适用条件，或者删去重复的行。"
        )
    title = "，".join([row.text("tier"), *filter(None, [row.text("condition").replace("\n", " ")])])
    draft.rows.append({"title": title[:200], "tier": tier, "when": when, **span})


def tier_of(words: str) -> str:
    """The tier that a cell names. Raises: Refused ``no-tier``."""
    for word, tier in TIERS:
        if word in words:
            return tier
    raise Refused(
        "no-tier",
        f"裁量阶次“{words[:40]}”不认识。" if words else "没有裁量阶次。",
        remedy="请写成不予处罚、减轻、从轻（较轻）、一般、从重（严重）之一。",
    )


def span_of(words: str, tier: str) -> dict[str, list[Any]]:
    """The range of a row: fen, multiples, or a share of the law's. Raises: Refused ``no-range``."""
    if tier == "exempt":
        return {}
    share = _SHARE.search(words) if "幅度" in words or "法定" in words else None
    if share is not None:
        low, high = Decimal(share["low"]), Decimal(share["high"])
        if not low <= high <= 100:
            raise Refused("no-range", f"“{words[:60]}”的百分比不对。", remedy="请写成法定幅度的 0%—30%。")
        return {"share": [_plain(low), _plain(high)]}
    found = [one for one in ranges_in(words) if not one.per]
    if len(found) == 1 and found[0].base == "amount":
        return {"fen": [int(found[0].least), int(found[0].most)]}
    if len(found) == 1 and found[0].reckonable:
        return {"times": [_plain(found[0].least), _plain(found[0].most)]}
    if tier == "mitigated" and not found:
        return {}
    why = f"有 {len(found)} 个幅度" if len(found) > 1 else "读不出幅度"
    raise Refused(
        "no-range",
        f"裁量幅度“{words[:60]}”{why}。" if words else "没有裁量幅度。",
        remedy="一行写一个幅度，如“处5万元以上8万元以下罚款”“处货值金额10倍以上12倍以下罚款”“法定幅度的0%—30%”；"
        "对个人和单位不同的，分成两行。",
    )


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _conditions(row: Row, draft: Draft) -> dict[str, Any]:
    """The conditions of a row on the inputs of its table; what is left open is not asked."""
    when: dict[str, Any] = {}
    for name, label in _AMOUNTS.items():
        text = row.text(name)
        if text not in _ANY:
            when[name] = bounds_of(text, label)
    for name, label in _WORDS.items():
        raw = row.cells[name].original.strip() if name in row.cells else ""
        if raw in _YES or raw in _NO:
            when[name] = raw in _YES
        elif raw not in _ANY:
            raise Refused(
                "bad-answer", f"“{label}”写的是“{raw[:40]}”。", remedy="请填是、否，或者留空表示不限。"
            )
    if (harm := row.text("harm")) not in _ANY:
        when["harm"] = draft.harms.setdefault(harm, f"h{len(draft.harms) + 1}")
    said = re.sub(r"\s+", "", row.text("condition"))
    if said not in _ANY:
        amount = _amount_alone(said)
        if amount is not None and amount[0] not in when:
            when[amount[0]] = amount[1]
        else:
            when["circumstance"] = draft.cases.setdefault(said, f"c{len(draft.cases) + 1}")
    draft.asked |= set(when)
    return when


def _amount_alone(said: str) -> tuple[str, str] | None:
    """The amount and its bounds where a circumstance says nothing else: 货值金额1万元以上不足5万元的."""
    for name, label in _AMOUNTS.items():
        rest = said.removesuffix("的").removeprefix(label)
        if rest != said.removesuffix("的") and not re.sub(r"[，,、在的且]", "", _BOUND.sub("", rest)):
            return name, bounds_of(rest, label)
    return None


def bounds_of(words: str, label: str) -> str:
    """Bounds in the form of the codex: ``>= 1万元, < 5万元``. Raises: Refused ``bad-bound``.

    以上 takes its figure in, and so does 以下 (民法典/1259); 不足, 超过 do not.
    """
    found = []
    for match in _BOUND.finditer(words):
        sign = "<" if match["under"] else ">" if match["over"] else ">=" if "上" in match["side"] else "<="
        fen = fen_of(match["a"] or match["b"] or match["c"])
        if fen is not None:
            found.append(f"{sign} {fen}分")
    if not found or re.sub(r"[，,、在的且]", "", _BOUND.sub("", words)):
        raise Refused(
            "bad-bound",
            f"“{label}”的条件“{words[:60]}”读不懂。",
            remedy="请写成不足1万元、1万元以上不足5万元这样的界限。",
        )
    return ", ".join(found)


# --- writing ---


def _write(drafts: list[Draft], folder: Path, source: str, on: date, report: Report) -> None:
    items = law.power_items()
    codes = {item.code for item in items}
    by_title = {re.sub(r"\s+", "", item.title): item.code for item in items}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for draft in drafts:
            code = draft.code if draft.code in codes else by_title.get(draft.title, "")
            data = as_data(draft, code, source, on)
            (folder / f"{data['id']}.toml").write_text(tomli_w.dumps(data), encoding="utf-8")
            report.notes += _remarks(draft, data, code)
    except OSError as error:
        raise Refused(
            "drafts-unwritable", f"不能写入 {folder}。", remedy="请用 --out 指定可写的文件夹。"
        ) from error
    report.notes.insert(0, f"写成草稿 {len(drafts)} 份：{folder}。核对后放进 codex/benchmarks 才施行。")


def as_data(draft: Draft, code: str, source: str, on: date) -> dict[str, Any]:
    """The draft as the data of a codex file."""
    digest = hashlib.sha256(draft.title.encode()).hexdigest()[:8]
    basis = _provision(draft.basis)
    return {
        "id": f"imported-{(code or digest).lower()}",
        "title": f"{draft.title}的裁量基准",
        "items": [code] if code else [],
        "in_force": on,
        "hit": "first",
        "basis": basis,
        "note": f"由《{source}》导入的草稿，未经核对。"
        + (f"有 {draft.left_out} 行没有读入。" if draft.left_out else ""),
        "inputs": _inputs(draft),
        "rows": [
            {"title": row["title"], "tier": row["tier"], "basis": basis, "when": row["when"]}
            | {key: row[key] for key in ("fen", "times", "share") if key in row}
            for row in draft.rows
        ],
    }


def _inputs(draft: Draft) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name, label in _AMOUNTS.items():
        inputs[name] = {"label": label, "kind": "money"}
    for name, label in _WORDS.items():
        inputs[name] = {"label": label, "kind": "bool"}
    inputs["harm"] = _choice("危害后果", draft.harms)
    inputs["circumstance"] = _choice("适用情形", draft.cases)
    asked = {name: rule for name, rule in inputs.items() if name in draft.asked}
    # A table of one row that asks nothing still names a factor.
    return asked or {"circumstance": _choice("适用情形", {"各种情形": "c1"})}


def _choice(label: str, choices: Mapping[str, str]) -> dict[str, Any]:
    return {"label": label, "kind": "choice", "choices": [[code, words] for words, code in choices.items()]}


def _provision(words: str) -> str:
    """The basis in the notation of the codex where it is written so or can be told; else the law on discretion."""
    if "/" in words:
        try:
            return "; ".join(str(place) for place in law.parse(words))
        except Refused:
            return NO_BASIS
    cited = [one.basis for one in law.citations_in(words) if one.article is not None] if words else []
    return "; ".join(dict.fromkeys(cited)) or NO_BASIS


def _remarks(draft: Draft, data: Mapping[str, Any], code: str) -> list[str]:
    """What a lawyer must look at: no item found, gaps between the rows."""
    found = [] if code else [f"《{data['title']}》没有对上权责事项，请补 items。"]
    if data["basis"] == NO_BASIS:
        found.append(f"《{data['title']}》的依据没有读出，请补 basis。")
    flaws = check(benchmark_reader.read(data, f"{data['id']}.toml"))
    if flaws:
        found.append(
            f"《{data['title']}》{flaws[0].message}" + (f"（等 {len(flaws)} 处）" if len(flaws) > 1 else "")
        )
    return found
