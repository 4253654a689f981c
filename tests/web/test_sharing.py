"""Lending a piece of evidence: asked by one, approved by another, taken with a code, ended at any time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mingjing.cases import actions
from mingjing.cases.models import Evidence
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.record.models import Blob, Entry
from mingjing.vault import sharing
from mingjing.vault.models import Custody, Screening, Share
from tests.makers import AT
from tests.web.desk_world import World
from tests.web.evidence_room import FILM, piece_of

FORM = {"recipient": "达州市某某区人民法院", "purpose": "行政诉讼审理。", "days": "7"}


@pytest.fixture
def film(world: World) -> Evidence:
    return piece_of(world, world.open())


def asked(world: World, film: Evidence, who: str = "li") -> Share:
    return actions.ask_share(
        evidence_id=film.pk,
        recipient=FORM["recipient"],
        purpose=FORM["purpose"],
        days=7,
        actor=world.actor(who),
        at=AT,
    )


def running(world: World, film: Evidence) -> Share:
    share = asked(world, film)
    return actions.answer_share(
        share_id=share.pk, approve=True, answer="", actor=world.actor("juzhang"), at=AT
    )


def take(share: Share, code: str = "", at: Any = AT) -> Evidence:
    return actions.take_shared(link=sharing.link_of(share.pk), code=code or sharing.code_of(share.pk), at=at)


def test_the_whole_way_through_the_pages(world: World, film: Evidence) -> None:
    handler, head = world.client("li"), world.client("juzhang")

    handler.post(f"/desk/evidence/{film.pk}/shares", FORM)
    share = Share.objects.get()
    waiting = head.get("/desk/approvals").content.decode()
    head.post(f"/desk/shares/{share.pk}/answer", {"do": "approve"})
    page = handler.get(f"/desk/evidence/{film.pk}").content.decode()

    assert "达州市某某区人民法院" in waiting
    link, code = sharing.link_of(share.pk), sharing.code_of(share.pk)
    assert f"/shared/{link}" in page
    assert code in page
    others = world.client("wang").get(f"/desk/evidence/{film.pk}").content.decode()
    assert code not in others
    assert [one.kind for one in Custody.objects.order_by("id")] == ["share_ask", "share"]


def test_who_has_link_and_code_takes_the_original_along_on_the_record(world: World, film: Evidence) -> None:
    share = running(world, film)
    Share.objects.update(expires_at=AT + timedelta(days=3650))  # the page reads the clock of today
    court = Client()
    place = f"/shared/{sharing.link_of(share.pk)}"

    form = court.get(place)
    file = court.post(place, {"code": sharing.code_of(share.pk)})

    assert form.status_code == 200
    assert film.name not in form.content.decode()
    assert b"".join(file.streaming_content) == FILM
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"
    assert not court.cookies
    line = Custody.objects.latest("id")
    assert (line.kind, line.officer_id, line.detail) == ("share_take", None, {"share": share.pk.hex})
    assert "已提取 1 次" in world.client("li").get(f"/desk/evidence/{film.pk}").content.decode()


@pytest.mark.parametrize("code", ["00000000", "", "１２３４５６７８", "x" * 1000])
def test_a_wrong_code_opens_nothing(world: World, film: Evidence, code: str) -> None:
    share = running(world, film)

    answer = Client().post(f"/shared/{sharing.link_of(share.pk)}", {"code": code})

    assert answer.status_code == 404
    assert "提取码不对" in answer.content.decode()
    assert not Custody.objects.filter(kind="share_take").exists()


def test_codes_cannot_be_tried_one_after_the_other(world: World, film: Evidence) -> None:
    place = f"/shared/{sharing.link_of(running(world, film).pk)}"
    court = Client(REMOTE_ADDR="203.0.113.77")

    answers = [court.post(place, {"code": f"{number:08d}"}).status_code for number in range(31)]

    assert set(answers[:30]) == {404}
    assert answers[30] == 429


@pytest.mark.parametrize("link", ["x", "00000000000040008000000000000000:forged"])
def test_a_link_that_we_did_not_sign_opens_nothing(db: None, link: str) -> None:
    assert Client().post(f"/shared/{link}", {"code": "12345678"}).status_code == 404


def test_a_share_ends_with_its_days(world: World, film: Evidence) -> None:
    share = running(world, film)

    assert take(share, at=AT + timedelta(days=7, seconds=-1)) == film
    with pytest.raises(Refused, match="已经过期"):
        take(share, at=AT + timedelta(days=7))


@pytest.mark.parametrize("who", ["li", "juzhang", "kezhang"])
def test_who_asked_or_may_approve_takes_it_back(world: World, film: Evidence, who: str) -> None:
    share = running(world, film)

    actions.end_share(share_id=share.pk, actor=world.actor(who), at=AT)

    with pytest.raises(Refused, match="停止"):
        take(share)
    assert Custody.objects.latest("id").kind == "end_share"


@pytest.mark.parametrize(
    "who, code",
    [("li", "wrong-role"), ("shenhe", "wrong-role"), ("stranger", "not-found"), ("jiandu", "not-found")],
)
def test_who_may_not_approve(world: World, film: Evidence, who: str, code: str) -> None:
    share = asked(world, film)

    with pytest.raises(Refused) as refused:
        actions.answer_share(share_id=share.pk, approve=True, answer="", actor=world.actor(who), at=AT)

    assert refused.value.code == code


def test_nobody_approves_what_he_asked_for_himself(world: World, film: Evidence) -> None:
    share = asked(world, film, "kezhang")

    with pytest.raises(Refused) as refused:
        actions.answer_share(share_id=share.pk, approve=True, answer="", actor=world.actor("kezhang"), at=AT)

    assert refused.value.code == "same-person"


def test_before_the_approval_and_after_a_no_there_is_nothing_to_take(world: World, film: Evidence) -> None:
    share = asked(world, film)
    with pytest.raises(Refused):
        take(share)

    with pytest.raises(Refused, match="须写明理由"):
        actions.answer_share(
            share_id=share.pk, approve=False, answer=" ", actor=world.actor("juzhang"), at=AT
        )
    actions.answer_share(
        share_id=share.pk, approve=False, answer="请走司法协助。", actor=world.actor("juzhang"), at=AT
    )

    with pytest.raises(Refused):
        take(share)
    with pytest.raises(Refused, match="已经答复"):
        actions.answer_share(share_id=share.pk, approve=True, answer="", actor=world.actor("juzhang"), at=AT)


@pytest.mark.parametrize(
    "change", [{"recipient": ""}, {"purpose": " "}, {"days": "0"}, {"days": "31"}, {"days": "x"}]
)
def test_a_request_that_lacks_something_is_told_and_kept(
    world: World, film: Evidence, change: dict[str, str]
) -> None:
    answer = world.client("li").post(f"/desk/evidence/{film.pk}/shares", {**FORM, **change})

    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_only_the_organ_that_handles_the_case_lends(world: World, film: Evidence) -> None:
    with pytest.raises(Refused) as refused:
        asked(world, film, "jiandu")

    assert refused.value.code == "other-organ"


def test_to_whom_and_what_for_can_be_forgotten_on_the_record(world: World, film: Evidence) -> None:
    asked(world, film)

    line = Custody.objects.get()
    assert "人民法院" not in bytes(Entry.objects.get(pk=line.entry_id).body).decode()
    assert record.personal(line.entry_id) == {"reason": f"{FORM['recipient']}：{FORM['purpose']}"}


def test_what_was_destroyed_is_lent_to_nobody(world: World, film: Evidence) -> None:
    share = running(world, film)
    Blob.objects.filter(pk=film.sha256).update(destroyed_at=AT)

    with pytest.raises(Refused, match="销毁"):
        take(share)
    with pytest.raises(Refused, match="销毁"):
        asked(world, film)


def test_what_the_scanner_found_something_in_is_lent_to_nobody(world: World, film: Evidence) -> None:
    share = running(world, film)
    Screening.objects.update_or_create(
        pk=film.sha256, defaults={"state": "infected", "what": "Test.Signature"}
    )

    with pytest.raises(Refused, match="病毒"):
        take(share)
