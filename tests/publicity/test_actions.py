"""Publishing and withdrawing: the public row holds nothing that identifies a person, and ends as a tombstone."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Case
from mingjing.insight import documents
from mingjing.kernel.procedure import MatterRule
from mingjing.kernel.refused import Refused
from mingjing.publicity import actions, rendition
from mingjing.publicity.models import Publication
from mingjing.publicity.queries import Filters, by_slug, published
from mingjing.record import queries as record
from tests.insight import files
from tests.office import (
    Matter,
    Office,
    company,
    nothing_saved,
    open_matter,
    person,
    refused,
    spot,
    to_decision,
)
from tests.parties.makers import citizen_id, credit_code

pytestmark = pytest.mark.django_db

# Obviously invented, and without 某, which redaction rightly takes for masked already.
PARTY, REPRESENTATIVE, WITNESS, INFORMANT, AGENT = "甄虚构", "贾无有", "金不存", "梅有人", "范子虚"
PHONE, STREET = "13900001234", "达州市通川区某某路7号3单元501"
TEXT = (
    "2026年3月1日，当事人{party}在其诊所开展诊疗，身份证号{id}，电话{phone}，住{street}。"
    "证人{witness}、举报人{informant}、受委托的{agent}均到场，{party}予以承认。"
)


@pytest.fixture(scope="module")
def told(office: Office) -> tuple[Matter, dict[str, str]]:
    """A decided case against a citizen whose papers are full of personal data."""
    values = {
        "party": PARTY,
        "id": citizen_id(7),
        "phone": PHONE,
        "street": STREET,
        "witness": WITNESS,
        "informant": INFORMANT,
        "agent": AGENT,
    }
    citizen = person(name=PARTY, code=values["id"], code_valid=True, address=STREET, phone=PHONE)
    matter = open_matter(
        office,
        power="MED-10",
        party=citizen,
        fine_fen=1_000_000,
        facts={"lead_provider": INFORMANT, "lead_provider_contact": PHONE},
    )
    matter.do("site_inspection", site_person=AGENT, site_attestant=WITNESS)
    matter.do("file")
    matter.do("interview", interviewee=PARTY, interviewee_address=STREET)
    matter.do(
        "conclude",
        violation_fact=TEXT.format(**values),
        discretion_reason=f"{PARTY}主动改正，{AGENT}代为说明。",
        complex_case=False,
    )
    for step in ("legal_review", "advance_notice", "serve_notice"):
        if step in matter.work.marking.included:
            matter.do(step)
    matter.move_to(date(2026, 3, 11))
    if "discussion" in matter.owed():
        matter.do("discussion")
    matter.do("decide")
    return matter, values


def row(matter: Matter) -> Publication:
    return Publication.objects.get(case_id=matter.case_id)


def everything(publication: Publication) -> str:
    """All that the row holds, as one text."""
    values = Publication.objects.filter(pk=publication.pk).values().get()
    return json.dumps(values, ensure_ascii=False, default=str)


def publish(matter: Matter, **more: Any) -> Any:
    values: dict[str, Any] = {
        "case_id": matter.case_id,
        "step": "publish",
        "facts": matter.form("publish"),
        "actor": matter.office.actor("publisher", matter.at),
        "at": matter.at,
        "seen": actions.previewed(matter.case_id, "publish").digest,
    }
    return actions.publish(**{**values, **more})


def test_no_personal_value_of_the_case_is_anywhere_in_the_public_row(
    told: tuple[Matter, dict[str, str]],
) -> None:
    matter, values = told

    publish(matter)

    text = everything(row(matter))
    for name, value in values.items():
        assert value not in text, name
    assert "甄某" in text
    assert row(matter).subject == "甄某"
    assert row(matter).subject_code == ""
    assert "诊所开展诊疗" in text


def test_a_publication_names_step_and_decision_on_the_record(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    taken = publish(matter)

    publication = row(matter)
    kinds = {one.entry_id: one.plain.get("step") for one in record.history(f"case:{matter.case_id}")}
    assert publication.entry_id == taken.entry_id
    assert kinds[publication.entry_id] == "publish"
    assert kinds[publication.decision_entry_id] == "decide"
    assert publication.decided_on == date(2026, 3, 11)
    assert publication.number == publication.paper.number if publication.paper else False


@pytest.mark.parametrize(
    "left", [PARTY, WITNESS, INFORMANT, AGENT, PHONE, STREET, citizen_id(7), "甄 虚 构", "1390000 1234"]
)
def test_a_text_in_which_somebody_is_left_is_refused(told: tuple[Matter, dict[str, str]], left: str) -> None:
    matter, _ = told
    with nothing_saved(matter), refused("not-redacted", basis="达州三项制度方案", match="违法事实"):
        publish(matter, text={"violation_fact": f"经查，{left}开展诊疗活动。"})


def test_nothing_is_published_unseen(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    for digest in ("", "0" * 64):
        with nothing_saved(matter), refused("not-reviewed", basis="达州三项制度方案", match="逐处核对"):
            publish(matter, seen=digest)


@pytest.mark.parametrize(
    "left, code",
    [
        ("当事人李某某未到，后询问李有才，李有才承认", "not-redacted"),
        ("证号5117**********1234，又511702199001******", "not-redacted"),
        ("编号12345****678，见12345 9999 678号", "leak"),
    ],
)
def test_a_text_that_contradicts_its_own_masks_is_refused(
    told: tuple[Matter, dict[str, str]], left: str, code: str
) -> None:
    matter, _ = told
    with nothing_saved(matter), refused(code):
        publish(matter, text={"violation_fact": f"经查，{left}。"})


def test_what_goes_out_is_checked_as_a_whole(told: tuple[Matter, dict[str, str]]) -> None:
    """Masked in one paragraph, in full in another, and in the metadata of a file: the places are told, not the words."""
    matter, _ = told
    publish(matter)
    publication = row(matter)
    publication.rendition = {"text": [["违法事实", "当事人李某某在场。"], ["裁量理由", "经查，李有才承认。"]]}
    with pytest.raises(Refused, match="裁量理由第 1 段") as caught:
        rendition.require_safe(publication, {})
    assert caught.value.code == "leak"
    assert "李有才" not in caught.value.reason

    publication.rendition = {"text": [["违法事实", "当事人李某某在场。"]]}
    rendition.require_safe(publication, {"公示文本.pdf": files.pdf(["当事人李某某在场。"])})
    with refused("leak", match="公示文本.pdf·元数据·作者"):
        rendition.require_safe(publication, {"公示文本.pdf": files.pdf(["公示"], Author="李有才")})


def test_a_publisher_may_shorten_the_text(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    publish(matter, text={"violation_fact": "当事人在非注册地点开展诊疗活动。", "discretion_reason": "  "})

    shown = by_slug(row(matter).slug)
    assert dict(shown.text)["违法事实"] == "当事人在非注册地点开展诊疗活动。"
    assert "裁量理由" not in dict(shown.text)


def test_nobody_publishes_what_was_published(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    publish(matter)
    with nothing_saved(matter), refused("not-included"):
        publish(matter)


def test_an_enterprise_is_shown_in_full_and_its_representative_is_not(office: Office) -> None:
    code = credit_code(77)
    firm = company(
        name=f"达州市{REPRESENTATIVE}食品有限公司",
        legal_representative=REPRESENTATIVE,
        code=code,
        code_valid=True,
        code_kind="credit_code",
    )
    matter = open_matter(office, party=firm)
    for step in ("site_inspection", "file", "interview"):
        matter.do(step)
    matter.do("conclude", violation_fact=f"{firm.name}销售无标签食品，法定代表人{REPRESENTATIVE}承认。")
    matter.do("advance_notice")
    matter.do("serve_notice")
    matter.move_to(date(2026, 3, 11)).do("decide")

    publish(matter)

    publication = row(matter)
    assert (publication.subject, publication.subject_code) == (firm.name, code)
    paragraph = dict(by_slug(publication.slug).text)["违法事实"]
    assert firm.name in paragraph
    assert REPRESENTATIVE not in paragraph.replace(firm.name, "")


def test_withdrawal_leaves_a_tombstone_with_the_reason_and_no_text(
    told: tuple[Matter, dict[str, str]],
) -> None:
    """行政处罚法 art. 48(2): withdrawn, and the reasons made public."""
    matter, values = told
    matter.do("serve_decision")
    publish(matter)
    slug = row(matter).slug
    matter.do("remedy_outcome")
    assert "withdraw_publication" in matter.owed()

    taken = matter.do("withdraw_publication")

    tombstone = row(matter)
    assert (
        tombstone.state,
        tombstone.rendition,
        tombstone.subject,
        tombstone.title,
        tombstone.conclusion,
    ) == (
        "withdrawn",
        {},
        "",
        "",
        "",
    )
    assert tombstone.withdrawal_reason == "该处罚决定已被行政复议决定撤销，依法撤下公示。"
    assert (tombstone.withdrawn_at, tombstone.withdrawn_by) == (matter.at, matter.office.people["publisher"])
    assert by_slug(slug).listed.withdrawn
    assert by_slug(slug).text == ()
    assert taken.step == "withdraw_publication"
    # Neither words of the old title nor the old name find it any more.
    assert published(Filters(words="执业")) == []
    assert all(value not in everything(tombstone) for value in values.values())


def test_the_reason_of_a_withdrawal_is_public_and_names_nobody(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    matter.do("serve_decision")
    publish(matter)
    matter.do("remedy_outcome")

    with nothing_saved(matter), refused("not-redacted", match="理由"):
        matter.do("withdraw_publication", withdrawal_reason=f"因{PARTY}申请复议，决定已被撤销。")
    matter.do("withdraw_publication", withdrawal_reason="一" * 1000)
    assert len(row(matter).withdrawal_reason) == 1000


@pytest.mark.parametrize(
    "result, days",
    [("revoked", date(2026, 3, 12)), ("changed", date(2026, 3, 12)), ("illegal", date(2026, 3, 12))],
)
def test_a_decision_that_fell_is_withdrawn_within_a_day(
    told: tuple[Matter, dict[str, str]], result: str, days: date
) -> None:
    """达州三项制度方案 para. 4(1): one day; 行政处罚法 art. 48(2): three days, of which the earlier counts."""
    matter, _ = told
    matter.do("serve_decision")
    publish(matter)
    matter.do("remedy_outcome", remedy_result=result, remedy_effective_on="2026-03-11")

    rows = matter.case.obligations.filter(step="withdraw_publication", state="open").order_by("due_at")
    first = rows[0].due_at
    assert first is not None
    assert first.astimezone(matter.at.tzinfo).date() == days
    assert {one.clock for one in rows} == {"WDR-1", "WDR-3"}


def test_a_decision_that_was_upheld_stays(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    matter.do("serve_decision")
    publish(matter)
    matter.do("remedy_outcome", remedy_result="upheld")

    with nothing_saved(matter), refused("guard", basis="行政处罚法/48"):
        matter.do("withdraw_publication")
    assert row(matter).state == "shown"


def test_a_case_of_public_security_is_never_published(office: Office) -> None:
    """治安管理处罚法 art. 136."""
    matter = open_matter(office, power="MED-10", party=person(), fine_fen=1_000_000, field="public_security")
    assert Case.objects.get(pk=matter.case_id).field == "public_security"
    to_decision(matter)

    assert not {"publish", "publish_no_penalty"} & matter.owed()
    with nothing_saved(matter), refused("not-included"):
        publish(matter)


def test_a_case_of_a_minor_is_never_published(office: Office) -> None:
    minor = person(name="孙某某", born_on=date(2010, 1, 1))
    matter = open_matter(office, power="MED-10", party=minor, fine_fen=1_000_000)
    cases.join(
        case_id=matter.case_id,
        role="guardian",
        party_id=person(name="孙某甲").pk,
        reason="监护人。",
        actor=office.actor("handler"),
        at=matter.at,
    )
    to_decision(matter)

    with nothing_saved(matter), refused("not-included"):
        publish(matter)


def test_no_penalty_and_spot_penalties_are_published_as_what_they_are(office: Office) -> None:
    spared = to_decision(open_matter(office, proposal="no_penalty"))
    spared.do("publish_no_penalty")
    on_the_spot = spot(office)
    on_the_spot.do("publish")

    assert row(spared).conclusion == "不予行政处罚"
    assert row(on_the_spot).conclusion == "罚款 100元"
    assert row(on_the_spot).number == on_the_spot.case.label


def test_who_was_not_penalized_is_not_told(office: Office) -> None:
    """codex/publicity open-no-penalty: the result is shown without saying whom it is about, in no field and no file."""
    party = company(
        name="达州市虚构食品有限公司", code="91350100M000100Y43", code_kind="credit_code", code_valid=True
    )
    spared = to_decision(open_matter(office, party=party, proposal="no_penalty"))
    case = spared.case
    case.facts = {**case.facts, "cause": f"{party.name}经营超过保质期的食品案"}
    case.save()

    spared.do("publish_no_penalty")

    shown = row(spared)
    assert (shown.subject, shown.subject_code) == ("（隐去身份）", "")
    with record.open_blob(shown.sheet_sha256) as file:
        told = [one.text for one in documents.read(file.read(), "公示文本.pdf").passages]
    for words in (party.name, party.code, party.address):
        assert words not in f"{shown.title}{shown.conclusion}{shown.rendition}{told}"
    with refused("leak"):
        shown.title = f"{party.name}案"
        rendition.require_safe(shown, {})


def test_the_proposal_is_the_same_whenever_it_is_asked_for(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    paper = actions.decision_of(matter.case, "publish")

    assert rendition.propose(matter.case, paper) == rendition.propose(matter.case, paper)


def test_before_the_decision_there_is_nothing_to_publish(office: Office) -> None:
    matter = open_matter(office)
    with refused("nothing-to-publish"):
        actions.decision_of(matter.case, "publish")


@pytest.mark.parametrize(
    ("arrived", "told_day"),
    [("2026-10-08T12:30+08:00", "2026-10-08"), ("2026-10-08T23:30:00+00:00", "2026-10-09"), (None, "")],
)
def test_a_time_counted_from_a_moment_tells_its_day(arrived: str | None, told_day: str) -> None:
    """An inspection is counted from the arrival, which is a moment."""
    inspection = MatterRule(since=("arrived_at", "检查"))

    assert rendition.counted_from(inspection, {"arrived_at": arrived})["filed_on"] == told_day


# --- masks undone and added ---

GUESSED = "当事人张贴的告示由贾无有签收，顾客甄鲜美到场，暗号为阿布拉神灯。"


def proposed(matter: Matter, judged: rendition.Judged = rendition.NOTHING) -> rendition.Rendition:
    return rendition.propose(matter.case, actions.decision_of(matter.case, "publish"), judged)


@pytest.fixture
def guessed(office: Office) -> Matter:
    """A decision in which names are guessed and none is known."""
    matter = open_matter(office, party=company(), power="FOOD-06", fine_fen=1_000_000)
    to_decision(matter)
    matter.case.facts = {**matter.case.facts, "violation_fact": GUESSED}
    matter.case.save()
    return matter


def judged_publish(matter: Matter, judged: rendition.Judged) -> Any:
    return publish(matter, seen=proposed(matter, judged).digest, judged=judged)


def test_a_guessed_mask_goes_with_a_reason_that_stands_on_the_record(guessed: Matter) -> None:
    judged = rendition.Judged(kept={"甄鲜美": "是菜名，不是人名"}, more=("神灯",))
    judged_publish(guessed, judged)
    publication = row(guessed)

    assert "甄鲜美" in everything(publication)
    assert "神灯" not in everything(publication)
    assert "贾无有" not in everything(publication)
    entry = record.history(publication.subject_of_record)[-1]
    assert "甄鲜美" not in json.dumps(entry.plain, ensure_ascii=False)
    rendition.require_safe(publication, {})


def test_a_mask_is_not_undone_without_a_reason(guessed: Matter) -> None:
    with nothing_saved(guessed), refused("no-reason"):
        judged_publish(guessed, rendition.Judged(kept={"甄鲜美": " "}))


@pytest.mark.parametrize("words", [PARTY, PHONE, AGENT, WITNESS, citizen_id(7)])
def test_what_the_case_says_of_persons_is_never_unmasked(
    told: tuple[Matter, dict[str, str]], words: str
) -> None:
    matter, _ = told
    with nothing_saved(matter), refused("known-person", basis="行政处罚法/50"):
        judged_publish(matter, rendition.Judged(kept={words: "不必遮盖"}))


def test_two_paragraphs_are_masked_as_one(guessed: Matter) -> None:
    """What one paragraph gives away is masked in all."""
    guessed.case.facts = {**guessed.case.facts, "discretion_reason": "贾无有主动配合。"}

    text = "".join(proposed(guessed).paragraphs.values())

    assert "贾无有" not in text


def test_numbers_and_officers_of_the_case_are_known(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    known = {(one.name, one.kind) for one in rendition.known_people(matter.case)}

    assert {(PARTY, "party"), (PHONE, "words"), (citizen_id(7), "words"), (STREET, "address")} <= known
    assert {kind for _, kind in known} >= {"officer", "witness", "informant"}
