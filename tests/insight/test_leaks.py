"""What was masked once and stands in full elsewhere. Every person, number and address is invented."""

from __future__ import annotations

import pytest

from mingjing.insight.initials import initials
from mingjing.insight.leaks import Checked, Known, Passage, leaks_in
from mingjing.insight.redaction import redact

NUMBER, PHONE = "511702199001011234", "13900001234"


def check(*texts: str | Passage, people: tuple[Known, ...] = ()) -> Checked:
    passages = [one if isinstance(one, Passage) else Passage("正文", one) for one in texts]
    return leaks_in(passages, people)


def kinds(checked: Checked) -> set[str]:
    return {one.kind for one in checked.certain}


@pytest.mark.parametrize(
    "mask", ["张某某", "张某", "张*", "张**", "张××", "张ＸＸ", "张□□", "张 某 某", "张○○"]
)
@pytest.mark.parametrize(
    "text",
    [
        "经查，张建设在家中销售。",
        "张建设（签名）",
        "签名：张建设",
        "姓名\t张建设",
        "对张建设进行了询问",
        "张建设，男",
    ],
)
def test_a_name_masked_at_the_top_and_in_full_below(mask: str, text: str) -> None:
    checked = check(f"当事人：{mask}，住址不详。", text)

    names = [one for one in checked.certain if one.words == "张建设"]
    assert names
    assert any(one.contradicts for one in names)


def test_the_place_of_a_leak_and_of_its_mask_are_told() -> None:
    checked = check("当事人张某某在场。", Passage("第 2 页", "第一段。\n后查明，张建设无证经营。"))

    (leak,) = [one for one in checked.certain if one.words == "张建设"]
    assert (leak.place.where, leak.place.paragraph, leak.place.start) == ("第 2 页", 2, 9)
    assert leak.contradicts
    assert (leak.contradicts.where, leak.masked_as) == ("正文", "张某某")
    assert "张建设" not in leak.told()
    assert "张某某" in leak.told()


def test_words_that_begin_like_a_masked_name_are_no_leak() -> None:
    text = "当事人张某在张家村张贴广告，纸张两张，主张无效；王某说王牌产品，于某于3月到场。"

    assert check(text).certain == ()


def test_a_number_masked_once_and_in_full_elsewhere() -> None:
    checked = check("身份证号5117**********1234，电话139****1234。", f"附件：{NUMBER}；联系{PHONE}")

    assert {one.words for one in checked.certain} == {NUMBER, PHONE}
    assert all(one.contradicts for one in checked.certain)


def test_a_number_no_finder_knows_is_found_by_its_mask() -> None:
    checked = check("编号12345****678在册", "见12345 9999 678号")

    assert kinds(checked) == {"document"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("5117**********1234", "511702199001******"),
        ("139****1234", "1390000****"),
        ("5117**************", "********19900101****".replace("****", "", 1)[:18].rjust(18, "*")),
    ],
)
def test_two_masks_that_together_tell_the_number(first: str, second: str) -> None:
    checked = check(f"证号{first}。", f"又写作{second}。")

    told = kinds(checked)
    assert "joined" in told or "birth_date" in told


def test_masks_of_two_people_are_not_put_together() -> None:
    assert "joined" not in kinds(check("证号5117**********1234，又5109021980********。"))


def test_a_mask_that_leaves_the_birthday_is_a_leak() -> None:
    assert kinds(check("身份证号51170219900101****。")) == {"birth_date"}


def test_an_id_masked_but_birthday_and_address_in_full() -> None:
    text = "张某某，身份证号5117**********1234，1990年1月1日出生，住达州市通川区凤凰路12号3栋。"

    assert {"birth_date", "address"} <= kinds(check(text))


def test_the_last_figures_given_away_elsewhere() -> None:
    assert "tail" in kinds(check("手机1390000****，手机尾号1234。"))
    assert not check("请输入手机尾号1234。").certain


def test_metadata_and_file_names_are_compared() -> None:
    checked = check(
        "当事人张某某在场。",
        Passage("元数据·作者", "张建设", bare=True),
        Passage("文件名", "张建设行政处罚决定书.docx", bare=True),
    )

    assert {one.place.where for one in checked.certain} == {"元数据·作者", "文件名"}


def test_a_bare_name_without_a_mask_goes_to_a_person() -> None:
    checked = check(
        "当事人在场。",
        Passage("元数据·作者", "李国强", bare=True),
        Passage("元数据·单位", "达州市某局", bare=True),
    )

    assert [one.words for one in checked.uncertain] == ["李国强"]


def test_a_shop_that_bears_the_name_goes_to_a_person() -> None:
    checked = check("当事人张某系达州市通川区张伟便利店经营者。")

    assert [(one.kind, one.words) for one in checked.uncertain] == [("shop_name", "张伟")]
    assert checked.certain == ()


def test_initials_go_to_a_person() -> None:
    assert initials("张建设") == "ZJS"
    assert [one.words for one in check("张某（ZJS）到场。").uncertain] == ["ZJS"]
    known = (Known("甄建设", "party"),)
    assert [one.kind for one in check("当事人甄某。", "文件ZJS-1", people=known).uncertain] == ["initials"]


def test_an_address_masked_and_a_street_in_the_same_county_goes_to_a_person() -> None:
    checked = check("当事人住达州市通川区***。", "检查地点为通川区凤凰路12号。")

    assert [one.kind for one in checked.uncertain] == ["address"]


def test_officers_and_organizations_may_stand() -> None:
    people = (Known("张建设", "officer"), Known("达州市张建设食品有限公司", "organization"))

    assert check("当事人张某。执法人员张建设。达州市张建设食品有限公司", people=people).certain == ()


@pytest.mark.parametrize(
    "text",
    [
        "当事人张建设在家中销售，张建设承认，电话13900001234。",
        f"姓名\t张建设\t身份证号\t{NUMBER}",
        "当事人张某某摆摊，后询问张建设，张建设签名。",
    ],
)
def test_nothing_leaks_out_of_a_redacted_text(text: str) -> None:
    masked = redact(text)

    assert check(masked.text).certain == ()
