"""Chinese personal names: surnames, and how a name is shown once masked."""

from __future__ import annotations

import re

_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖公乘贯丘公皙南荣东里东宫仲长子书子桑即墨达奚"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[place : place + 2] for place in range(0, len(_COMPOUND), 2))
# The surnames of nearly everybody, by frequency and from the older lists.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文"
    "牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜"
    "冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠"
    "荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄"
    "平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇"
    "阎代税蹇庹谯旷逄郗郄缑钮竺雒"
    "公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_SEPARATORS = "·•・．‧∙"
_DOTTED = re.compile(rf"[{_SEPARATORS}]")
_ALREADY = re.compile(r"[某×xX*＊]")


def surname_of(name: str) -> str:
    """The surname: two characters for compound ones, the first part's first character for dotted names."""
    head = _DOTTED.split(name.strip(), maxsplit=1)[0]
    if len(name.strip()) >= 3 and head[:2] in COMPOUND_SURNAMES:
        return head[:2]
    return head[:1]


def mask_name(name: str) -> str:
    """A natural person's name as the public may see it: 张某; a name already masked comes out alike.

    Source: domain matrix of publicity (surname and mask for natural persons).
    """
    tidy = name.strip()
    if not tidy:
        return ""
    surname = surname_of(tidy)
    return "某某" if _ALREADY.fullmatch(surname) else f"{surname}某"
