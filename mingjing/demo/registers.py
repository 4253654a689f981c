"""Registers of the demo city: what its organs have published, one that waits, one sent back, and what is to be revised.

The environment bureau published its powers before the code of 2026 came into force, so it owes a revision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.publicity import actions
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.drawing import drawn_rows
from mingjing.publicity.registers.kinds import kind_of

from .staffing import Team

# Registers drawn from what the platform knows; published by all six organs.
DRAWN = ("subjects", "officers", "powers", "recording", "guides", "flowcharts", "benchmarks")
PUBLISHED_DAYS = 150
BUREAU = "sfj-jiandu"
Values = Mapping[str, Any]

_DRAWS: tuple[Values, ...] = (
    {"category": "食品安全", "item": "食品销售者进货查验", "object": "食品销售者", "weight": "key", "way": "实地核查", "subject": "达州市市场监督管理局", "legal_basis": "食品安全法/53", "share": "每年不少于百分之五", "publicity": "检查结束后20个工作日内在本平台公示"},
    {"category": "食品安全", "item": "餐饮服务提供者原料控制", "object": "餐饮服务提供者", "weight": "key", "way": "实地核查、抽样检验", "subject": "达州市市场监督管理局", "legal_basis": "食品安全法/55", "share": "每年不少于百分之五", "publicity": "检查结束后20个工作日内在本平台公示"},
    {"category": "广告", "item": "广告经营者登记、审核制度", "object": "广告经营者、广告发布者", "weight": "general", "way": "书面检查、网络监测", "subject": "达州市市场监督管理局", "legal_basis": "广告法/34", "share": "每年不少于百分之三", "publicity": "检查结束后20个工作日内在本平台公示"},
)  # fmt: skip
_MORE_DRAWS: tuple[Values, ...] = (
    {**_DRAWS[0], "share": "每年不少于百分之八"},
    {"category": "产品质量", "item": "生产许可证产品质量", "object": "工业产品生产企业", "weight": "key", "way": "抽样检验", "subject": "达州市市场监督管理局", "legal_basis": "产品质量法/15", "share": "每年不少于百分之十", "publicity": "检查结束后20个工作日内在本平台公示"},
)  # fmt: skip
_PLAN: tuple[Values, ...] = (
    {"year": "2026", "item": "食品销售者进货查验", "object": "农村集贸市场食品销售者", "number": 120, "way": "实地核查", "months": "3月至5月", "joint": "达州市农业农村局", "legal_basis": "食品安全法/110"},
    {"year": "2026", "item": "餐饮服务提供者原料控制", "object": "学校食堂、集体用餐配送单位", "number": 60, "way": "实地核查、抽样检验", "months": "2月、9月", "joint": "达州市教育局", "legal_basis": "食品安全法/110"},
)  # fmt: skip
_ENTRUSTED: tuple[Values, ...] = (
    {"entrusted": "达州市某某综合行政执法支队", "credit_code": "12511700MB1234567X", "document": "达市监委〔2026〕1号", "matters": "食品流通领域的监督检查、调查取证，以及警告、五千元以下罚款的行政处罚。", "legal_basis": "行政处罚法/20; 行政处罚法/21", "since": "2026-01-01", "until": "2026-12-31", "liability": "委托机关监督并承担法律责任；受委托组织不得再委托。"},
)  # fmt: skip
_ITEMS: tuple[Values, ...] = (
    {"item": "食品经营许可持证情况", "object": "食品经营者", "content": "是否持有有效的食品经营许可证，经营项目是否与许可一致。", "way": "实地核查", "frequency": "2次", "legal_basis": "食品安全法/110; 食品安全法/35"},
    {"item": "食品进货查验记录", "object": "食品经营者", "content": "进货查验记录是否真实，保存期限是否符合规定。", "way": "实地核查、查阅台账", "frequency": "2次", "legal_basis": "食品安全法/53"},
)  # fmt: skip
_LENIENT: tuple[Values, ...] = (
    {"violation": "食品标签有瑕疵但不影响食品安全且不误导消费者", "penalty_basis": "食品安全法/125(2)", "conditions": "初次违法，危害后果轻微，在责令期限内改正。", "result": "exempt", "ground": "行政处罚法/33(1)"},
    {"violation": "未按规定保存进货查验记录", "penalty_basis": "食品安全法/126(1)", "conditions": "首次被发现，当场改正，食品来源可以查清。", "result": "first", "ground": "行政处罚法/33(1)"},
)  # fmt: skip
_RULES: tuple[Values, ...] = (
    {"title": "达州市市场监督管理局行政执法全过程记录实施细则", "subject": "recording", "number": "达市监发〔2026〕12号", "version": "2026年修订", "passed_on": "2026-02-10", "in_force_on": "2026-03-01", "replaces": "达市监发〔2019〕31号", "filing": "filed", "filed_on": "2026-03-06", "filing_number": "达司备〔2026〕8号", "legal_basis": "行政处罚法/47", "gist": "查封扣押、现场检查、听证、当场送达全程音像；询问、取样、责令改正记录关键过程；录制后二十四小时内交存，由法规科保管，非当事人调取须经负责人批准。"},
    {"title": "达州市市场监督管理局重大行政执法决定法制审核实施细则", "subject": "review", "number": "达市监发〔2026〕13号", "version": "2026年修订", "passed_on": "2026-02-10", "in_force_on": "2026-03-01", "replaces": "达市监发〔2019〕32号", "filing": "sent", "legal_basis": "行政处罚法/58", "gist": "列明须经法制审核的决定、送审材料、审核期限、审核内容，以及意见不一致时的处理。"},
)  # fmt: skip
_TYPED = {
    "random-inspection": _DRAWS,
    "inspection-plan": _PLAN,
    "entrustments": _ENTRUSTED,
    "inspection-items": _ITEMS,
    "lenient": _LENIENT,
    "rules": _RULES,
}
_SCOPE = "依照法律、法规和规章，以自己的名义实施本领域的行政许可、行政处罚、行政强制和行政检查。"


def live_registers(teams: Mapping[str, Team], until: datetime) -> None:
    """Publish the registers of the six organs, and let two lists stand before and after the bureau's desk."""
    clock = _Clock(teams, until)
    for code in teams:
        for kind in DRAWN:
            if drawn_rows(kind_of(kind), organs.organ(code), clock.at(PUBLISHED_DAYS).date()):
                clock.publish(code, kind, days=PUBLISHED_DAYS)
    for kind, rows in _TYPED.items():
        clock.publish("dz-scjg", kind, rows, days=PUBLISHED_DAYS - 20)
    clock.publish("dz-scjg", "inspection-subjects", days=PUBLISHED_DAYS - 20)
    clock.publish(
        "dz-scjg",
        "random-inspection",
        _MORE_DRAWS,
        days=40,
        reason="提高食品销售者抽查比例，增加产品质量一项。",
    )
    clock.submit("dz-yjgl", "random-inspection", _safety(), days=2)
    returned = clock.submit("dz-wsjk", "inspection-items", _health(), days=6)
    actions.return_register(
        edition_id=returned,
        reason="第一项没有写明检查标准，年度频次上限应与市级涉企检查通知一致，请补正后再报。",
        actor=clock.bureau(4),
        at=clock.at(4),
    )
    actions.open_revisions(at=until)


def _safety() -> Sequence[Values]:
    return ({**_DRAWS[0], "category": "安全生产", "item": "企业安全生产教育培训", "object": "工贸企业", "subject": "达州市应急管理局", "legal_basis": "安全生产法/28"},)  # fmt: skip


def _health() -> Sequence[Values]:
    return ({**_ITEMS[0], "item": "医疗机构执业登记", "object": "医疗机构", "content": "是否按登记的诊疗科目执业。", "legal_basis": "基本医疗卫生与健康促进法/38"},)  # fmt: skip


class _Clock:
    """Who acts, and when: days are counted back from the day on which the demo is built."""

    def __init__(self, teams: Mapping[str, Team], until: datetime) -> None:
        self._teams, self._until = teams, until

    def at(self, days: int) -> datetime:
        return (self._until - timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)

    def _holder(self, code: str, role: str, days: int) -> Actor:
        return organs.actor_of_officer(self._teams[code].by_role[role][0], self.at(days).date())

    def bureau(self, days: int) -> Actor:
        account = organs.account_by_username(BUREAU)
        assert account is not None
        actor = organs.actor_of_account(account.pk, self.at(days).date())
        assert actor is not None
        return actor

    def submit(
        self,
        code: str,
        kind: str,
        rows: Sequence[Values] = (),
        *,
        days: int,
        reason: str = "首次编制，报请确认。",
    ) -> int:
        """A draft filled and laid before the bureau; its key."""
        at, editor = self.at(days), self._holder(code, "publisher", days)
        edition = actions.open_draft(kind=kind, actor=editor, at=at)
        told = rows or [
            {**one, "powers": _SCOPE, "scope": _SCOPE} for one in queries.rows_of(edition.pk).values()
        ]
        if rows or kind in ("subjects", "inspection-subjects"):
            wrong = actions.put_rows(edition_id=edition.pk, rows=told, actor=editor, at=at)
            assert not any(wrong), wrong
        head = self._holder(code, "organ_head", days)
        actions.submit_draft(edition_id=edition.pk, reason=reason, actor=head, at=at + timedelta(hours=3))
        return edition.pk

    def publish(self, code: str, kind: str, rows: Sequence[Values] = (), *, days: int, **more: str) -> None:
        """A register submitted, and confirmed two days later."""
        edition = self.submit(code, kind, rows, days=days, **more)
        confirmed = days - 2
        actions.confirm_register(
            edition_id=edition,
            actor=self.bureau(confirmed),
            at=self.at(confirmed),
            opinion="经审查，同意公布。",
        )
