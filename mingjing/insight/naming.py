"""Finding who is named: people behind words such as 当事人, before 男 and 女, in signature lines and cells of tables,
and the full names that fit a name masked elsewhere.

Rules, not a model: what they find is explained by the word beside it. ``ordinary`` holds the words that only
look like names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .contexts import FUNCTION, closed_up, foreign_names, names_between
from .names import COMPOUND_SURNAMES, SURNAMES
from .ordinary import ENDING, ORDINARY

_HAN = "\u4e00-\u9fff"
# By role, the words before which the name of a natural person stands.
_ROLES: Mapping[str, str] = {
    "witness": "目击者|目击人|知情人|见证人|证人|证明人|作证人",
    "informant": "举报人|投诉人|检举人|控告人|反映人|信访人",
    "victim": "被侵害人|被害人|受害人|受伤人|伤者|死者",
    "minor": "未成年人|幼儿(?![园班])|儿童(?!中心|和)|学生|孩子|其子|其女",
    "legal_representative": "法定代表人|法人代表|法人",
    "party": "当事人|行政相对人|被处罚人|违法行为人|行为人|嫌疑人|经营者|实际经营者|投资人|个体工商户|申请人|被申请人|纳税人|相对人",
    "other": (
        "主要负责人|现场负责人|负责人|直接责任人员?|责任人|主管人员|委托代理人|代理人|受托人|委托人|被询问人|询问对象|陈述人|监护人|驾驶人|驾驶员|司机|"
        "车主|店主|业主|犬主|主人(?!翁)|饲养人|房东|老板娘?|新?员工|职工|雇员|从业人员|(?<!执法)工作人员|消费者|顾客|患者|家长|家属|其妻|其夫|妻子|丈夫|"
        "父亲|母亲|儿子|女儿(?!童)|股东|合伙人|会计(?!师)|护士|医生|医师|药师|姓名|户主|户名|租户|承租人|出租人|村民|居民|公民|厨师|销售人员|采购人员|业务员|"
        "项目经理|经理|安全员|技术员|包工头|同事|邻居|朋友|收件人|联系人|第三人|利害关系人|共有人|使用人|所有人|签收人|受送达人|送达人员?处|代收人|"
        "作者|签名|签字|署名|乘客|旅客|工人|童工|施工人员|当场人员|在场人员|随车人员|跟车人员|同车人员|同行人员|押运员|劳动者|客户|代表人|陪同人员?|陪同检查人"
    ),
}
_CUE = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _ROLES.items()))
# （签名）, （签字或者盖章）, （自然人）; 被询问人（张三） is no such aside.
_ASIDE = r"(?:[（(][^（）()\n]{0,6}(?:签名|签字|盖章|捺印|签章|名|自然人|个人|单位|章|印)[）)])?"
_LINK = re.compile(
    rf"{_ASIDE}(?:签名|签字|盖章|捺印|签章|姓名|名称|名字|处)?(?:(?:或者?|、|/)(?:签名|盖章|捺印|签章))?{_ASIDE}"
    r"(?P<verb>系|是|为|名叫|叫|即)?(?P<mark>[\s:：|｜]{1,4})?[（(“\"'‘]?\s?"
)
_OFFICER = re.compile(
    r"(?:执法人员|办案人员|承办人|办案人|民警|执法队员|检查人员|调查人员|询问人|勘验人|审核人员?|记录人|主持人|听证员|送达人|批准人|审批人|检查人|调查人)"
    rf"{_ASIDE}(?:签名|签字|姓名)?[\s:：|｜]{0, 4}"
)
_CERTIFIED = re.compile(rf"(?P<name>[{_HAN}]{{2,4}})\s?[（(，,]?\s?(?:行政)?执法证")
# Whom such words follow is a person: 张三，男 / 张三（身份证号
_BEFORE = re.compile(
    rf"(?P<run>[{_HAN}]{{2,4}})\s?[，,（(、]\s?(?:男|女|公民身份|居民身份证|身份证(?:号|件)|汉族|[{_HAN}]{{1,3}}族[，,])"
)
# 。张三提供 / 对张三进行 / 销售至张三处: the commonest surnames, a name of its own, and what only people do.
_COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方"
    "白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
)
_DOING = re.compile(
    rf"(?:^|[，,。；;、：:（(“\"\s]|[对由向给与和为至系是月日]|鉴于|认定|签署|查明)(?P<name>[{_COMMON}][{_HAN}]{{1,2}}?)"
    r"(?=提供|通过|陈述|承认|否认|签名|签字|签收|本人|自述|表示|声称|辩称|拒绝|拒不|处，|的笔录|的询问|的陈述|进行了?(?:询问|约谈|调查)|在本次|在现场|"
    r"到场|在场|驾驶|驾车|购买|缴纳|予以|予[一二三四五六七八九十]|等\d|的行为|的上述|身份证|电话|手机|\d+(?:天|岁|名))",
    re.MULTILINE,
)
_NO_DOER = re.compile(
    r"^(?:顾客|黄酒|白茶|白条|白禽|高速|高架|金额|万元|沈海|段时|何首|高分|任天|于是|曾[发获经设出加]|[万陆].?[佰仟]|余[下辆氯]|毛[色发织虾皮衣]|钱[江塘]|江[苏西河淮]|"
    r"周[边围内期末]|石[子料材]|田[间地]|龙[骨虾]|白[酒糖色]|金[箔粉属税融]|于[左右去店立]|马[路上匹]|程[序度式]|方[式法案便向]|丁[公集类级等]|叶[片和]|"
    r"孔[桩打]|雷[电达]|谢谢|付[款清]|高[温考度层血改]|任[何意]|白[天板]|夏[季天]|黄[金牛色]|江[面水]|.[公司店厂局])"
)
# The last signs of words for people, and of what stands between such a word and a name.
_PERSON_ENDS = frozenset("人员者主方由对为是系及和与师长属亲儿女生友工机客子娘父母夫妻")
_SIGNED = re.compile(
    rf"(?:^|[\s，,。；;])(?P<run>[{_HAN}]{{2,4}})\s?[（(](?:签名|签字|捺印|本人)[）)]", re.MULTILINE
)
_RUN = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•・‧][{_HAN}]{{1,8}})+|[{_HAN}]{{2,4}}")
# What follows a name: no more name. Without one of these the length of a name is a guess.
AFTER = frozenset(
    '，,。；;：:、（）()“”"《<>》!！?？|｜ \t\n\r的在于系是为对将因未有与和及到称述供驾等承向从被已经说表签共主自非无不以后时所擅私违使并仍再又'
    "均同作持用利通出于涉即携随按至应反"
)
_NO_NAME = re.compile(
    r"^(?:应当|应该|不得|可以|依法|已经|没有|未按|收到|逾期|如果|对本|于本|经营|单位|处罚|和解|何时|时任|任何|全部|安排|管部|管理|权益|权利|顾虑|"
    r"陈述|利用|利害|尚未|涂改|商量|行为|方可|方式|成立|成为|常年|常住|强制|高度|安全|平时|相关|明知|明确|金额|万元|解释|计算|连续|连同|温度|毛重|"
    r"游客|车辆|向本|向我|申请|关于|黄色|白色|马上|雷同|花费|牛肉|米面|鱼类|包装|路边|江边|田地|石材|水果|于某|华人|古树|荣誉|曾经|从事|都有|都是|"
    r"别人|时间|经查|经询|全体|卫生|储存|宣传|易燃|单独|项目|支付|宁可|公司|万余|车间|车内|店内|时在|高空|方某|经过|江西|云南|海南|河南|湖南|安徽|"
    r"和其|或者|何种|何人|何处|时未|时无|时有|金币|石头|沙石|柴油|钢筋|水泥|路口|路段|江某|平台|方面|常在|段某|权属|向其|连接|戴帽|戴口|牛奶|米粉|"
    r"包括|计入|计件|别墅|田间|花园|龙虾|葛根|艾滋|艾灸|柏油|毕业|宣称|查看|查询|查验|查处|邮寄|习惯|燕窝|冷冻|冷藏|麻将|麻醉|苗木|苗圃|柳州|"
    r"代(?:表|理|为|办|码|收|签|价|替|购|销|工|驾|步|人|领|缴|扣|建|管|持|号|词)|税(?:务|收|款|费|率|前|后|种|额|控|票|法|源|目|局)|但实|但连|但可|向社|母双|母均|应依|陆续|毛都|艾柱|苗博|连锁|元旦|欧洲|康乐|安检|南海|海浪|海冰|海流|焦化|黄灯|毛竹|冶金|付至|方即|国官|国成|那些|那天|后来|后又|任意|凌晨|简单|简易|盛装|谈话|安装|强行|强迫|阳台|阳性|古玩|师傅|双方|全程|全款|终止|鱼塘|鲜肉|鲜鱼|宫内|"
    r"曾(?:受|多次|发生|于|被|因|在|经|是|违|获|设|未|办|担任|两次|数次|几次|持|拒|涉|到|系|支付|收|购|销|使|要|不|提|申|口头)|谈(?:好|妥|定|成))"
)
_PLACE = re.compile(rf"^[{_HAN}](?:家[{_HAN}]|[{_HAN}]?[省市县区镇乡村街路湾沟坝坪巷院寺庙])")
SHOP = re.compile(
    rf"(?![的在于经从开以系是为之及和与])[{_HAN}A-Za-z0-9（）()]{{0,12}}?(?:店|馆|厂|坊|铺|[商车琴银药米粮]行(?!驶|为|至|经|走|进|人)|中心|诊所|公司|超市|餐厅|饭庄|酒楼|食堂|合作社|门市部?|工作室|"
    r"经营部|服务部|商店|商行|商贸|批发部|加工部|门诊部|医院|幼儿园|养殖场|农场|小吃|火锅|药房|网吧|旅社|宾馆|酒店|茶楼|个体户)"
)
# Where the name of a shop goes on behind the name of its owner.
_TRADE = re.compile(
    "便利|超市|餐[饮馆厅]|饭[店馆庄]|小吃|食品|百货|五金|水果|理发|美发|诊所|药[店房]|商[店行贸]|副食|烟酒|服装|火锅|面馆|茶[馆楼叶]|酒[楼店家]|经营部|门市"
)
_NOT_IN_A_SHOP = re.compile("[的在经从开于以系是为之及和与]")


@dataclass(frozen=True)
class Candidate:
    """A full name that a masked one may hide. ``certain`` where words around it say that it is a name;
    ``shop`` where it stands in the name of a shop."""

    start: int
    end: int
    name: str
    certain: bool
    shop: bool


def names_by_words(
    text: str, officers: Iterable[str] = (), organizations: Sequence[str] = ()
) -> dict[str, str]:
    """Names that words in the text give away, with the role that the word tells. Officers are left out."""
    read = closed_up(text)
    known = {*officers, *officers_in(read)}
    found: dict[str, str] = {}
    for start, name, kind in [*_behind_cues(read), *_before_words(read), *_between(read)]:
        inside = any(read.startswith(one, start) for one in organizations)
        if name not in known and not inside and not in_shop(read, start, start + len(name)):
            found.setdefault(name, kind)
    return _longest(found)


def _between(text: str) -> Iterator[tuple[int, str, str]]:
    for start, name in names_between(text, _may_be, _is_no_word):
        yield start, name, "other"
    for start, name in foreign_names(text):
        yield start, name, "other"


def _may_be(name: str) -> bool:
    return is_full_name(name) and not _NO_DOER.match(name)


def _is_no_word(name: str) -> bool:
    """Three characters that begin like a word (任和平) may be a name where both sides say so."""
    return len(name) == 3 and not _NO_NAME.match(name) and not _NO_DOER.match(name)


def _longest(found: dict[str, str]) -> dict[str, str]:
    """Without the beginnings of longer names: 马海尔 of 马海尔哈."""
    return {
        name: kind
        for name, kind in found.items()
        if len(name) < 3 or not any(other != name and other.startswith(name) for other in found)
    }


def officers_in(text: str) -> set[str]:
    """Names behind the words for officers, and before their certificate number."""
    found = {
        name for match in _OFFICER.finditer(text) for _, name in _names_at(text, match.end(), strong=False)
    }
    return found | {match["name"] for match in _CERTIFIED.finditer(text) if match["name"][0] in SURNAMES}


def in_shop(text: str, start: int, end: int) -> bool:
    """Whether the span stands in the name of a shop or firm: 通川区张三便利店, but not 张三经营的便利店."""
    match = SHOP.match(text, end)
    return match is not None and not _NOT_IN_A_SHOP.search(match.group())


def _behind_cues(text: str) -> Iterator[tuple[int, str, str]]:
    for match in _CUE.finditer(text):
        link = _LINK.match(text, match.end())
        end = link.end() if link else match.end()
        strong = bool(link and (link["mark"] or "").strip(" "))
        kind = str(match.lastgroup)
        for start, name in _names_at(text, end, strong=strong):
            yield start, name, kind


def _before_words(text: str) -> Iterator[tuple[int, str, str]]:
    for pattern in (_BEFORE, _SIGNED):
        for match in pattern.finditer(text):
            run, end = match["run"], match.end("run")
            for length in (4, 3, 2):
                name = run[-length:]
                before = text[: end - length][-1:]
                if (
                    len(name) == length
                    and is_full_name(name)
                    and (not _is_han(before) or before in _PERSON_ENDS)
                ):
                    yield end - length, name, "party"
                    break
    for match in _DOING.finditer(text):
        if is_full_name(match["name"]) and not _NO_DOER.match(match["name"]):
            yield match.start("name"), match["name"], "other"


def is_full_name(words: str) -> bool:
    """Whether the words are shaped like a full name, and are no ordinary word."""
    if len(words) < 2:
        return False
    surname = 2 if words[:2] in COMPOUND_SURNAMES and len(words) > 2 else 1
    if (words[0] not in SURNAMES and surname == 1) or "某" in words:
        return False
    return (
        len(words) in (surname + 1, surname + 2) and words[:2] not in ORDINARY and not _NO_NAME.match(words)
    )


def _names_at(text: str, start: int, *, strong: bool) -> list[tuple[int, str]]:
    """The name that begins here, and those joined to it by 、和及与. ``strong``: a colon says that one must."""
    names = []
    while name := _name_at(text, start, strong):
        names.append((start, name))
        start += len(name)
        if start >= len(text) or text[start] not in "、和及与，," or (text[start] in "，," and not strong):
            break
        start += 1
    return names


def _name_at(text: str, start: int, strong: bool) -> str:
    match = _RUN.match(text, start)
    if match is None or "某" in match.group()[:3]:
        return ""
    run = match.group()
    if any(dot in run for dot in "·•・‧"):
        last = re.split("[·•・‧]", run)[-1]
        cut = next((place for place, char in enumerate(last) if place and char in AFTER), len(last))
        return run[: len(run) - len(last) + cut]
    surname = 2 if run[:2] in COMPOUND_SURNAMES else 1 if run[0] in SURNAMES else 0
    if not surname or _NO_NAME.match(run) or (surname == 1 and (run[1] == "州" or _PLACE.match(run))):
        return ""
    clean = [length for length in (surname + 2, surname + 1) if _ends(text, start, length, run)]
    if run[:2] in ORDINARY and surname == 1:
        # 负责人：安全明，
        whole = strong and surname + 2 in clean and not _is_han(text[start + 3 : start + 4])
        return run[: surname + 2] if whole and run[1:3] not in ORDINARY else ""
    if run[0] in FUNCTION and not strong:
        clean = [
            length for length in clean if length > 2 or not _is_han(text[start + length : start + length + 1])
        ]
    if clean:
        return run[: clean[0]]
    return run[: surname + 2] if run[0] not in FUNCTION and len(run) >= surname + 2 else ""


def _ends(text: str, start: int, length: int, run: str) -> bool:
    """Whether a name of this length ends where names end."""
    end = start + length
    return len(run) >= length and (end >= len(text) or text[end] in AFTER or not _is_han(text[end]))


def _is_han(char: str) -> bool:
    return bool(char) and "\u4e00" <= char <= "\u9fff"


def candidates(text: str, surname: str, given: str = "") -> list[Candidate]:
    """Full names of the surname in the text; ``given`` is their last character where the mask tells it."""
    found = []
    for match in re.finditer(rf"{surname}[{_HAN}]{{1,3}}", text):
        name = _candidate(text, match, surname)
        if name and (not given or name.endswith(given)):
            end = match.start() + len(name)
            shop = in_shop(text, match.start(), end)
            found.append(Candidate(match.start(), end, name, _is_certain(text, match.start(), end), shop))
    return found


# No name begins with these behind the surname.
_NO_GIVEN = frozenset("的在于和与及等为是将由到被未对也都不")


def _candidate(text: str, match: re.Match[str], surname: str) -> str:
    """The name that begins at the surname, or nothing where an ordinary word does."""
    run, before = match.group(), text[: match.start()][-1:]
    given = run[len(surname) :]
    if given[0] in "某先女氏姓" or run.startswith("某", len(surname)):
        return ""
    if len(surname) == 1 and (
        run[:2] in ORDINARY or before + surname in ENDING or before + surname in ORDINARY
    ):
        return ""
    if _NO_NAME.match(run) or _PLACE.match(run) or (given[0] in _NO_GIVEN and len(surname) == 1):
        return ""
    short = len(given) == 1 or given[1] in AFTER or bool(_TRADE.match(text, match.start() + len(surname) + 1))
    return run[: len(surname) + (1 if short else 2)]


def _is_certain(text: str, start: int, end: int) -> bool:
    """Words on both sides, or the name standing there again, say that this is a name."""
    name = text[start:end]
    if name[0] in FUNCTION:
        return False
    before, after = text[:start][-6:], text[end : end + 1]
    opened = not before or not _is_han(before[-1]) or bool(_ENDS_WITH_CUE.search(before))
    closed = not after or not _is_han(after) or after in AFTER or after in _GOES_ON
    return (opened and closed) or text.count(name) > 1


# What people do behind their name, once a mask has told that somebody of the surname is meant.
_GOES_ON = frozenset("进做作开收发去找让叫给拿带住等代取购销卖买付交来离逃骑乘搭停摆倒先女")
_ENDS_WITH_CUE = re.compile(
    "(?:"
    + "|".join(_ROLES.values())
    + "|对|由|经|向|给|与|和|及|被|将|让|叫|系|为|是|令|予|据|明|现|问|见|找|告知|通知|联系)$"
)
