"""Sentences of decision papers in which identifiers are planted, by kind; every person and number here is invented.

For the tests and for ``python -m bench redaction``: ``sentences`` is deterministic, ``recall`` counts what survives.
The names are drawn together from surnames and given names, among them such as look like other words (和平, 从文).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mingjing.kernel.codes import citizen_check

ROUNDS = 40
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方"
    "白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文"
)
_GIVEN = [
    "建设",
    "国强",
    "四海",
    "五福",
    "得福",
    "长河",
    "样例",
    "虚构",
    "和平",
    "从文",
    "立新",
    "利民",
    "同心",
    "大勇",
    "春来",
    "小满",
    "晓雨",
    "雨桐",
    "子涵",
    "一鸣",
    "梓轩",
    "淑芬",
    "玉兰",
    "秀英",
    "志远",
    "文博",
    "明",
    "芳",
    "伟",
    "静",
    "磊",
    "超",
    "燕",
    "丹",
    "勇",
    "平",
    "翠花",
    "守义",
    "传宗",
    "开泰",
    "冬梅",
    "向阳",
    "有才",
    "无忌",
    "不凡",
    "应龙",
    "持正",
    "通达",
]
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "令狐", "慕容")
_DOTTED = (
    "阿依古丽·买买提",
    "艾力·吐尔逊",
    "古丽巴哈尔·卡德尔",
    "迪丽娜尔•艾合买提",
    "阿卜杜拉．热合曼",
    "买买提・玉素甫",
)
_UNDOTTED = (
    "阿牛木呷",
    "吉克伍果",
    "沙马拉铁",
    "马海尔哈",
    "扎西多吉",
    "卓玛央宗",
    "洛桑旦增",
    "曲木史哈",
    "吉木子洛",
    "次仁拉姆",
)
_FOREIGN = ("JOHN NOBODY", "John Nobody", "Nguyen Van Khong", "Maria-Luisa Nadie", "Ivan Niktov")


@dataclass(frozen=True)
class Planted:
    """A sentence, and what of it no stranger may find, in half width and without blanks."""

    kind: str
    text: str
    secrets: tuple[str, ...]


_Maker = Callable[[random.Random], str]


def _name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def _compound(chance: random.Random) -> str:
    return chance.choice(_COMPOUND) + chance.choice(_GIVEN)


# By kind of context: {} is where the name stands.
_NAMED: Mapping[str, str] = {
    "当事人等称谓": (
        "当事人{}未取得许可。|当事人：{}，男，汉族。|经营者{}承认上述事实。|被处罚人：{}|法定代表人：{}。|投资人为{}。|违法行为人{}于3月2日到案。|"
        "申请人{}提出听证申请。|车主系{}。|驾驶人{}驾驶重型货车。|司机{}未随车携带证件。|被害人{}受轻微伤。|被侵权人{}报案。|死者{}系该工地杂工。|"
        "证人{}证实。|投诉人{}反映。|被询问人：{}。|现场负责人{}在场。|委托代理人：{}，某某律师事务所律师。|户主{}。|实际控制人{}。|承运人：{}|"
        "学生{}在场。|患者{}就诊。|收件人{}签收。|店长{}签字。|收银员{}说。|出纳{}证实。|联系人：{}"
    ),
    "亲属关系": (
        "{}之妻在场。|系{}的丈夫。|其妻{}在现场。|其母亲{}代为签收。|其子{}，今年二十岁。|与{}系夫妻关系。|{}的弟弟在场。|其哥哥{}到场。|其父{}代收。|"
        "与{}系父子关系。|系{}之子。|{}的母亲到场。"
    ),
    "雇佣与身份": (
        "该店员工{}正在操作。|{}系该公司员工。|公司聘用的保安{}在岗。|雇请{}驾驶车辆。|雇佣{}、看守。|由厨师{}制作。|某某公司股东{}签字。|{}系该店经营者。|{}是该工地负责人。|"
        "营业员{}当场销售。|由安全员{}巡查。|工地塔吊司机{}无证上岗。|公司经理{}陈述。|该村村民{}称。|网约车司机{}。|任命{}为安全员。|由{}担任项目经理。"
    ),
    "做了什么": (
        "经查，{}于2026年3月2日在该处摆摊。|{}驾驶货车行驶至该处。|对{}进行询问。|{}承认上述事实。|询问{}后制作笔录。|从{}处购进猪肉20公斤。|销售给{}两件。|"
        "与{}签订租赁合同。|向{}出具收据。|将房屋出租给{}。|转账给{}5000元。|收取{}押金300元。|委托{}代为办理。|{}拒绝签字。|{}未到场。|后经{}同意。|由{}签收。|"
        "通知{}到场接受调查。|在{}的陪同下检查。|告知{}陈述、申辩的权利。|{}、口头陈述其不知情。|向{}送达了告知书。|{}提出陈述申辩。|责令{}立即改正。|对{}作出罚款500元的处罚。|给予{}警告。"
    ),
    "表格与签名": (
        "姓名\t{}\t性别\t男|姓名：{}　性别：女|姓  名 {} 性 别 男|被询问人（签名）：{}|{}（签名）|签字：{}|当事人｜{}｜电话|序号\t姓名\t职务\n1\t{}\t员工|"
        "姓 名：{}|陈述人签名或盖章：{}|见证人：{} 2026年3月2日|甲方：{}|乙方（签字）：{}|付款人：{}|户名：{}|收款人{}"
    ),
    "身份旁注": "{}（身份证号已核）|{}，男，1990年生|{}（女，汉族）|{}（系当事人之妻）|{}（另案处理）|{}（以下简称当事人）|{}(公民身份号码见附件)|{}，女，某某人。",
    "并列": "{}、王某等三人在场。|当事人{}、甄建设二人。|证人甄建设、{}均证实。|{}和甄建设签字。|对{}、甄建设分别询问。|甄建设与{}共同经营。|{}等3人在场。|{}及其员工在场。",
    "案件名称": "{}未经许可经营食品案|关于{}非法行医案的决定|{}涉嫌无证驾驶一案|对{}擅自摆摊设点行为的处罚",
}


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _citizen(chance: random.Random) -> str:
    first = f"511702{chance.randint(1950, 2004)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{_digits(chance, 3)}"
    return first + citizen_check(first)


def _old_citizen(chance: random.Random) -> str:
    return f"513021{chance.randint(50, 99)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{_digits(chance, 3)}"


def _mobile(chance: random.Random) -> str:
    return chance.choice(["13", "15", "17", "18", "19"]) + _digits(chance, 9)


def _card(chance: random.Random) -> str:
    return "6222" + _digits(chance, 15)


def _plate(chance: random.Random) -> str:
    return f"川{chance.choice('ABSTXR')}{chance.choice('ADF')}{_digits(chance, 4)}"


_HANZI = str.maketrans("0123456789", "〇一二三四五六七八九")
_BANKERS = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "照常": lambda value: value,
    "全角": lambda value: value.translate(_WIDE),
    "逐字空格": lambda value: " ".join(value),
    "分段空格": lambda value: f"{value[:3]} {value[3:7]} {value[7:]}",
    "连字符": lambda value: f"{value[:3]}-{value[3:7]}-{value[7:]}",
    "中文数字": lambda value: value.translate(_HANZI),
    "大写数字": lambda value: value.translate(_BANKERS),
    "带圈数字": lambda value: value.translate(_CIRCLED),
    "折行": lambda value: f"{value[:6]}\n{value[6:]}",
    "跨单元格": lambda value: f"{value[:6]}\t{value[6:]}",
    "零宽字符": lambda value: "\u200b".join(value),
    "识别误字": lambda value: value.replace("0", "O").replace("1", "l"),
    "句点分段": lambda value: f"{value[:3]}.{value[3:7]}.{value[7:]}",
}
_NUMBERED: Mapping[str, tuple[_Maker, str]] = {
    "公民身份号码": (
        lambda one: _citizen(one),
        "身份证号：{}。|公民身份号码{}，|（身份证号码：{}）|居民身份证 {}|经核对{}的身份",
    ),
    "十五位身份证": (lambda one: _old_citizen(one), "身份证号：{}。|公民身份号码{}，"),
    "手机号码": (lambda one: _mobile(one), "联系电话：{}。|手机{}，|电话（{}）|拨打{}联系|微信同号{}。"),
    "银行卡号": (lambda one: _card(one), "银行卡号：{}。|卡号{}，|转入账户{}的款项"),
}
_SHAPED: Mapping[str, tuple[_Maker, str]] = {
    "号牌": (lambda one: _plate(one), "驾驶{}小型轿车。|车牌号{}，|号牌为{}的货车|车牌：{}"),
    "号牌·折行": (
        lambda one: _plate(one).replace("川", one.choice(["川 ", "川\r\n", "川·"])),
        "驾驶{}小型轿车。|车牌号{}，",
    ),
    "固定电话": (lambda one: f"0818-2{_digits(one, 6)}", "电话：{}。|座机{}，|联系电话{}"),
    "电子邮箱": (lambda one: f"zhen.{_digits(one, 4)}@example.com", "邮箱：{}。|发送至{}。"),
    "微信等账号": (lambda one: f"zhen_{_digits(one, 5)}", "微信号：{}。|微信{}，|抖音号：{}。|QQ：zhen{}"),
    "护照等证件": (lambda one: f"E{_digits(one, 8)}", "护照号码：{}。|护照{}，|证件号码：{}。|通行证号{}。"),
    "驾驶证": (lambda one: f"5117{_digits(one, 8)}", "驾驶证档案编号：{}。|从业资格证号{}，"),
    "车辆识别代号": (lambda one: f"LSVA{_digits(one, 13)}", "车辆识别代号：{}。|车架号{}，"),
    "住址": (
        lambda one: (
            f"凤凰路{one.randint(1, 300)}号{one.randint(1, 9)}栋{one.randint(1, 4)}单元{one.randint(101, 999)}室"
        ),
        "住址：四川省达州市通川区{}。|住四川省达州市通川区{}，|家住通川区{}。|户籍地：达州市达川区{}|现住{}。",
    ),
    "住址·折行": (
        lambda one: (
            f"市通川区凤凰路 {one.randint(1, 300)} 号 {one.randint(1, 9)} 栋 {one.randint(1, 4)} 单元 {one.randint(101, 999)} 室"
        ),
        "住址：达州\r\n{}。|住四川省达州\n{}，|户籍地：达州\r\n{}",
    ),
    "农村住址": (
        lambda one: f"虚构村{one.randint(1, 9)}组{one.randint(1, 99)}号",
        "住址：四川省达州市通川区某镇{}。|住某县某镇{}，|户籍地址：{}。",
    ),
    "出生日期": (
        lambda one: f"{one.randint(1950, 2004)}年{one.randint(1, 12)}月{one.randint(1, 28)}日",
        "出生日期：{}。|{}出生，|生于{}。|（{}生）",
    ),
}


def bare(text: str) -> str:
    """The text as a stranger would search it: half width, no blanks, nothing invisible."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(char for char in wide if not char.isspace() and unicodedata.category(char) != "Cf")


def _contexts(told: str) -> list[str]:
    return [one for one in told.split("|") if "{}" in one]


def _names() -> Iterator[tuple[str, str, _Maker]]:
    for kind, told in _NAMED.items():
        for context in _contexts(told):
            yield f"姓名·{kind}", context, lambda one: _name(one)
    cued = _contexts(
        "当事人：{}。|法定代表人{}，|姓名\t{}\t性别|驾驶人{}驾驶货车。|被询问人：{}|{}（身份证号已核）"
    )
    spellings: Mapping[str, _Maker] = {
        "复姓": lambda one: _compound(one),
        "带点的民族姓名": lambda one: one.choice(_DOTTED),
        "不带点的民族姓名": lambda one: one.choice(_UNDOTTED),
        "外文姓名": lambda one: one.choice(_FOREIGN),
        "中间空格": lambda one: " ".join(_name(one)),
        "全角空格": lambda one: "　".join(_name(one)),
        "零宽字符": lambda one: "\u200b".join(_name(one)),
    }
    for kind, maker in spellings.items():
        for context in cued:
            yield f"姓名·{kind}", context, maker
    for context in _contexts("{}在现场销售。|执法人员向{}出示证件。|由{}签收。"):
        yield "姓名·无称谓的民族姓名", context, lambda one: one.choice(_DOTTED)


def _numbers() -> Iterator[tuple[str, str, _Maker]]:
    for kind, (maker, told) in _NUMBERED.items():
        for context in _contexts(told):
            for spelling, spell in _SPELLINGS.items():
                yield f"{kind}·{spelling}", context, _spelled(maker, spell)
    for kind, (maker, told) in _SHAPED.items():
        for context in _contexts(told):
            yield kind, context, maker


def _spelled(maker: _Maker, spell: Callable[[str], str]) -> _Maker:
    def make(chance: random.Random) -> str:
        return spell(maker(chance))

    return make


def sentences(seed: int = 1, rounds: int = ROUNDS) -> Iterator[Planted]:
    """Every context ``rounds`` times with other values."""
    chance = random.Random(seed)
    for kind, context, maker in [*_names(), *_numbers()]:
        for _ in range(rounds):
            value = maker(chance)
            yield Planted(kind, context.replace("{}", value), (bare(value),))


def survives(planted: Planted, masked: str) -> bool:
    """Whether a stranger still finds what was planted."""
    left = bare(masked)
    return any(
        re.sub(r"[\s·•．・.\-]", "", secret) in re.sub(r"[\s·•．・.\-]", "", left)
        for secret in planted.secrets
    )
