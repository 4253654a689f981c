"""Every other way of a license walked through ``take``: at once, on a promise, changed, renewed, taken back, struck off."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases.models import Bar, Case
from mingjing.publicity.models import Publication
from tests.office import MONDAY, Office, company, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db
FOOD = {"license_item": "XK-FOOD-01", "license_place": "达州市通川区某某路1号"}
HELD = {**FOOD, "original_license_no": "JY00000000000000"}
CAME = {"materials_received_on": "2026-03-02"}


def allow(office: Office, *fields: str) -> None:
    """Let the organ grant the licenses of these fields too."""
    office.organ.organ_fields = ["food", *fields]
    office.organ.save()


def grow(walk: Walk, procedure: str, **facts: Any) -> Walk:
    """A matter that grows out of this one."""
    opener = "clerk" if procedure.startswith("license-o") else "handler"
    more = {"parent": walk.case_id, "party": walk.case.party, "opener": opener, "at": walk.at}
    return opened(walk.office, procedure, **more, **facts)


# --- at once ---


def test_an_instant_license_is_accepted_decided_and_issued_by_one_clerk(office: Office) -> None:
    """行政许可法 art. 34(2): posts are kept apart only where the decision is not made at once."""
    allow(office, "transport")
    office.hire("window", ("clerk", "issuer"))
    walk = opened(office, "license-instant", opener="window", handlers=(), license_item="XK-TRANS-01", **CAME)
    for step in ("accept", "decide", "serve_decision", "issue_license"):
        walk.do(step, who="window", outcome="grant", certificate_needed="yes", served_on="2026-03-02")
    walk.do("publish")
    walk.do("archive_granted")

    assert walk.case.outcome == "granted"
    assert walk.papers() == [
        "license-application", "license-acceptance", "license-decision", "service-receipt",
        "license-certificate", "license-publicity",
    ]  # fmt: skip


def test_what_must_be_verified_goes_over_to_the_ordinary_procedure(office: Office) -> None:
    """行政许可法 art. 34(3); the applicant does not wait longer for it."""
    allow(office, "transport")
    walk = opened(office, "license-instant", opener="clerk", license_item="XK-TRANS-01", **CAME)
    walk.do("accept")

    with refused("next-matter-missing", basis="行政许可法/34(3)"):
        walk.do("convert")
    follows = grow(
        walk, "license-ordinary", license_item="XK-TRANS-01", handling_mode="single",
        earlier_accepted_on="2026-03-02", **CAME,
    )  # fmt: skip
    walk.do("convert")
    follows.do("accept")

    assert walk.case.outcome == "converted"
    assert follows.due("decide") == date(
        2026, 3, 23
    )  # 道路运输条例 art. 24(2): twenty days, the 22nd a Sunday


# --- on a promise ---


def promised(office: Office, **changes: Any) -> Walk:
    """A fire check granted on the applicant's promise."""
    allow(office, "fire")
    walk = opened(office, "license-commitment", opener="clerk", license_item="XK-FIRE-01", **CAME, **changes)
    walk.do("commit")
    walk.do("accept")
    walk.do("decide", outcome="grant", certificate_needed="no")
    walk.do("serve_decision", served_on="2026-03-02")
    walk.do("publish")
    return walk


def test_a_promise_is_verified_by_others_than_who_accepted_it(office: Office) -> None:
    """消防法 art. 15(2)."""
    walk = promised(office)

    assert walk.due("verify") == date(2026, 3, 30)
    walk.do("verify", verification_result="met")
    walk.do("archive_granted")
    assert walk.case.outcome == "granted"
    letter = walk.paper("license-commitment-letter")
    assert letter.data["facts"]["commitment_conditions"]
    assert walk.papers().index("license-commitment-letter") < walk.papers().index("license-decision")


def test_a_false_promise_leads_to_revocation_and_bars_the_way_of_promises(office: Office) -> None:
    walk = promised(office, party=(of := company(name="达州市某某商场有限公司")))
    walk.do("verify", verification_result="false")

    with refused("next-matter-missing", basis="行政许可法/69"):
        walk.do("refer_revocation")
    grow(walk, "license-withdrawal", license_item="XK-FIRE-01", granted_on="2026-03-02")
    walk.do("refer_revocation")
    walk.do("archive_broken")

    assert walk.case.outcome == "commitment_broken"
    with refused("application-barred"):
        opened(office, "license-commitment", opener="clerk", license_item="XK-FIRE-01", party=of, **CAME)
    opened(
        office, "license-ordinary", opener="clerk", license_item="XK-FIRE-01", handling_mode="single",
        earlier_accepted_on=None, party=of, **CAME,
    )  # fmt: skip


# --- changed, renewed ---


def test_a_change_is_examined_decided_and_told(office: Office) -> None:
    walk = opened(office, "license-change", opener="clerk", **HELD, **CAME, license_until="2027-03-01")
    walk.do("accept")
    walk.do("examine")
    walk.do("conclude", proposal="grant")
    walk.do("decide", outcome="grant", certificate_needed="no")
    walk.do("serve_decision", served_on="2026-03-02")
    walk.do("publish")
    walk.do("archive_granted")

    assert walk.case.outcome == "granted"
    assert "license-change-decision" in walk.papers()
    assert Publication.objects.get(case=walk.case).conclusion.startswith("准予变更食品经营许可")


def renewing(office: Office, *, expires: str = "2026-04-30", **changes: Any) -> Walk:
    """A license looked up whose holder asks in time for its renewal."""
    walk = opened(office, "license-renewal", opener="clerk", **HELD, expires_on=expires, **changes)
    walk.do("apply", **CAME)
    return walk


def test_a_renewal_is_granted_before_the_license_expires(office: Office) -> None:
    walk = renewing(office)
    walk.do("accept")
    walk.do("examine")
    walk.do("conclude", proposal="grant")
    walk.do("decide", outcome="grant", certificate_needed="no", license_until="2031-04-30")
    walk.do("serve_decision", served_on="2026-03-02")
    walk.do("publish")
    walk.do("archive_granted")

    assert Publication.objects.get(case=walk.case).conclusion == "准予延续食品经营许可，有效期至2031年4月30日"


def test_a_renewal_left_undecided_is_deemed_granted_by_the_platform(office: Office) -> None:
    """行政许可法 art. 50(2): not a day before the license expires, and only once."""
    walk = renewing(office)
    walk.do("accept")

    assert walk.move_to(date(2026, 4, 30)).lapse() == 0
    assert walk.move_to(date(2026, 5, 1)).lapse() == 1
    assert walk.lapse() == 0
    walk.do("reissue", license_no="JY00000000000000", license_from="2026-05-01", license_until="2031-04-30")
    walk.do("publish")
    walk.do("archive_renewed")

    assert walk.case.outcome == "renewed_by_law"
    assert walk.paper("license-renewal-decision").data["labels"]["renewal_ground"].endswith("视为准予延续")
    assert Publication.objects.get(case=walk.case).conclusion == "准予延续食品经营许可，有效期至2031年4月30日"


def test_a_late_request_to_renew_is_heard_without_the_effect_of_silence(office: Office) -> None:
    walk = opened(office, "license-renewal", opener="clerk", **HELD, expires_on="2026-03-10")
    with refused("window-lapsed"):
        walk.do("apply", **CAME)
    walk.do("apply_late", **CAME)
    walk.do("accept")

    assert walk.move_to(date(2026, 4, 20)).lapse() == 0


def test_false_material_in_another_application_does_not_bar_the_renewal_of_what_is_held(
    office: Office,
) -> None:
    """行政许可法 art. 78 bars to apply again for what was applied for."""
    of = company(name="达州市某某餐饮有限公司")
    false = opened(
        office, "license-ordinary", opener="clerk", **FOOD, **CAME, handling_mode="single",
        earlier_accepted_on=None, party=of,
    )  # fmt: skip
    false.do("decline", decline_ground="false_material")

    renewing(office, party=of)


def test_false_material_in_a_request_to_change_bars_only_another_change(office: Office) -> None:
    of = company(name="达州市某某餐饮有限公司")
    asked = {"opener": "clerk", "license_until": "2027-03-01", "party": of, **HELD, **CAME}
    opened(office, "license-change", **asked).do("decline", decline_ground="false_material")

    with refused("application-barred"):
        opened(office, "license-change", **asked)
    renewing(office, party=of)


def test_false_material_in_a_request_to_renew_bars_renewal_and_new_application(office: Office) -> None:
    of = company(name="达州市某某餐饮有限公司")
    walk = renewing(office, party=of)
    walk.do("accept")
    walk.do("examine")
    walk.do("conclude", proposal="refuse")
    walk.do("decide", outcome="refuse", refuse_ground="false_material")

    with refused("application-barred", basis="行政许可法/78", match="2027-03-02"):
        renewing(office, party=of)
    with refused("application-barred", basis="行政许可法/78"):
        opened(
            office, "license-ordinary", opener="clerk", **FOOD, **CAME, handling_mode="single",
            earlier_accepted_on=None, party=of,
        )  # fmt: skip


def test_false_material_is_warned_of_by_a_penalty_matter_of_its_own(office: Office) -> None:
    """行政许可法 art. 78: not accepted or refused, and warned; a warning is a penalty."""
    walk = opened(
        office, "license-ordinary", opener="clerk", **FOOD, **CAME, handling_mode="single",
        earlier_accepted_on=None,
    )  # fmt: skip

    with refused("next-matter-missing", match="行政处罚案件"):
        walk.do("decline", decline_ground="false_material", next_matter="penalty")
    walk.do("decline", decline_ground="false_material", next_matter="penalized")


# --- taken back, struck off ---


def revoked(office: Office, **changes: Any) -> Walk:
    """A license got by fraud, revoked after review and notice."""
    facts = {"granted_on": "2024-05-06", "source_kind": "supervision", **changes}
    walk = opened(office, "license-withdrawal", **HELD, **facts)
    walk.do("verify", verification_result="not_met")
    walk.do("conclude", proposal="act", action_kind="revoke_holder", action_ground="fraud", public_harm="no")
    walk.do("legal_review", review_opinion="agree")
    walk.do("tell_interested", told_on="2026-03-02")
    walk.move_to(date(2026, 3, 10)).do("decide", outcome="act", effective_on="2026-03-10")
    return walk


def test_fraud_is_revoked_penalized_struck_off_and_bars_for_three_years(office: Office) -> None:
    """行政许可法 arts. 69(2), 70(4), 79."""
    of = company(name="达州市某某餐饮有限公司")
    walk = revoked(office, party=of)
    walk.do("serve_decision", served_on="2026-03-10")
    walk.do("publish")
    with refused("next-matter-missing", basis="行政许可法/70"):
        walk.do("open_cancellation")
    struck = grow(
        walk, "license-cancellation", **HELD, cancellation_ground="revoked",
        granted_on="2024-05-06", ground_on="2026-03-10",
    )  # fmt: skip
    walk.do("open_cancellation")
    walk.do("refer_penalty", next_matter="penalized")
    walk.do("archive_license_revoked")

    assert walk.case.outcome == "license_revoked"
    bar = Bar.objects.get(case=walk.case)
    assert (bar.clock, bar.from_on, bar.until_on) == ("LIC-BAN3", date(2026, 3, 10), date(2029, 3, 12))
    with refused("application-barred", basis="行政许可法/79"):
        opened(
            office, "license-ordinary", opener="clerk", **FOOD, materials_received_on="2026-09-01",
            handling_mode="single", earlier_accepted_on=None, party=of, at=MONDAY.replace(month=9, day=1),
        )  # fmt: skip
    paper = walk.paper("license-revocation-decision")
    assert "六十日" in "".join(paper.data["remedy"])

    struck.do("cancel", effective_on="2026-03-10", served_on="2026-03-10")
    struck.do("recover_certificate")
    struck.do("publish")
    struck.do("archive_cancelled")
    assert struck.case.outcome == "cancelled"
    assert Publication.objects.get(case=struck.case).conclusion == "注销食品经营许可"


def test_who_examined_does_not_decide_to_revoke(office: Office) -> None:
    office.hire("headed", ("handler", "organ_head"))
    walk = opened(
        office, "license-withdrawal", handlers=("headed", "second"), opener="second", **HELD,
        granted_on="2024-05-06", source_kind="supervision",
    )  # fmt: skip
    walk.do("conclude", who="headed", proposal="keep", public_harm="no")

    with refused("same-person"):
        walk.do("decide", who="headed", outcome="keep")
    walk.do("decide", outcome="keep")
    walk.do("serve_decision", who="second", served_on="2026-03-02")
    walk.do("archive_kept")
    assert "license-retention-notice" in walk.papers()


def test_a_license_is_withdrawn_with_compensation(office: Office) -> None:
    """行政许可法 art. 8(2)."""
    walk = opened(office, "license-withdrawal", **HELD, granted_on="2024-05-06", source_kind="policy")
    walk.do(
        "conclude", proposal="act", action_kind="withdraw", action_ground="law_changed",
        public_harm="no", holder_loss="yes", action_basis="行政许可法/8(2)",
    )  # fmt: skip
    walk.do("legal_review", review_opinion="agree")
    walk.do("tell_interested", told_on="2026-03-02")
    walk.do("waive_hearing")
    walk.move_to(date(2026, 3, 10)).do("decide", outcome="act", effective_on="2026-03-10")

    assert {"serve_decision", "compensate", "open_cancellation"} <= walk.owed()
    assert "license-withdrawal-decision" in walk.papers()


def test_an_expired_license_is_struck_off_after_asking_its_holder(office: Office) -> None:
    walk = opened(
        office, "license-cancellation", **HELD, cancellation_ground="expired",
        granted_on="2021-02-28", ground_on="2026-02-28",
    )  # fmt: skip
    with refused("milestone"):
        walk.do("cancel", effective_on="2026-03-02", served_on="2026-03-02")
    walk.do("ask_holder", holder_view="none")
    walk.do("cancel", effective_on="2026-03-02", served_on="2026-03-02")
    walk.do("recover_certificate")
    walk.do("publish")
    walk.do("archive_cancelled")

    assert walk.papers() == ["license-cancellation-decision", "license-publicity"]
    assert Case.objects.get(pk=walk.case_id).label == walk.paper("license-cancellation-decision").number
