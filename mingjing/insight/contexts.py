"""Who is named by what stands on both sides: 对张三进行询问, 张三之妻, 从张三处购进, 张三未经许可经营食品案.

A word before, a word behind and the characters of a name between them: only where all three agree is it taken for a
name. Names of other languages are known by their sounds. What is found is explained like all else and confirmed by
a person. Source: domain matrix of publicity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from .given import GIVEN, PEOPLES, SOUNDS
from .names import COMPOUND_SURNAMES, SURNAMES

# Surnames that are mostly other words: 元, 但, 由, 国.
FUNCTION = frozenset(
    "于由时和向从管都但及常应相成对关经在包安支干单全有强能平车项元年公位连满广因来查计邮代税国母原付南云海师冶翁童第"
)
_HAN = "\u4e00-\u9fff"
_GIVEN = "".join(sorted(GIVEN))
_SOUND = "".join(sorted(SOUNDS))
_DOT = "·•・．‧∙"
_KIN = (
    "妻子?|丈夫|夫|爱人|配偶|儿子|女儿|子|女|父亲?|母亲?|爸爸?|妈妈?|哥哥?|弟弟?|姐姐?|妹妹?|兄弟?|姐夫|妹夫|嫂子|弟媳|岳父|岳母|公公|婆婆|媳妇|女婿|孙子|孙女|外孙|"
    "侄[子女儿]|外甥女?|叔叔?|伯父|舅舅?|姑姑?|姨|亲戚|家属|家人|朋友|同事|邻居|亲友|女友|男友|员工|雇员|工人|店铺|摊位|房屋|车辆|笔录|询问|陈述|申辩|身份|行为|名义|账户|手机|店"
)
# What stands before a name; the last of them is what people do to or with somebody.
_BEFORE = (
    "[对由向给与和及为将被把让请经系是从同跟替找叫因据令在人者]|询问|讯问|传唤|约谈|通知|告知|责令|给予|委托|雇佣|雇请|雇用|聘请|聘用|招用|租给|卖给|送给|交给|借给|"
    "转给|付给|收取|任命|指派|安排|联系|会同|关于|名叫|认定|认为|查明|查实|发现|指认|举报|系|属于|归|后|而|但|其中|及其|即|[年月日时分]|原告|被告|上诉人|"
    "店员|营业员|收银员|服务员|导购员?|保安|门卫|店长|厂长|场长|队长|班长|组长|主任|书记|老师|教师|校长|院长|所长|法官|律师|村民|居民|市民|群众|网民|"
    "哥哥?|弟弟?|姐姐?|妹妹?|兄|岳父|岳母|媳妇|女婿|[其之]?[妻夫子女父母]|儿子|丈夫|出纳|会计|库管员?|保管员|采购员?|检验员|操作工|电工|焊工|塔吊司机|木工|泥工|杂工|小工|实际控制人|承运人|"
    "收款人|付款人|借款人|出借人|担保人|继承人|承包人|承租方|出租方|甲方|乙方|卖方|买方|买家|卖家|货主|船主|船长|船员|机主|号主|群主|楼主|场主|矿主|摊主|摊贩|商贩|小贩|游客|乘员|伤员|网友|用户|会员|学员|业户|农户|养殖户|经营户|种植户"
)
# What people do, are and own: what stands behind a name.
_BEHIND = (
    f"之(?:{_KIN})|的(?:{_KIN}|上述|违法|处|陪同|同意|签字|签名|见证)|系(?!统|数|列)|是|在(?:场|现场|其|该|本|此|上述|某|未|家|店|经营|接受|\\d|[{_HAN}]{{1,8}}[路街镇村区县市店处])|"
    "于(?:[12]\\d{3}|\\d|某|当|本|次|同|上|昨|今)|未(?:经|到|取得|按|能|予|提出|在|办理|参加|随|佩戴|依)|不(?:在|服|知|配合|予|认可|同意)|无(?:证|照|违法|异议)|有(?:违法|异议)|"
    "等(?:\\d|[一二两三四五六七八九十多]|人)|及其|[、和与](?=[^，。]{0,8}(?:某|均(?:签|证|称|为|未|系|在)|签[字名]|分别|共同|二人|两人|三人|在场|等[\\d一二三四五六七八九十两多]*(?:人|名)))|到(?:场|案|达|庭)|在场|签(?:字|名|收|署|订)|捺印|送达|、?口头|承认|否认|陈述|申辩|提(?:供|出|交|起)|称|表示|"
    "自(?:述|称|愿|行|购|认)|已(?:经)?(?:[缴改履签死]|接受|整改)|又(?:在|于|将)|均|因(?:涉嫌|无|未|违|病|交)|向(?:我|本|其|[^，。]{1,6}(?:购|销|支|借|举|反|提))|对(?:此|上述|该)|被(?:查|发现|传|抓|当|公安|举)|以(?:每|营利|[\\d]|其)|并(?:未|在|向|将)|"
    "驾(?:驶|车)|乘(?:坐|车)|骑(?:行|车)?|持(?:有)?|携带|涉嫌|非法|违法|违规|违反|擅自|一案|作出|制作|说(?:明)?(?=[，。：“是不其该])|当(?:场|时|日|庭)|现(?:场|住|年|场)|进行|拒(?:绝|不)|购(?:买|进|入)|缴(?:纳|清)|交(?:付|纳|来|代)|申请|"
    "要求|收(?:到|取|购|受)|经营|销售|使用|存放|停放|操作|担任|负责|名下|本人|二人|两人|三人|同意|认可|知晓|知道|明知|身份证|电话|手机|出(?:租|借|售|具|示|庭)|租(?:用|赁|住)|雇|委托|立即|限期|罚款|警告|处以|予以|口头|代(?:为|收|签|办|理)|"
    "为(?:该|本|其|上述|了|项目|安全|法|负责|当)|将(?:其|该|上述|货|车|房|食|垃)|与(?:其|该|本|上述|某|[^，。]{1,8}(?:系|签|共|一|发|之))|家(?:中|里|属|人|住)|处(?:购|查|进|，|。|扣)|打(?:电|伤)|殴打|前(?:来|往)|死亡|受伤|就诊|投诉|举报|反映|(?:正在|当场|随车|无证|违章|酒后|醉酒|未随|继续|多次|曾|先后)|"
    "受(?:轻|重|伤|委|雇|聘|到|理|害)|报(?:案|警|称)|证(?:实|明|言)|后(?:制|又|经)|[\\d一二三四五六七八九十百千两几]+(?:万?元|件|次|公?斤|人|天|岁|日|个|瓶|套|份|只|头|箱|袋|吨|\\d)|押金|定金|货款|租金|工资|共同|分别|"
    "(?:收银|值班|看守|看管|把守|上岗|在岗|巡查|巡逻|开票|验收|保管|监护|照看|制售|出售|叫卖|揽客|接单|送货|运输|装卸|种植|养殖|饲养|砍伐|采伐|捕捞|垂钓|露营|吸烟|饮酒|打架|斗殴|推搡|辱骂|阻碍|阻挠|逃逸|离开|返回|居住|出生|毕业)|"
    "\\s?[（(](?:系|另案|以下|下称|已|身份|公民|居民|男|女|原|曾|现|时年|签名|签字|捺印|本人)|[，,]\\s?[男女](?![儿士方性友])"
)
_SURNAME = "|".join(sorted(COMPOUND_SURNAMES)) + "|[" + "".join(sorted(SURNAMES)) + "]"
# Overlapping on purpose: the name may begin at any surname.
_NAME = re.compile(rf"(?=(?P<name>(?:{_SURNAME})(?:[{_GIVEN}]{{2}}|[{_GIVEN}]))(?:{_BEHIND}))")
_LONE = re.compile(rf"(?=(?P<name>(?:{_SURNAME})(?:[{_GIVEN}]{{2}}|[{_GIVEN}]))(?:[^{_HAN}]|$))")
_OPENS = re.compile(rf"(?:^|[^{_HAN}{_DOT}]|{_BEFORE})$")
_DOES_TO = re.compile(
    r"(?:销售给|出售给|询问|讯问|传唤|约谈|通知|告知|责令|给予|委托|雇佣|雇请|雇用|聘请|聘用|招用|租给|卖给|送给|交给|转账给|付给|任命|指认|名叫|店员|店长|营业员|收银员|服务员|保安|"
    r"实际控制人|承运人|收款人|付款人|借款人|甲方|乙方|卖方|买方|货主|船主|船长|摊主|摊贩|商贩|出纳|采购员|操作工|电工|焊工|[其之][妻夫子女父母兄弟姐妹]亲?|儿子|丈夫|哥哥|弟弟|姐姐|妹妹)"
    r"(?:[（(](?:签名|签字|盖章)[）)])?[:： ]{0,2}$"
)
_OF_PEOPLE = re.compile(
    rf"之(?:{_KIN})|的(?:妻|丈夫|儿子|女儿|父|母|哥|弟|姐|妹|询问|笔录)|系(?:该|本|其|当事)|\s?[（(](?:系|男|女|身份|公民|居民|签名|签字|捺印|本人|另案)|[，,]\s?[男女]"
    r"|涉嫌|非法|擅自|未经|驾驶|签[字名收署]|一案|到场|承认|陈述|拒[绝不]|在场|证[实明言]|报[案警]|签订|提供|代[收签为]|处购|协商|口头|自述|本人|[二两三]人|同意|上岗|[和与、](?=[^，。]{0,6}某)|是(?:该|本|其)"
)
_COUNTED = re.compile("[0-9０-９一二三四五六七八九十百千几数余]")
_CELL = re.compile(
    rf"(?:^|[\t|｜])\s?(?P<name>(?:{_SURNAME})[{_GIVEN}]{{1,2}})\s?(?=[\t|｜]|$)", re.MULTILINE
)
_PEOPLE_TABLE = re.compile(r"姓\s*名|员工|人员|签名|签字")
_DOTTED = re.compile(rf"[{_SOUND}]{{1,9}}(?:\s?[{_DOT}]\s?[{_SOUND}]{{1,9}})+")
_PEOPLES = re.compile(rf"(?:{PEOPLES})[{_SOUND}]{{1,4}}")
_PERSON_NEAR = re.compile(
    r"(?:[人者员方主长民属名字系由对向与和被给经为处询问妻夫子女父母：:、，。（(\s\t|｜]|^)$"
)
_LATIN = re.compile(
    r"(?:当事人|代表人|行为人|驾驶[人员]|被处罚人|申请人|经营者|负责人|被询问人|姓名|外国人|学生|员工|外教|[国籍]人)(?:系|为|是)?[\s:：|｜（(]{0,3}"
    r"(?P<name>[A-Z][A-Za-z'’.\-]+(?:[ ,·]{1,2}[A-Z][A-Za-z'’.\-]+){1,4})"
    r"|(?<![A-Za-z])(?P<before>[A-Z][A-Za-z'’.\-]+(?:[ ,·]{1,2}[A-Z][A-Za-z'’.\-]+){1,4})\s?(?=[（(，,]\s?(?:护照|男|女|国籍|身份证|证件|[\u4e00-\u9fff]{1,6}国?籍))"
)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_APART = re.compile(
    rf"(?:(?<![{_HAN}])|(?<=[人者员名系为是由对向与]))[{_HAN}](?:[ \u00a0\u2002-\u200a\u3000]{{1,4}}[{_HAN}](?=[^{_HAN}]|$|{_BEHIND}))+"
)
_BLANKS = re.compile(r"[ \u00a0\u2002-\u200a\u3000]+")


def names_between(
    text: str, is_name: Callable[[str], bool], is_no_word: Callable[[str], bool]
) -> Iterator[tuple[int, str]]:
    """Where a name begins that words on both sides, or one telling word, give away. ``is_name`` bars what looks
    like a word, ``is_no_word`` what is one for certain: enough where what follows is said of people alone."""
    for match in _NAME.finditer(text):
        name, start = match["name"], match.start()
        if not is_name(name) and not (is_no_word(name) and _is_of_people(text, start, match.end("name"))):
            continue
        if name[0] in "万元" and _COUNTED.search(text[:start][-1:]):
            continue
        if name[0] in FUNCTION and not _is_of_people(text, start, match.end("name")):
            continue
        if _OPENS.search(text, max(0, start - 8), start):
            yield start, name
    for match in _LONE.finditer(text):
        name = match["name"]
        if (is_name(name) or is_no_word(name)) and _does_to(text, match.start()):
            yield match.start(), name
    if _PEOPLE_TABLE.search(text):
        for match in _CELL.finditer(text):
            if is_name(match["name"]):
                yield match.start("name"), match["name"]


def _is_of_people(text: str, start: int, end: int) -> bool:
    """Whether the words on one side are said of people alone."""
    return bool(_OF_PEOPLE.match(text, end)) or _does_to(text, start)


def _does_to(text: str, start: int) -> bool:
    return bool(_DOES_TO.search(text, max(0, start - 12), start))


def foreign_names(text: str) -> Iterator[tuple[int, str]]:
    """Names in the sounds of other languages: with dots anywhere, without where somebody is spoken of; and in Latin
    letters beside a word for a person."""
    for match in _DOTTED.finditer(text):
        name = match.group()
        if len(_BLANKS.sub("", name)) >= 4 and text[: match.start()][-1:] not in ("《", "“", "‘"):
            yield match.start(), name
    for match in _PEOPLES.finditer(text):
        if _PERSON_NEAR.search(text, max(0, match.start() - 2), match.start()):
            yield match.start(), match.group()
    for match in _LATIN.finditer(text):
        key = "name" if match["name"] else "before"
        yield match.start(key), match[key].rstrip(" ,.")


def closed_up(text: str) -> str:
    """The text as a reader takes it: without invisible signs, compatibility forms as the usual characters, and the
    blanks between single characters gone (张　三). Offsets do not survive."""
    plain = _INVISIBLE.sub("", "".join(map(_usual, text)) if _COMPATIBLE.search(text) else text)
    return _APART.sub(lambda match: _BLANKS.sub("", match.group()), plain)


_COMPATIBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")


def _usual(char: str) -> str:
    return unicodedata.normalize("NFKC", char) if _COMPATIBLE.match(char) else char
