"""事后公开: the list of published decisions."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from mingjing.publicity import queries as publicity
from mingjing.publicity.queries import Published
from mingjing.record import queries as record
from mingjing.web.ui.wording import ACTS, act_title, field_title

from ..asking import filters_of
from ..lists import Column, Item, Listing, Parameter, Record
from .before import region_name

_COLUMNS = (
    Column("number", "文书号"),
    Column("organ", "执法机关"),
    Column("organ_code", "执法机关编号", note="筛选时用于 organ"),
    Column("act", "类别", of=lambda row: act_title(row.act)),
    Column("act_code", "类别代码", note="筛选时用于 act", of=lambda row: row.act),
    Column("field", "领域", of=lambda row: field_title(row.field)),
    Column("field_code", "领域代码", note="筛选时用于 field", of=lambda row: row.field),
    Column("region", "区域", of=lambda row: region_name(row.region)),
    Column(
        "region_code",
        "区划代码",
        note="GB/T 2260；字母表示平台自编。筛选时用于 region",
        of=lambda row: row.region,
    ),
    Column("subject", "执法对象", note="自然人已作脱敏处理；撤下后为空"),
    Column("subject_code", "统一社会信用代码", note="只有单位才有"),
    Column("title", "案由", note="撤下后为空"),
    Column("conclusion", "结论", note="撤下后为空"),
    Column("decided_on", "决定日期", "day"),
    Column("published_at", "公示时间", "moment"),
    Column("state", "状态", note="公示中或者已撤下", of=lambda row: "已撤下" if row.withdrawn else "公示中"),
    Column("reason", "撤下理由"),
    Column(
        "log",
        "日志年度",
        note="编入哪一年度的存证日志，如 2026；尚未编入的为空",
        of=lambda row: row.place.log if row.place else "",
    ),
    Column(
        "leaf_index",
        "日志序号",
        "number",
        "在该年度存证日志中的序号；尚未编入的为空",
        optional=True,
        of=lambda row: row.place.number if row.place else None,
    ),
    Column(
        "address",
        "地址",
        "address",
        "长期不变，撤下后显示撤下的理由",
        of=lambda row: f"/decisions/{row.slug}",
    ),
)
_PARAMETERS = (
    Parameter("q", "检索词", note="在文书号、执法对象、信用代码、案由中检索；几个词用空格隔开，须全部出现"),
    Parameter("organ", "执法机关编号"),
    Parameter("act", "类别代码", allowed=tuple(ACTS)),
    Parameter("field", "领域代码"),
    Parameter("region", "区划代码"),
    Parameter("year", "决定年份", "number"),
    Parameter("since", "决定日期起", "day"),
    Parameter("until", "决定日期止", "day"),
    Parameter("party", "执法对象", note="名称的一部分，或者信用代码的开头"),
    Parameter("number", "文书号", note="文书号的一部分"),
)


def _rows(request: HttpRequest, after: str, limit: int) -> tuple[Sequence[Published], str | None]:
    rows = publicity.published(filters_of(request), after, limit + 1)
    shown = rows[:limit]
    return shown, shown[-1].cursor if len(rows) > limit else None


def _item(record: Record) -> Item:
    """A withdrawn decision says so instead of its content."""
    told = f"{record['organ']}；{record['subject']}；{record['conclusion']}"
    return Item(
        title=f"{record['number']} {record['title']}".strip(),
        address=record["address"],
        text=f"已撤下：{record['reason']}" if record["reason"] else told,
        at=record["published_at"],
    )


DECISIONS = Listing(
    id="decisions",
    title="最新执法决定",
    path="/decisions",
    about="已经公示的行政执法决定，最近作出的在前；撤下的只留撤下理由。",
    columns=_COLUMNS,
    rows=_rows,
    item=_item,
    parameters=_PARAMETERS,
    long=True,
    version=record.mark,
)
