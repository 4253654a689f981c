"""The form of a step: who gets it, what a post does, and every way in which it can go wrong."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingjing.cases.models import Case, Evidence, Submission
from mingjing.publicity.models import Publication
from mingjing.record import queries as record
from tests.makers import AT
from tests.pictures import picture
from tests.web.desk_world import FILE, World, form_of


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


def address(case: Case, step: str) -> str:
    return f"/desk/cases/{case.no}/steps/{step}"


def text_of(response: Any) -> str:
    return response.content.decode()


def test_the_form_shows_fields_articles_recording_and_papers(world: World, case: Case) -> None:
    page = text_of(world.client("li").get(address(case, "site_inspection")))

    assert 'name="fact.site_findings"' in page
    assert "须全程音像记录" in page
    assert "《行政处罚法》第五十五条" in page
    assert "预览《现场笔录》" in page
    assert f'name="version" value="{case.version}"' in page


@pytest.mark.parametrize(
    "who, status", [("li", 200), ("wang", 200), ("zhao", 403), ("juzhang", 403), ("stranger", 404)]
)
def test_three_people_and_more_at_one_form(world: World, case: Case, who: str, status: int) -> None:
    assert world.client(who).get(address(case, "file")).status_code == status


@pytest.mark.parametrize("who, status", [("zhao", 403), ("juzhang", 403), ("stranger", 404), ("jiandu", 403)])
def test_what_one_may_not_see_one_may_not_post(world: World, case: Case, who: str, status: int) -> None:
    response = world.client(who).post(address(case, "file"), form_of(FILE, case.version))

    assert response.status_code == status
    assert not Submission.objects.exists()


def test_taking_a_step_leads_back_to_the_case_and_seals_it(world: World, case: Case) -> None:
    facts = {"service_address": "达州市通川区某某路1号", "service_recipient": "张某某"}

    response = world.client("li").post(address(case, "service_address"), form_of(facts, case.version))

    assert response.status_code == 302
    assert response["Location"] == f"/desk/cases/{case.no}"
    step = case.steps.get(step="service_address")
    assert step.by == world.officers["li"]
    assert record.places([step.entry_id])


def test_wrong_fields_come_back_with_messages_and_everything_typed(world: World, case: Case) -> None:
    typed = {**FILE, "cause": "", "filing_reason": "理由" * 1100}

    response = world.client("li").post(address(case, "file"), form_of(typed, case.version))

    page = text_of(response)
    assert response.status_code == 422
    assert "有 2 项需要更正" in page
    assert 'href="#fact-cause"' in page
    assert "最多 2000 个字，现有 2200 个字" in page
    assert FILE["initial_evidence"] in page
    assert not Submission.objects.exists()


def test_a_refusal_is_shown_on_the_form_with_everything_typed(world: World, case: Case) -> None:
    typed = {**FILE}
    makers_certificate = world.officers["wang"].certificates.get()
    makers_certificate.state = "suspended"
    makers_certificate.save()

    response = world.client("li").post(address(case, "file"), form_of(typed, case.version))

    page = text_of(response)
    assert response.status_code == 409
    assert "须由 2 名以上持有有效执法证件的人员办理" in page
    assert "第四十二条" in page
    assert FILE["filing_reason"] in page


def test_the_second_of_two_people_is_told_and_loses_nothing(world: World, case: Case) -> None:
    seen = case.version
    world.take(case, "service_address", {"service_address": "达州市某某路1号"}, by="wang")

    response = world.client("li").post(address(case, "file"), form_of(FILE, seen))

    page = text_of(response)
    assert response.status_code == 409
    assert "wang某已办理“送达地址确认”" in page
    assert FILE["filing_reason"] in page
    assert f'name="version" value="{case.version}"' in page


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_form_without_a_sound_version_changes_nothing(world: World, case: Case, version: str) -> None:
    response = world.client("li").post(address(case, "file"), {**form_of(FILE, 0), "version": version})

    assert response.status_code == 409
    assert not Submission.objects.exists()


def test_a_step_that_is_not_possible_yet_says_why_and_offers_no_form(world: World, case: Case) -> None:
    response = world.client("li").get(address(case, "conclude"))

    page = text_of(response)
    assert response.status_code == 409
    assert "现在不能办理" in page
    assert 'name="fact.' not in page


def test_a_step_that_does_not_exist_is_refused(world: World, case: Case) -> None:
    response = world.client("li").get(address(case, "no-such-step"))

    assert response.status_code in (404, 409)
    assert "没有名为" in text_of(response)


def test_a_submitted_step_is_shown_as_waiting(world: World, case: Case) -> None:
    world.take(case, "file", FILE)

    page = text_of(world.client("li").get(address(case, "file")))

    assert "正在等待机关负责人审批" in page


def test_a_returned_submission_comes_back_filled_in(world: World, case: Case) -> None:
    taken = world.take(case, "file", FILE)
    world.client("juzhang").post(f"/desk/submissions/{taken.submission_id}/return", {"opinion": "补充证据。"})

    page = text_of(world.client("li").get(address(case, "file")))

    assert FILE["filing_reason"] in page


def test_what_a_browser_would_run_is_no_evidence(world: World, case: Case) -> None:
    page = SimpleUploadedFile("evil.png", b"<script>alert(1)</script>", content_type="image/png")

    response = world.client("li").post(
        address(case, "evidence_extract"), {"version": case.version, "fact.evidence_files": page}
    )

    assert "打开时会执行其中的代码" in text_of(response)
    assert not Evidence.objects.exists()


def test_files_become_evidence_that_only_downloads(world: World, case: Case) -> None:
    video = SimpleUploadedFile("执法记录.mp4", b"\x00\x00\x00\x18ftypmp42", content_type="text/plain")
    page = SimpleUploadedFile("数据.html", b"\x01\x02\x03\x04", content_type="text/html")
    facts = {
        "evidence_kind": "document",
        "evidence_title": "票据",
        "evidence_source": "当事人",
        "evidence_taken_at": "2026-11-20T09:00",
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }

    response = world.client("li").post(
        address(case, "evidence_extract"),
        {**form_of(facts, case.version), "fact.evidence_files": [video, page]},
    )

    assert response.status_code == 302
    kinds = dict(Evidence.objects.values_list("name", "kind"))
    assert kinds == {"执法记录.mp4": "audiovisual", "数据.html": "document"}
    client, place = world.client("li"), f"/desk/evidence/{Evidence.objects.get(name='数据.html').pk}"
    opened = client.post(f"{place}/open", {"how": "view"})
    text = client.get(opened["Location"].replace(place, f"{place}/content"))
    assert text["Content-Disposition"].startswith("attachment")
    assert text["Content-Type"] == "application/octet-stream"
    assert text["X-Content-Type-Options"] == "nosniff"
    assert b"".join(text.streaming_content) == b"\x01\x02\x03\x04"


def test_an_empty_file_is_refused_by_name(world: World, case: Case) -> None:
    empty = SimpleUploadedFile("空.pdf", b"", content_type="application/pdf")

    response = world.client("li").post(
        address(case, "site_inspection"), {**form_of({}, case.version), "fact.site_files": empty}
    )

    assert response.status_code == 422
    assert "文件“空.pdf”是空的" in text_of(response)


def site(world: World, **more: Any) -> dict[str, Any]:
    return {
        "site_began_at": "2026-11-20T09:00",
        "site_ended_at": "2026-11-20T10:00",
        "site_place": "达州市通川区某某路1号",
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
        "rights_told": "yes",
        "notice_reply": "paper",
        "site_findings": "货架上有某某食品三袋。",
        "site_signing": "pad",
        "site_read_back": "read",
        **more,
    }


def test_the_form_offers_a_pad_and_a_file_for_a_signature(world: World, case: Case) -> None:
    page = text_of(world.client("li").get(address(case, "site_inspection")))

    assert "data-signature" in page
    assert '<input type="file" accept="image/png" id="fact-site_signature"' in page


INK = picture(800, 320)
DRAWN = "data:image/png;base64," + base64.b64encode(INK).decode()


@pytest.mark.parametrize(
    "answer", [DRAWN, SimpleUploadedFile("名.png", INK, content_type="image/png")], ids=["drawn", "chosen"]
)
def test_a_signature_comes_drawn_or_as_a_picture(world: World, case: Case, answer: Any) -> None:
    facts = site(world, site_signature=answer)

    response = world.client("li").post(address(case, "site_inspection"), form_of(facts, case.version))

    assert response.status_code == 302, text_of(response)
    step = case.steps.get(step="site_inspection")
    assert step.facts["site_signature"] == hashlib.sha256(INK).hexdigest()
    assert [(one.kind, one.sha256) for one in Evidence.objects.filter(step=step)] == [
        ("signature", hashlib.sha256(INK).hexdigest())
    ]
    assert "已签名，图片存入证据" in text_of(world.client("li").get(f"/desk/cases/{case.no}"))


@pytest.mark.parametrize(
    "answer, words",
    [
        ("", "尚未签名"),
        ("data:image/png;base64,!!!", "不是 PNG 图片"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "不是 PNG 图片"),
        ("javascript:alert(1)", "不是 PNG 图片"),
        ("data:image/png;base64," + base64.b64encode(picture(ink=False)).decode(), "图片是空白的"),
        (SimpleUploadedFile("evil.png", b"<script>", content_type="image/png"), "不是 PNG 图片"),
        (SimpleUploadedFile("big.png", bytes(300_000), content_type="image/png"), "图片超过 200 kB"),
    ],
)
def test_what_is_no_signature_is_told_at_the_field(world: World, case: Case, answer: Any, words: str) -> None:
    facts = site(world, site_signature=answer)

    response = world.client("li").post(address(case, "site_inspection"), form_of(facts, case.version))

    page = text_of(response)
    assert response.status_code == 422
    assert words in page
    assert 'href="#fact-site_signature"' in page
    assert "javascript:" not in page
    assert not Evidence.objects.exists()


def test_a_drawn_signature_outlives_a_mistake_elsewhere(world: World, case: Case) -> None:
    facts = site(world, site_signature=DRAWN, site_place="")

    response = world.client("li").post(address(case, "site_inspection"), form_of(facts, case.version))

    assert response.status_code == 422
    assert f'value="{DRAWN}" data-signature-drawn' in text_of(response)


def test_a_preview_shows_what_is_typed_without_a_number(world: World, case: Case) -> None:
    url = f"{address(case, 'file')}/preview/filing-approval.pdf"

    response = world.client("li").post(url, form_of({"cause": "涉嫌经营超过保质期的食品"}, case.version))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert not case.papers.filter(form="filing-approval").exists()


def test_a_draft_is_a_word_document_with_what_is_typed(world: World, case: Case) -> None:
    url = f"{address(case, 'file')}/draft/filing-approval.docx"

    response = world.client("li").post(url, form_of({"cause": "涉嫌经营超过保质期的食品"}, case.version))

    assert response.status_code == 200
    assert "filename*=UTF-8''%E8%8D%89%E7%A8%BF-" in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as package:
        assert "涉嫌经营超过保质期的食品" in package.read("word/document.xml").decode()
    assert not case.papers.filter(form="filing-approval").exists()


@pytest.mark.parametrize("who, status", [("zhao", 200), ("stranger", 404)])
def test_a_preview_is_as_open_as_the_case(world: World, case: Case, who: str, status: int) -> None:
    url = f"{address(case, 'file')}/preview/filing-approval.pdf"

    assert world.client(who).post(url, form_of({}, case.version)).status_code == status


def test_a_form_that_the_step_does_not_issue_cannot_be_previewed(world: World, case: Case) -> None:
    url = f"{address(case, 'file')}/preview/penalty-decision.pdf"

    assert world.client("li").post(url, form_of({}, case.version)).status_code == 404


# --- steps that belong to other rooms ---


def test_payment_is_never_entered_by_hand(world: World) -> None:
    case = world.spot_decision()

    page = text_of(world.client("duizhang").get(address(case, "payment_confirmed")))

    assert "由银行对账文件确认" in page
    assert 'name="fact.paid_fen"' not in page


def test_a_posted_payment_is_turned_away(world: World) -> None:
    case = world.spot_decision()
    facts = {"paid_fen": "100", "paid_on": "2026-11-20", "bank_reference": "X1"}

    response = world.client("duizhang").post(address(case, "payment_confirmed"), form_of(facts, case.version))

    assert response.status_code == 409
    assert case.payments.get().state == "open"


def reviewed(world: World, case: Any) -> dict[str, str]:
    """What the form hands back of a proposal that somebody looked through."""
    page = text_of(world.client("gongshi").get(address(case, "publish")))
    return {"seen": page.split('name="seen" value="')[1].split('"')[0], "reviewed": "yes"}


def test_every_mask_is_explained_before_publishing(world: World) -> None:
    case = world.spot_decision()
    case.facts = {**case.facts, "violation_fact": "当事人李某某在场，后询问李有才，电话13800138000。"}
    case.save()

    page = text_of(world.client("gongshi").get(address(case, "publish")))

    assert 'title="电话号码：电话号码，公示为“***”">13800138000<a href="#mask-' in page
    assert 'data-label="原文">李有才</td><td class="words" data-label="公示为">李某' in page
    assert "我已逐处核对" in page


def masked_again(world: World, case: Any, **more: str) -> tuple[Any, str]:
    """The page after the publisher asked for other masks."""
    form = form_of({}, case.version) | {"do": "mask", **more}
    response = world.client("gongshi").post(address(case, "publish"), form)
    return response, text_of(response)


def test_the_publisher_undoes_a_wrong_mask_and_adds_a_missed_one(world: World) -> None:
    case = world.spot_decision()
    case.facts = {**case.facts, "violation_fact": "当事人在场，后询问李有才，地点在虚构大楼。"}
    case.save()

    response, page = masked_again(world, case, **{"keep.李有才": "是店名", "more": "虚构大楼\r\n\r\n"})

    public = page.split('name="text.violation_fact">')[1].split("</textarea>")[0]
    assert response.status_code == 200
    assert public == "当事人在场，后询问李有才，地点在***。"
    assert 'value="是店名"' in page
    assert not Publication.objects.exists()

    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = form_of({"publication_note": "无。"}, case.version) | {
        "keep.李有才": "是店名",
        "more": "虚构大楼",
        "seen": seen,
        "reviewed": "yes",
    }
    response = world.client("gongshi").post(address(case, "publish"), form)
    assert response.status_code == 302, text_of(response)[text_of(response).find("怎么办") - 600 :][:900]
    text = dict(Publication.objects.get(case=case).rendition["text"])
    assert text["违法事实"] == "当事人在场，后询问李有才，地点在***。"


def test_what_was_typed_stays_when_masks_change(world: World) -> None:
    case = world.spot_decision()

    _, page = masked_again(world, case, **{"text.violation_fact": "饮料标签有瑕疵。", "more": "饮料"})

    assert ">***标签有瑕疵。</textarea>" in page


def test_a_known_persons_mask_stays_and_the_page_says_why(world: World) -> None:
    case = world.spot_decision()
    name = case.party.legal_representative or case.party.name
    case.facts = {**case.facts, "violation_fact": f"{name}在场，身份证号510000199001010000。"}
    case.save()

    response, page = masked_again(world, case, **{"keep.510000199001010000": "编号"})

    assert response.status_code == 200
    assert "不能取消遮盖" in page
    assert "510000199001010000" not in page.split('name="text.violation_fact">')[1].split("</textarea>")[0]


def test_what_was_not_looked_through_is_not_published(world: World) -> None:
    case = world.spot_decision()
    form = form_of({"publication_note": "无。"}, case.version) | reviewed(world, case)
    del form["reviewed"]

    response = world.client("gongshi").post(address(case, "publish"), form)

    assert response.status_code == 409
    assert "逐处核对" in text_of(response)
    assert not Publication.objects.exists()


def test_publishing_shows_original_and_masked_text_side_by_side(world: World) -> None:
    case = world.spot_decision()

    page = text_of(world.client("gongshi").get(address(case, "publish")))

    assert "违法事实（原文）" in page
    assert "违法事实（公示）" in page
    assert 'name="text.violation_fact"' in page
    public = page.split('name="text.violation_fact">')[1].split("</textarea>")[0]
    assert "13800138000" not in public
    assert 'name="text.violated_provision">《食品安全法》第六十七条</textarea>' in page


def test_the_publisher_may_shorten_the_text(world: World) -> None:
    case = world.spot_decision()
    form = form_of({"publication_note": "已作脱敏处理。"}, case.version) | {
        "text.violation_fact": "当事人销售标签有瑕疵的饮料。",
        **reviewed(world, case),
    }

    response = world.client("gongshi").post(address(case, "publish"), form)

    assert response.status_code == 302
    shown = Publication.objects.get(case=case)
    assert ["违法事实", "当事人销售标签有瑕疵的饮料。"] in shown.rendition["text"]


def test_personal_data_written_back_is_refused_and_kept_for_mending(world: World) -> None:
    case = world.spot_decision()
    form = form_of({"publication_note": "无。"}, case.version) | {
        "text.violation_fact": "张某某，电话13800138000。",
        **reviewed(world, case),
    }

    response = world.client("gongshi").post(address(case, "publish"), form)

    page = text_of(response)
    assert response.status_code == 409
    assert "个人信息未作处理" in page
    assert "张某某，电话13800138000。</textarea>" in page
    assert not Publication.objects.exists()


@pytest.mark.parametrize("who, status", [("gongshi", 200), ("li", 403), ("stranger", 404)])
def test_only_the_publisher_publishes(world: World, who: str, status: int) -> None:
    case = world.spot_decision()

    assert world.client(who).get(address(case, "publish")).status_code == status


def test_the_time_of_the_step_is_the_moment_of_the_request(world: World, case: Case) -> None:
    world.client("li").post(
        address(case, "service_address"), form_of({"service_address": "某某路1号"}, case.version)
    )

    assert case.steps.get(step="service_address").at == AT
