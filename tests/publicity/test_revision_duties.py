"""修订清单的职责: opened by what really changed in the law and in the organ, closed by a new edition or a signature."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.law.models import PowerItem
from mingjing.publicity import actions
from mingjing.publicity.models import RegisterEdition, RevisionDuty
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.causes import cited
from mingjing.publicity.registers.file import columns_of
from tests import makers
from tests.makers import AT
from tests.publicity.registers import City, confirmed, day, found_city

pytestmark = pytest.mark.django_db
BEFORE_THE_CODE, ON_THE_DAY = day("2026-07-30"), day("2026-08-15")
REPEALED = {
    "环境保护法",
    "环境影响评价法",
    "海洋环境保护法",
    "大气污染防治法",
    "水污染防治法",
    "土壤污染防治法",
    "固体废物污染环境防治法",
    "噪声污染防治法",
    "放射性污染防治法",
    "清洁生产促进法",
}


@pytest.fixture
def city() -> City:
    load_codex(BEFORE_THE_CODE)
    return found_city(organ_fields=["environment"], field="environment")


def complete(city: City, kind: str, at=BEFORE_THE_CODE) -> RegisterEdition:
    """A published edition of a drawn register."""
    return confirmed(city, kind, at=at)


def duties(edition: RegisterEdition) -> list[RevisionDuty]:
    return list(RevisionDuty.objects.filter(register=edition.register_id))


def test_the_code_of_2026_opens_a_duty_for_every_power_that_cites_a_repealed_law(city: City) -> None:
    """生态环境法典 art. 1242 repeals ten laws from 2026-08-15."""
    edition = complete(city, "powers")
    rows = queries.rows_of(edition.pk)
    resting = {
        key for name, keys in cited(columns_of(edition), rows).items() if name in REPEALED for key in keys
    }
    assert len(resting) >= 10

    assert actions.open_revisions(at=BEFORE_THE_CODE + timedelta(days=1)) == 0
    actions.open_revisions(at=ON_THE_DAY)

    repealed = [one for one in duties(edition) if one.cause == "repealed"]
    assert {key for one in repealed for key in one.keys} == resting
    assert all("生态环境法典" in one.text for one in repealed)
    assert {one.since.isoformat() for one in repealed} == {"2026-08-15"}
    # Twenty working days after 15 August, a Saturday: four weeks from Monday the 17th.
    assert {one.due_on.isoformat() for one in repealed} == {"2026-09-11"}


def test_a_cause_is_told_once_however_often_one_looks(city: City) -> None:
    edition = complete(city, "powers")
    actions.open_revisions(at=ON_THE_DAY)
    told = len(duties(edition))

    for days in range(1, 4):
        assert actions.open_revisions(at=ON_THE_DAY + timedelta(days=days)) == 0

    assert len(duties(edition)) == told > 0


def test_a_new_edition_without_the_repealed_law_discharges_the_duty(city: City) -> None:
    edition = complete(city, "powers")
    actions.open_revisions(at=ON_THE_DAY)
    at = ON_THE_DAY + timedelta(days=5)

    new = confirmed(city, "powers", at=at)

    left = [one for one in duties(edition) if one.state == "open"]
    assert left == []
    assert {one.revised_in_id for one in duties(edition)} == {new.pk}
    assert not set(cited(columns_of(new), queries.rows_of(new.pk))) & REPEALED


def test_a_duty_is_owed_again_where_the_bureau_sends_the_edition_back(city: City) -> None:
    edition = complete(city, "powers")
    actions.open_revisions(at=ON_THE_DAY)
    at = ON_THE_DAY + timedelta(days=5)
    draft = actions.open_draft(kind="powers", actor=city.actor("ours.publisher", at), at=at)
    actions.submit_draft(edition_id=draft.pk, reason="修订。", actor=city.actor("ours.organ_head", at), at=at)
    assert {one.state for one in duties(edition)} == {"revised"}

    actions.return_register(
        edition_id=draft.pk, reason="不全。", actor=city.actor("bureau.supervisor", at), at=at
    )

    assert {one.state for one in duties(edition)} == {"open"}
    assert {one.closed_at for one in duties(edition)} == {None}


def test_what_was_repealed_cannot_be_declared_unchanged(city: City) -> None:
    edition = complete(city, "powers")
    actions.open_revisions(at=ON_THE_DAY)
    duty = next(one for one in duties(edition) if one.cause == "repealed")

    with pytest.raises(Refused, match="不能继续作为依据"):
        actions.declare_unchanged(
            duty_id=duty.pk,
            statement="不改。",
            actor=city.actor("ours.organ_head", ON_THE_DAY),
            at=ON_THE_DAY,
        )


def test_an_amended_law_asks_for_a_look_and_a_signature_settles_it(city: City) -> None:
    """环境影响评价法 and others are amended before they are repealed; here 食品安全法, amended in 2025."""
    versions = law.versions(law.statute("食品安全法"))
    assert len(versions) >= 2
    newest = versions[-1].in_force_from
    assert newest is not None
    before = day((newest - timedelta(days=30)).isoformat())
    edition = confirmed(city, "random-inspection", at=before)
    at = day(newest.isoformat())

    assert actions.open_revisions(at=at) == 1

    duty = duties(edition)[0]
    assert (duty.cause, duty.keys, duty.since) == ("amended", ["食品销售者进货查验"], newest)
    for who in ("ours.handler", "ours.publisher", "other.organ_head", "bureau.supervisor"):
        with pytest.raises(Refused):
            actions.declare_unchanged(
                duty_id=duty.pk, statement="条文未动。", actor=city.actor(who, at), at=at
            )
    actions.declare_unchanged(
        duty_id=duty.pk, statement="所引条文未修改。", actor=city.actor("ours.organ_head", at), at=at
    )
    assert actions.open_revisions(at=at + timedelta(days=1)) == 0
    assert [one.state for one in duties(edition)] == ["unchanged"]


def test_a_certificate_that_ran_out_is_a_cause_from_the_day_after(city: City) -> None:
    held = makers.certificate(officer=city.people["ours.handler"], valid_until=day("2026-11-25").date())
    edition = confirmed(city, "officers", at=AT)

    assert actions.open_revisions(at=day("2026-11-25")) == 0
    assert actions.open_revisions(at=day("2026-11-27")) == 1

    duty = duties(edition)[0]
    assert (duty.cause, duty.keys, duty.since.isoformat()) == ("officer", [held.number], "2026-11-26")


def test_an_officer_who_leaves_is_a_cause(city: City) -> None:
    held = makers.certificate(officer=city.people["ours.handler"])
    makers.certificate(officer=city.people["ours.reviewer"])
    edition = confirmed(city, "officers", at=AT)
    officer = city.people["ours.handler"]
    officer.active = False
    officer.save()

    actions.open_revisions(at=AT + timedelta(days=1))

    assert [one.keys for one in duties(edition)] == [[held.number]]


def test_a_power_that_is_withdrawn_is_a_cause(city: City) -> None:
    edition = complete(city, "powers", ON_THE_DAY)
    item = PowerItem.objects.filter(source=law.CODEX, code="ENV-01").get()
    item.withdrawn = True
    item.save()

    actions.open_revisions(at=ON_THE_DAY + timedelta(days=1))

    assert [(one.cause, one.keys) for one in duties(edition)] == [("power", ["ENV-01"])]


def test_an_organ_that_is_renamed_is_a_cause(city: City) -> None:
    actor = city.actor("ours.publisher")
    draft = actions.open_draft(kind="subjects", actor=actor, at=AT)
    actions.put_row(
        edition_id=draft.pk, key="shi-jg", values={"powers": "生态环境处罚。"}, actor=actor, at=AT
    )
    actions.submit_draft(edition_id=draft.pk, reason="首次。", actor=city.actor("ours.organ_head"), at=AT)
    edition = actions.confirm_register(edition_id=draft.pk, actor=city.actor("bureau.supervisor"), at=AT)
    organ = city.organs["ours"]
    organ.name = "达州市某某管理局"
    organ.save()

    actions.open_revisions(at=AT + timedelta(days=1))

    assert [(one.cause, one.keys) for one in duties(edition)] == [("organ", ["shi-jg"])]


@pytest.mark.parametrize("kind", ["guides", "flowcharts", "recording"])
def test_a_new_edition_of_a_procedure_is_a_cause(city: City, kind: str) -> None:
    edition = confirmed(city, kind, at=AT)
    row = next(iter(edition.rows.all()))
    row.values = {**row.values, "edition": "0" * 64}
    row.save()

    actions.open_revisions(at=AT + timedelta(days=1))

    assert [(one.cause, one.keys) for one in duties(edition)] == [("procedure", [row.key])]
