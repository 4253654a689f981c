"""Masking what identifies natural persons. Every person, number and address here is invented."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.insight.names import mask_name
from mingjing.insight.redaction import CREDIT, Known, Profile, redact, redact_together
from mingjing.kernel.codes import citizen_check, credit_check, organization_check


def citizen_id(born: str = "19900101", serial: int = 1) -> str:
    first = f"511702{born}{serial:03d}"
    return first + citizen_check(first)


def credit_code(serial: int = 1) -> str:
    first = f"91511702{serial:08d}" + organization_check(f"{serial:08d}")
    return first + credit_check(first)


def test_a_known_person_is_masked_everywhere_it_stands() -> None:
    text = "当事人张建设经营超过保质期的食品。经询问，张建设承认。张 建 设签字。"

    masked = redact(text, [Known("张建设", "party")])

    assert masked.text == "当事人张某经营超过保质期的食品。经询问，张某承认。张某签字。"
    assert {span.reason for span in masked.spans} == {"自然人姓名"}


def test_two_people_of_one_surname_stay_apart() -> None:
    masked = redact("王大明与王小明共同经营。", [Known("王大明", "party"), Known("王小明", "party")])

    assert masked.text == "王某与王某乙共同经营。"


def test_organizations_stay_in_full_with_their_codes() -> None:
    text = f"当事人：达州市某某食品有限公司（统一社会信用代码：{credit_code()}），法定代表人：李国强。"

    masked = redact(text, [Known("达州市某某食品有限公司", "organization")])

    assert "达州市某某食品有限公司" in masked.text
    assert credit_code() in masked.text
    assert "李国强" not in masked.text


def test_the_credit_channel_keeps_the_legal_representative() -> None:
    people = [Known("李国强", "legal_representative")]

    assert redact("法定代表人是别处所述的那位李国强。", people, CREDIT).text.endswith("李国强。")
    assert "李国强" not in redact("法定代表人是别处所述的那位李国强。", people).text


def test_witnesses_and_informants_lose_even_their_surname() -> None:
    text = "证人赵四海证明，举报人钱五福反映。"

    masked = redact(text, [Known("赵四海", "witness"), Known("钱五福", "informant")])

    assert masked.text == "证人某某证明，举报人某某反映。"


def test_officers_are_named() -> None:
    text = "执法人员：周执法、吴检查（执法证号：川S20230001）于2026年3月2日检查。"

    assert "周执法" in redact(text, [Known("周执法", "officer")]).text
    assert "吴检查" in redact(text).text


def test_an_officer_who_bears_the_partys_name_is_masked_with_it() -> None:
    masked = redact(
        "执法人员李强查明，当事人李强无证经营。", [Known("李强", "party"), Known("李强", "officer")]
    )

    assert "李强" not in masked.text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("当事人马得福未取得许可。", "马得福"),
        ("经营者：欧阳春来，住址不详。", "欧阳春来"),
        ("驾驶员陈小二驾驶货车。", "陈小二"),
        ("消费者林一、何二、郭三称。", "何二"),
        ("法定代表人阿依古丽·买买提在场。", "阿依古丽·买买提"),
        ("被询问人（刘长河）陈述。", "刘长河"),
        ("店主胡八一的陈述", "胡八一"),
    ],
)
def test_names_behind_cue_words_are_found_without_a_list(text: str, gone: str) -> None:
    assert gone not in redact(text).text


def test_a_name_found_once_is_masked_throughout() -> None:
    masked = redact("当事人马得福无证经营。后马得福补办。询问时，马得福未到。")

    assert "马得福" not in masked.text
    assert masked.text.count("马某") == 3


@pytest.mark.parametrize(
    "text",
    [
        "当事人应当自收到本决定书之日起十五日内缴纳罚款。",
        "当事人经营的食品超过保质期。",
        "当事人张某在某地乱扔垃圾。",
        "当事人违反《食品安全法》第三十四条。",
        "负责人安全生产职责未落实。",
        "决定对当事人处以罚款5000元。",
        "川市监罚〔2026〕15号，缴款码511700260000012345678。",
        "依据第一百二十四条第一款第（五）项，罚款人民币50000.00元。",
        "当事人收到告知书后未提出陈述、申辩。",
        "检查时间为2026年3月2日14时35分。",
    ],
)
def test_ordinary_sentences_of_decisions_stay_as_they_are(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "gone", "reason"),
    [
        (f"身份证号：{citizen_id()}", citizen_id(), "公民身份号码"),
        ("身份证号码511702199001010000", "511702199001010000", "公民身份号码"),
        (
            f"号码{citizen_id()[:6]} {citizen_id()[6:14]} {citizen_id()[14:]}止",
            citizen_id()[6:14],
            "公民身份号码",
        ),
        ("身份证号：５１１７０２１９９００１０１００００", "１９９００１０１", "公民身份号码"),
        ("联系电话13800000000。", "13800000000", "电话号码"),
        ("联系电话138-0000-0000。", "138-0000-0000", "电话号码"),
        ("拨打0818-2100000联系", "0818-2100000", "电话号码"),
        ("驾驶川S12345小型轿车", "12345", "车辆号牌"),
        ("新能源车川SD12345", "D12345", "车辆号牌"),
        ("银行卡号：6222020200000000000", "6222020200000000000", "银行账号"),
        ("开户账号 1234 5678 9012 3456", "5678 9012", "银行账号"),
        ("电子邮箱test.user@example.com", "test.user", "电子邮箱"),
        ("微信号：wx_test_001", "wx_test_001", "网络账号"),
        ("护照号码：E12345678", "E12345678", "证件号码"),
        ("男，1990年1月1日出生", "1990年1月1日", "出生日期"),
        ("出生日期：1990-01-01", "1990-01-01", "出生日期"),
        ("住址：四川省达州市通川区某某街道某某路12号3栋", "某某路12号", "个人住址"),
        ("现住达川区某某镇某某村5组", "某某村5组", "个人住址"),
    ],
)
def test_what_identifies_a_person_by_its_shape_is_masked(text: str, gone: str, reason: str) -> None:
    masked = redact(text)

    assert gone not in masked.text
    assert reason in {span.reason for span in masked.spans}


def test_an_address_is_shown_down_to_the_county() -> None:
    assert redact("住址：四川省达州市通川区某某路12号。").text == "住址：四川省达州市通川区***。"
    known = [Known("达州市达川区某某路9号", "address")]
    assert redact("送达至达州市达川区某某路9号。", known).text == "送达至达州市达川区***。"


def test_what_the_profile_keeps_stays() -> None:
    profile = Profile("执法公示", keep=frozenset(["0818-2100000"]))

    assert redact("本机关电话：0818-2100000", profile=profile).text == "本机关电话：0818-2100000"


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("当事人为未成年人。", None),
        ("当事人，男，16岁。", None),
        (f"当事人身份证号{citizen_id('20120101')}。", date(2026, 3, 2)),
        ("由其监护人陪同。", None),
    ],
)
def test_minors_go_to_a_person(text: str, on: date | None) -> None:
    assert any("未成年人" in doubt for doubt in redact(text, on=on).needs_person)


def test_an_adult_by_number_does_not_go_to_a_person() -> None:
    assert redact(f"身份证号{citizen_id('19900101')}", on=date(2026, 3, 2)).needs_person == ()


def test_health_data_goes_to_a_person() -> None:
    assert redact("患有乙肝。").needs_person


def test_a_trade_name_that_holds_a_persons_name_stays_and_is_told() -> None:
    people = [Known("通川区马得福餐饮店", "organization"), Known("马得福", "party")]

    masked = redact("通川区马得福餐饮店经营者马得福。", people)

    assert masked.text == "通川区马得福餐饮店经营者马某。"
    assert any("单位名称" in doubt for doubt in masked.needs_person)


@pytest.mark.parametrize(
    ("text", "gone", "kind"),
    [
        ("联系电话：一三九零零零零一二三四。", "一三九零零零零一二三四", "phone"),
        ("手机 １３９\u200b０００\n０１２３４ 号", "０１２３４", "phone"),
        ("（0818）2100000", "2100000", "phone"),
        ("电话：2100000，", "2100000", "phone"),
        ("身份证号：511702\n199001 0100\u200b00", "199001", "citizen_id"),
        ("身份证511702900101001。", "511702900101001", "citizen_id"),
        ("往来港澳通行证：C12345678", "C12345678", "document"),
        ("护照（E12345678）", "E12345678", "document"),
        ("驾驶证号：511702000000001", "511702000000001", "licence"),
        ("健康证明编号：川健2026001234", "", ""),
        ("从业资格证号 5117020000001234", "5117020000001234", "licence"),
        ("QQ：123456789", "123456789", "chat"),
        ("一九九〇年一月一日出生", "一九九〇年一月一日", "birth_date"),
        ("位于通川区某某路12号3栋2单元501室", "2单元501", "address"),
        ("住址：达州市通川区某某路\n12号3栋", "12号3栋", "address"),
        ("身份证号5130**********1234", "1234", "citizen_id"),
        ("电话138xxxx0000", "0000", "phone"),
        ("车牌川S**12A", "12A", "plate"),
        ("姓名\t甄虚构\t性别\t男", "甄虚构", "other"),
        ("当事人（签名）：贾无有", "贾无有", "party"),
        ("贾无有，男，汉族", "贾无有", "party"),
        ("贾无有（签名）", "贾无有", "party"),
        ("见证人：金不存", "金不存", "witness"),
        ("举报人梅有春反映", "梅有春", "informant"),
        ("当事人张某某摆摊。后询问张建设，张建设承认。", "张建设", "other"),
        ("王*明，承认", "明", "party"),
    ],
)
def test_every_mask_has_a_kind_and_numbers_are_found_broken(text: str, gone: str, kind: str) -> None:
    masked = redact(text)

    assert not gone or gone not in masked.text
    assert not kind or kind in {span.kind for span in masked.spans}
    assert all(span.reason for span in masked.spans)


@pytest.mark.parametrize(
    "text",
    [
        "缴款码：4000000000000002，订单号13900001234。",
        f"统一社会信用代码{credit_code(3)}，罚款1390000123元。",
        "执法人员：周执法（执法证号：川S13900001234）。",
        "通川区马得福餐饮店经营的菜品；达州市通川区甄虚构便利店。",
        "案号：（2026）川17行初15号，2026年3月2日14时35分。",
        "张贴公告，主张无效；当事人张某某在场，纸张破损。",
        "当事人于立即改正后来承办活动。",
        "当事人龙港市浦东宾馆、杭州市某公司未按规定办理。",
        "检查达州市通川区某某路12号的门店。",
        "订货 13 14 15 16 17 8 箱",
    ],
)
def test_numbers_of_things_and_ordinary_words_stay(text: str) -> None:
    assert redact(text).text == text


def test_an_individual_business_keeps_its_name_and_the_operator_loses_his() -> None:
    masked = redact("达州市通川区甄虚构便利店，经营者：甄虚构，电话13900001234。")

    assert masked.text == "达州市通川区甄虚构便利店，经营者：甄某，电话***。"
    assert any("字号" in doubt for doubt in masked.needs_person)


def test_officers_keep_their_name_and_lose_their_private_numbers() -> None:
    masked = redact("执法人员：周执法（执法证号：川S20230001，手机13900001234）")

    assert masked.text == "执法人员：周执法（执法证号：川S20230001，手机***）"


def test_redacting_twice_changes_nothing_more() -> None:
    text = f"当事人张建设，身份证号{citizen_id()}，住址：达州市通川区某某路1号，电话13800000000。"
    once = redact(text, [Known("张建设", "party")])

    assert redact(once.text, [Known("张建设", "party")]).text == once.text


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("张三", "张某"),
        ("欧阳春来", "欧阳某"),
        ("司马", "司某"),
        ("阿依古丽·买买提", "阿某"),
        ("张某某", "张某"),
        ("某某", "某某"),
        ("", ""),
    ],
)
def test_a_mask_is_the_surname_and_a_sign(name: str, mask: str) -> None:
    assert mask_name(name) == mask


HAN = st.sampled_from("张王李赵刘陈杨黄明国强芳丽军建设福海山河春来小大")
NAMES = st.text(HAN, min_size=2, max_size=4)
PROSE = st.text(
    st.one_of(HAN, st.sampled_from("当事人的在，。、：（）1230年月日 \u3000处罚款元号路")), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=3, unique=True), st.lists(PROSE, min_size=2, max_size=6), st.data()
)
def test_no_known_name_and_no_number_survives(
    names: list[str], prose: list[str], data: st.DataObject
) -> None:
    number = citizen_id(serial=data.draw(st.integers(0, 999)))
    secrets = [*names, f"，{number}，", "，13800000000，"]
    text = "".join(part + data.draw(st.sampled_from(secrets)) for part in prose)

    masked = redact(text, [Known(name, "party") for name in names])

    assert number not in masked.text
    assert "13800000000" not in masked.text
    left = [name for name in names if name in re.sub(r"\s", "", masked.text)]
    assert not left or masked.needs_person


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken_and_spans_fit(text: str) -> None:
    masked = redact(text)

    assert list(masked.spans) == sorted(masked.spans, key=lambda span: span.start)
    assert all(0 <= span.start < span.end <= len(text) for span in masked.spans)


@pytest.mark.parametrize(
    "texts",
    [
        ("账号6222021234567890123", "5000元"),
        ("银行卡号6222 0212 3456 7890 123", "12 34 56 袋"),
        ("车辆川S7A123", "3号"),
        ("电话13800000000", "13900000000"),
    ],
)
def test_a_number_at_the_end_of_a_text_is_masked_whatever_the_next_begins_with(
    texts: tuple[str, str],
) -> None:
    (first, _), _ = redact_together(texts)

    assert not [figure for figure in first.text if figure.isdigit()]
