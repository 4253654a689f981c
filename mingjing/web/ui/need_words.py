"""What the named conditions of ``cases.needs`` ask, in a few words for people who read a procedure."""

from __future__ import annotations

from collections.abc import Mapping

NEED_WORDS: Mapping[str, str] = {
    "two_certified_officers": "两名以上持有效执法证件的人员",
    "one_certified_officer": "一名持有效执法证件的人员",
    "jurisdiction": "本机关有管辖权",
    "within_limitation": "没有超过追责时效",
    "reviewer_not_handler": "审核人员没有办理本案",
    "reviewer_qualified": "审核人员有法律职业资格",
    "host_not_investigator": "听证主持人不是本案调查人员",
    "publisher_not_handler": "公示人员没有办理本案",
    "cashier_not_decider": "决定处罚的人不管收缴",
    "head_is_principal": "由主要负责人批准",
    "paper_served": "文书已经送达",
    "children_ended": "由本案引出的事项都已办结",
    "next_matter_opened": "后续事项已经另案登记",
    "execution_matter_opened": "执行事项已经另案登记",
    "within_spot_cap": "不超过当场处罚的限额",
    "within_benchmark_or_reason": "在法定和裁量幅度之内，超出的有法定理由",
    "statutory_power": "法律授予本机关这项强制权",
    "not_delegated": "不由受委托组织实施",
    "approver_of_power": "由法律指定的负责人批准",
    "term_as_the_power_says": "期限符合法律对该措施的规定",
    "not_at_night_or_holiday": "不在夜间、法定节假日，情况紧急的除外",
    "no_own_execution": "本机关没有强制执行权",
    "listed_license": "属于本机关以本程序办理的许可事项",
    "not_barred": "申请人不在禁止申请的期限内",
    "examiner_not_acceptor": "审查人员没有受理本申请",
    "decider_not_examiner": "决定人员没有审查本申请",
    "issuer_not_decider": "制证人员没有决定本申请",
    "host_not_examiner": "听证主持人不是审查人员",
    "two_inspectors": "两名以上人员核查",
    "first_in_line": "有数量限制的按受理先后",
    "confirmed_organ": "执法主体已经确认公告",
    "power_item": "有本机关可用的权责事项",
    "power_in_force": "依据在行为时有效，或者新规定更轻",
    "surcharge_as_reckoned": "滞纳金与推算相符",
    "fine_surcharge_as_reckoned": "加处罚款与推算相符",
    "instalments_add_up": "分期之和等于应缴数额",
    "daily_fine_as_reckoned": "按日处罚与推算相符",
    "two_officers_or_recorded_place": "两名以上持证人员，或者在规定场所由一人办理并全程录音录像",
    "ordered_first": "已责令改正，复查没有改正",
    "no_crime_transfer": "没有正在办理的涉嫌犯罪移送",
    "in_person": "由本人办理，不得代理",
    "drawn_at_random": "检查对象和人员由随机抽取产生",
    "drawer_not_handler": "主持抽取的人不参加检查",
    "within_inspection_cap": "没有超过年度检查频次",
    "not_repeating_superior": "上级三个月内没有检查过同一事项，有线索的除外",
    "justice_bureau": "由司法行政机关办理",
    "reporter_known": "实名举报的，举报人已经登记",
    "minor_protected": "未成年人的法定代理人已经登记，不满十四周岁的不予处罚",
    "monitoring_record_entered": "电子监控记录已经审核录入",
    "reviewer_not_collector": "审核监控记录的人没有采集该记录",
    "identity_shown": "已出示执法证件，或者有不出示的法定情形和理由",
    "inspection_code_scanned": "已扫检查码，没有条件的写明原因",
    "not_barred_again": "不在再次申请变更、延续的禁止期限内",
}


def need_words(name: str) -> str:
    """The condition in words; a new one by its name until somebody finds words for it."""
    return NEED_WORDS.get(name, name)
