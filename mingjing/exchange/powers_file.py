"""``import powers FILE``: a list of power items (权责清单) as organs publish it, in any table format."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from mingjing.insight.penalties import kinds_in
from mingjing.insight.ranges import FineRange, ranges_in
from mingjing.kernel.fines import FineRule
from mingjing.kernel.refused import Refused
from mingjing.law import actions as law_actions
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.record import actions as record

from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, clean_number, open_table

COLUMNS = (
    Column(
        "title",
        (
            "事项名称",
            "权力事项名称",
            "权责事项名称",
            "行政权力事项名称",
            "行政权力名称",
            "行政处罚事项名称",
            "执法事项名称",
            "事项名称（主项）",
            "权力名称",
            "职权名称",
            "情形抽取",
            "权力事项",
            "权责事项",
            "行政权力事项",
            "行政处罚事项",
            "处罚事项",
            "执法事项",
            "监管事项",
            "违法行为名称",
            "违法行为",
            "违法情形",
            "案由",
            "案由名称",
        ),
        required=True,
        vague=("事项", "名称", "项目名称"),
    ),
    Column(
        "basis",
        (
            "法条依据",
            "设定依据",
            "设立依据",
            "法律依据",
            "执法依据",
            "实施依据",
            "法定依据",
            "权力依据",
            "行使依据",
            "法律法规依据",
            "法律法规规章依据",
            "职权依据",
            "处罚依据条款",
            "定性依据",
        ),
        vague=("依据",),
    ),
    Column("act", ("处罚依据", "违法行为描述", "违法事实")),
    Column("level1", ("一级", "一级分类", "大类", "权力类型", "类别")),
    Column("level2", ("二级", "二级分类", "小类", "子项", "子项名称")),
    Column("kinds", ("处罚种类", "处罚类型", "处罚类别", "种类")),
    Column("range", ("处罚幅度", "罚款幅度", "处罚标准", "裁量幅度", "处罚内容", "自由裁量幅度")),
    Column("crime", ("涉刑风险", "涉嫌罪名", "行刑衔接")),
    Column("crime_basis", ("刑法依据",)),
    Column(
        "code",
        ("事项编码", "权力编码", "职权编码", "权责编码", "事项代码", "权力事项编码", "基本编码", "实施编码"),
        vague=("编码", "编号"),
        clean=clean_number,
    ),
    Column("field", ("执法领域", "领域", "行业领域", "所属领域")),
    Column(
        "authority",
        ("实施主体", "执法主体", "实施机关", "责任部门", "行使主体", "处罚机关", "实施部门", "行使层级"),
    ),
)
# What a list is about, by words in its file name or field column. Fields with a profile carry its code.
_FIELDS = (
    ("food", ("食品", "shipin", "food")),
    ("medicine", ("药品", "医疗器械", "化妆品", "medicine", "drug")),
    ("environment", ("生态", "环境", "环保", "environment", "huanbao")),
    ("work_safety", ("安全生产", "应急", "work_safety", "anquan")),
    ("traffic", ("traffic_police", "交警", "道路交通安全")),
    ("public_security", ("治安", "公安", "public_security")),
    ("交通运输", ("交通", "运输", "transport")),
    ("城市管理", ("城管", "城市管理", "综合执法", "市容", "chengguan")),
    ("建设工程", ("建设", "建筑", "住建", "construction")),
    ("卫生健康", ("卫生", "卫健", "health")),
    ("劳动保障", ("劳动", "人社", "社会保险", "labor", "labour")),
    ("市场监管", ("市场", "工商", "market")),
    ("税务", ("税", "tax")),
)
_FAULTS = {"no-title": "title", "too-long": "title", "row-twice": "title", "no-basis": "basis"}


def fault_of(refused: Refused) -> str:
    """The field whose value a refusal is about, empty where it is the whole row."""
    return _FAULTS.get(refused.code, "")


@dataclass(frozen=True)
class Read:
    """A row understood: the item, its original wording, and its citations by what became of them."""

    power: law.Power
    original: Mapping[str, str]
    citations: Counter[str]


def import_powers(
    path: Path,
    report: Report,
    errors: ErrorsWorkbook,
    *,
    actor: Actor,
    at: datetime,
    organ: Organ | None = None,
) -> Iterator[int]:
    """Take in the whole list in one transaction, because what is missing from it counts as withdrawn.

    ``organ`` is the one whose list it is; without it, any organ may name its items.

    Yields the rows read so far. Raises: Refused as ``open_table``.
    """
    table = open_table(path, COLUMNS, what="权责清单")
    report.format = table.format.value
    field = field_of(path.stem)
    items: dict[str, Read] = {}
    for read, row in enumerate(table.rows, start=1):
        try:
            found = read_row(row, field, at.date(), path.stem)
            if found.power.code in items:
                raise Refused(
                    "row-twice", f"事项“{found.power.title}”在本文件中重复。", remedy="相同的行保留一行即可。"
                )
            items[found.power.code] = found
        except Refused as refused:
            errors.reject(row, refused)
            report.reject(refused.code if refused.code == "row-twice" else refused.reason)
        yield read
    if not items:
        raise Refused(
            "no-rows", f"{path.name} 没有一行可以导入，原有清单未作改动。", remedy="请查看未导入的原因。"
        )
    _take_in(path, list(items.values()), report, actor, at, organ)


def _take_in(
    path: Path, items: list[Read], report: Report, actor: Actor, at: datetime, organ: Organ | None
) -> None:
    with transaction.atomic():
        done = law_actions.take_in_powers(
            source=f"导入：{organ.short_name if organ else ''}{path.stem}"[:80],
            edition=at.date(),
            items=[(item.power, item.original) for item in items],
            organ_id=organ.pk if organ else None,
        )
        record.append(
            kind="powers.imported",
            subject=f"powers:{hashlib.sha256(path.stem.encode()).hexdigest()[:32]}",
            at=at,
            actor=actor,
            plain={"sha256": report.sha256, "created": done.created, "changed": done.changed},
        )
    report.created, report.changed, report.unchanged = done.created, done.changed, done.unchanged
    report.accepted = done.created + done.changed
    if organ is None:
        report.notes.append(
            "没有写明是哪个机关的清单：各机关都可以引用，登记表单中不列出；请加 --organ 机关代码。"
        )
    _tell(items, done.withdrawn, report)


def _tell(items: list[Read], withdrawn: int, report: Report) -> None:
    citations: Counter[str] = Counter()
    for item in items:
        citations.update(item.citations)
    fines = sum(1 for item in items if item.power.fines)
    report.notes.append(f"读出罚款幅度的事项 {fines} 项，其余 {len(items) - fines} 项没有可核算的幅度。")
    known = "，".join(f"{CITED[status]} {count}" for status, count in citations.most_common())
    report.notes.append(f"引用法条 {sum(citations.values())} 处：{known}。")
    if withdrawn:
        report.notes.append(f"新清单中没有的 {withdrawn} 项已标为“已取消”，未删除。")


CITED = {
    "found": "已核对存在",
    "article-missing": "条文不存在",
    "paragraph-missing": "款不存在",
    "item-missing": "项不存在",
    "unknown-statute": "依据库中没有该文件",
    "not-in-force": "当日未施行",
    "wording-unknown": "当日文本未导入",
    "text-missing": "原文未导入",
}


def field_of(words: str) -> str:
    """The field a list belongs to, by words; ``general`` where none tells."""
    lower = words.lower()
    return next((field for field, names in _FIELDS if any(name in lower for name in names)), "general")


def read_row(row: Row, field: str, on: date, source: str) -> Read:
    """The power item in a row.

    Raises: Refused ``row-damaged``, ``no-title``, ``no-basis``, ``too-long``.
    """
    if row.fault:
        raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
    title = re.sub(r"\s+", " ", row.text("title") or row.text("act"))
    if not title:
        raise Refused("no-title", "没有事项名称。", remedy="请补填后重新导入。")
    if len(title) > 500:
        raise Refused("too-long", f"事项名称有 {len(title)} 字，超过 500 字。", remedy="请核对是否错列。")
    basis, citations = _basis(row, title, on)
    ranges = ranges_in(row.text("range"))
    power = law.Power(
        code=row.text("code")[:80] or _code(row, title),
        field=field_of(row.text("field")) if row.text("field") else field,
        title=title,
        basis=basis,
        authority=row.text("authority"),
        organ_fields=(field,),
        order_first="责令改正" if "责令改正" in row.text("kinds") else "",
        fines=fine_rules(ranges),
        measures=_measures(row.text("kinds")),
        notes=_notes(row, ranges),
        in_force=on,
        until=None,
        sure="imported",
        source=source,
        edition=on,
    )
    return Read(power, row.originals(), citations)


def _basis(row: Row, title: str, on: date) -> tuple[str, Counter[str]]:
    """The basis in our notation, and what became of each citation on that day.

    Source of the refusal: 行政处罚法 art. 4 and 38 (no penalty without a basis in law).
    """
    text = row.text("basis") or (row.text("act") if "《" in row.text("act") else "")
    cited = [citation for citation in law.citations_in(text) if citation.article is not None]
    notations = []
    for citation in cited:
        if citation.basis not in notations and _readable(citation.basis):
            notations.append(citation.basis)
    if not notations:
        why = f"执法依据“{text[:40]}”中读不出法律名称和条文" if text else "没有执法依据"
        raise Refused(
            "no-basis",
            f"事项“{title[:40]}”{why}。",
            basis="行政处罚法/4; 行政处罚法/38",
            remedy="请写成《某某法》第几条，再重新导入。",
        )
    return "; ".join(notations), Counter(law.resolve(citation, on).status for citation in cited)


def _readable(basis: str) -> bool:
    try:
        law.parse(basis)
    except Refused:
        return False
    return True


def _code(row: Row, title: str) -> str:
    """A lasting code for a list without codes: the same item gets the same code in every edition."""
    parts = "\x1f".join((row.text("level1"), row.text("level2"), title, row.text("basis")))
    return f"IMP-{hashlib.sha256(parts.encode()).hexdigest()[:12]}"


def fine_rules(ranges: tuple[FineRange, ...]) -> tuple[FineRule, ...]:
    """The ranges that arithmetic can check, as rules of an item."""
    return tuple(
        FineRule(
            id=f"r{number}",
            title=one.condition[:200] or "基本档",
            base=one.base,  # type: ignore[arg-type]  # reckonable ranges never have the base "other"
            least=one.least,
            most=one.most,
            floor_fen=one.floor_fen,
            goods_from_fen=one.goods_from_fen,
            goods_below_fen=one.goods_below_fen,
            subject=one.subject,
            optional=one.optional,
        )
        for number, one in enumerate(ranges, start=1)
        if one.reckonable
    )


def _measures(kinds: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[|、，,;；/\n]", kinds) if part.strip()]
    return tuple(dict.fromkeys(part for part in parts if part not in ("罚款", "责令改正")))


def _notes(row: Row, ranges: tuple[FineRange, ...]) -> tuple[str, ...]:
    notes = []
    if row.text("range"):
        notes.append(f"处罚幅度原文：{row.text('range')}")
    if any(not one.reckonable for one in ranges):
        notes.append("部分幅度按件、按人或者按其他基数计算，须人工核算。")
    if "罚款" in kinds_in(row.text("kinds"))[0] and not ranges:
        notes.append("处罚种类含罚款，但清单没有写明幅度，以法条为准。")
    if row.text("crime"):
        notes.append(f"涉嫌犯罪的，移送司法机关：{row.text('crime')} {row.text('crime_basis')}".strip())
    return tuple(notes)
