"""The organs and people of the demo city: real kinds of bodies, invented persons.

Names of organs follow the bodies that exist in Dazhou; every person, telephone number and certificate
number is made up and looks it (某).
"""

from __future__ import annotations

from dataclasses import dataclass

COUNTIES = (
    ("511702", "通川区", "通"),
    ("511703", "达川区", "达川"),
    ("511722", "宣汉县", "宣"),
    ("511723", "开江县", "开"),
    ("511724", "大竹县", "竹"),
    ("511725", "渠县", "渠"),
    ("511781", "万源市", "万"),
)

# code, name, short name, 代字, field
CITY_ORGANS = (
    ("dz-scjg", "达州市市场监督管理局", "市市场监管局", "达市监", "food"),
    ("dz-sthj", "达州市生态环境局", "市生态环境局", "达环", "environment"),
    ("dz-yjgl", "达州市应急管理局", "市应急管理局", "达应急", "work_safety"),
    ("dz-wsjk", "达州市卫生健康委员会", "市卫生健康委", "达卫", "medicine"),
    ("dz-gajj", "达州市公安局交通警察支队", "市交警支队", "达公交", "traffic"),
    ("dz-cgzf", "达州市城市管理行政执法局", "市城管执法局", "达城管", "general"),
    ("dz-jtys", "达州市交通运输局", "市交通运输局", "达交", "general"),
    ("dz-nyny", "达州市农业农村局", "市农业农村局", "达农", "general"),
    ("dz-zjj", "达州市住房和城乡建设局", "市住建局", "达建", "general"),
    ("dz-wtl", "达州市文化体育和旅游局", "市文体旅游局", "达文旅", "general"),
    ("dz-xf", "达州市消防救援支队", "市消防救援支队", "达消", "work_safety"),
)

COUNTY_ORGANS = (
    ("scjg", "市场监督管理局", "市场监管局", "市监", "food"),
    ("yjgl", "应急管理局", "应急管理局", "应急", "work_safety"),
    ("cgzf", "综合行政执法局", "综合执法局", "综执", "general"),
)


# What kinds of organ they are for the list of powers, where that is not simply their field.
ORGAN_FIELDS = {
    "scjg": ["market", "food"],
    "wsjk": ["health"],
    "cgzf": ["urban_management"],
    "xf": ["fire"],
}


@dataclass(frozen=True)
class Person:
    """An invented officer: user name, name, unit, post, roles."""

    username: str
    name: str
    unit: str
    post: str
    roles: tuple[str, ...]
    principal: bool = False
    qualification: bool = False
    certified: bool = True


# The six organs that handle matters in the demo, with eight people each.
_TEAM: tuple[tuple[str, str, str, str, tuple[str, ...], dict[str, bool]], ...] = (
    ("chengban1", "甲", "执法一科", "科员", ("handler",), {}),
    ("chengban2", "乙", "执法一科", "科员", ("handler",), {}),
    ("kezhang", "丙", "执法一科", "科长", ("handler", "unit_head"), {}),
    ("fazhi", "丁", "法制科", "法制审核员", ("reviewer", "hearing_host", "drawer"), {"qualification": True}),
    ("juzhang", "戊", "局领导", "局长", ("organ_head",), {"principal": True}),
    (
        "gongshi",
        "己",
        "办公室",
        "公示与对账专员",
        ("publisher", "cashier", "archivist"),
        {"certified": False},
    ),
    ("chuangkou", "庚", "政务服务窗口", "受理人员", ("clerk",), {"certified": False}),
    ("fazheng", "辛", "政务服务窗口", "证件制发人员", ("issuer",), {"certified": False}),
)

TEAMS = {
    "dz-scjg": ("scjg", "李王张陈刘赵钱孙"),
    "dz-sthj": ("sthj", "周吴郑冯褚卫徐邱"),
    "dz-yjgl": ("yjgl", "蒋沈韩杨朱秦骆高"),
    "dz-wsjk": ("wsjk", "尤许何吕施孔夏蔡"),
    "dz-gajj": ("gajj", "曹严华金魏陶田樊"),
    "tc-scjg": ("tcscjg", "姜戚谢邹喻柏凌霍"),
}


def people_of(organ_code: str) -> list[Person]:
    """The invented staff of one of the six organs."""
    prefix, surnames = TEAMS[organ_code]
    return [
        Person(f"{prefix}-{suffix}", f"{surname}某{mark}", unit, post, roles, **extra)
        for surname, (suffix, mark, unit, post, roles, extra) in zip(surnames, _TEAM, strict=True)
    ]


BUREAU_PEOPLE = (
    Person("sfj-jiandu", "水某甲", "行政执法监督科", "执法监督员", ("supervisor",), certified=False),
    Person("sfj-kezhang", "云某丙", "行政执法监督科", "科长", ("supervisor", "archivist"), certified=False),
    Person("sfj-juzhang", "苏某丁", "局领导", "局长", ("organ_head",), principal=True, certified=False),
    Person("sfj-guanli", "窦某乙", "信息科", "系统管理员", ("manager",), certified=False),
)
