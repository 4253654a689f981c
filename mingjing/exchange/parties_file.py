"""``import parties FILE``: a list of persons and enterprises, as registries and organs export them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.parties import actions as parties
from mingjing.parties.facts import PartyFacts, read_facts

from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, Table, open_table

CHUNK_ROWS = 1_000
COLUMNS = (
    Column(
        "name",
        (
            "当事人名称",
            "行政相对人名称",
            "相对人名称",
            "企业名称",
            "单位名称",
            "市场主体名称",
            "经营者名称",
            "经营主体名称",
            "机构名称",
            "纳税人名称",
            "商户名称",
            "店铺名称",
            "字号名称",
            "字号",
            "当事人",
            "当事人姓名",
            "名称",
            "姓名",
            "CF_XDR_MC",
            "XK_XDR_MC",
            "name",
        ),
        required=True,
    ),
    Column(
        "code",
        (
            "统一社会信用代码",
            "社会信用代码",
            "信用代码",
            "统一代码",
            "统一社会信用代码/注册号",
            "统一社会信用代码或身份证号码",
            "证件号码",
            "证件号",
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "居民身份证号码",
            "注册号",
            "工商注册号",
            "营业执照号",
            "营业执照注册号",
            "组织机构代码",
            "当事人证件号码",
            "当事人统一社会信用代码",
            "CF_XDR_SHXYM",
            "XK_XDR_SHXYM",
            "code",
        ),
    ),
    Column(
        "kind",
        (
            "当事人类型",
            "当事人类别",
            "相对人类别",
            "行政相对人类别",
            "主体类型",
            "市场主体类型",
            "企业类型",
            "类型",
            "类别",
            "CF_XDR_LB",
        ),
    ),
    Column(
        "legal_representative",
        (
            "法定代表人",
            "法定代表人姓名",
            "法人代表",
            "法人",
            "法人姓名",
            "负责人",
            "负责人姓名",
            "法定代表人（负责人）",
            "法定代表人/负责人",
            "经营者",
            "经营者姓名",
            "投资人",
            "CF_FRDB",
        ),
    ),
    Column(
        "address",
        (
            "地址",
            "住所",
            "住址",
            "经营地址",
            "经营场所",
            "注册地址",
            "住所地",
            "家庭住址",
            "通讯地址",
            "联系地址",
            "详细地址",
            "经营场所地址",
            "当事人地址",
        ),
    ),
    Column(
        "phone",
        (
            "电话",
            "联系电话",
            "手机",
            "手机号",
            "手机号码",
            "联系方式",
            "固定电话",
            "法定代表人电话",
            "当事人电话",
        ),
    ),
    Column(
        "region",
        ("行政区划", "行政区划代码", "区划代码", "所属区划", "所属区县", "区县", "地区代码", "登记机关区划"),
    ),
    Column("industry", ("行业", "所属行业", "行业类别", "行业门类", "行业代码", "经营类别")),
    Column("sex", ("性别",)),
    Column("born_on", ("出生日期", "出生年月日")),
)


def import_parties(
    path: Path, report: Report, errors: ErrorsWorkbook, *, actor: Actor, at: datetime
) -> Iterator[int]:
    """Take in the rows chunk by chunk; yields the rows read so far after each committed chunk.

    Raises: Refused as ``open_table``.
    """
    table = open_table(path, COLUMNS, what="当事人名单")
    report.format = table.format.value
    read = 0
    while rows := list(islice(table.rows, CHUNK_ROWS)):
        read += len(rows)
        batch = [facts for row in rows if (facts := _facts(row, path.name, report, errors)) is not None]
        _take_in(batch, rows, report, actor, at)
        yield read
    _note_skipped(table, report)


def _facts(row: Row, source: str, report: Report, errors: ErrorsWorkbook) -> PartyFacts | None:
    try:
        if row.fault:
            raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
        raw = {name: cell.cleaned for name, cell in row.cells.items()}
        doubt = row.cells["code"].doubt if "code" in row.cells else ""
        facts = read_facts(raw, original=row.originals(), source=source[:200], doubt=doubt)
    except Refused as refused:
        errors.reject(row, refused)
        report.reject(refused.reason if refused.code == "no-name" else refused.code)
        return None
    report.flagged += bool(facts.code_doubts)
    return facts


def _take_in(batch: list[PartyFacts], rows: list[Row], report: Report, actor: Actor, at: datetime) -> None:
    if not batch:
        return
    origin = {"sha256": report.sha256, "first_row": rows[0].number, "last_row": rows[-1].number}
    done = parties.take_in_many(batch=batch, origin=origin, actor=actor, at=at)
    report.created += done.created
    report.changed += done.changed
    report.accepted += done.created + done.changed
    report.unchanged += done.unchanged


def _note_skipped(table: Table, report: Report) -> None:
    report.notes += [f"工作表“{skipped.sheet}”没有读取：{skipped.reason}。" for skipped in table.skipped]
