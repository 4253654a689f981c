"""Correcting a published text: the same masks, reasons and looking through as when it was first published."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from mingjing.publicity import actions
from mingjing.publicity.models import Correction, Publication
from mingjing.record import queries as record
from tests.office import refused
from tests.publicity.acts import asking_of
from tests.web.desk_world import World, form_of

FACT = "当事人在场，后询问李有才，地点在虚构大楼。"
KEPT = {"keep.李有才": "是店名"}


def text_of(response: Any) -> str:
    return response.content.decode()


def shown(case: Any) -> str:
    return dict(Publication.objects.get(case=case).rendition["text"])["违法事实"]


def field(page: str, name: str) -> str:
    """What stands in a text area."""
    return html.unescape(page.split(f'name="{name}">')[1].split("</textarea>")[0])


def seen(page: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return {"seen": found[1], "reviewed": "yes"}


@pytest.fixture
def case(world: World) -> Any:
    """A published decision of which the publisher had said that a masked word is a shop."""
    case = world.spot_decision()
    case.facts = {**case.facts, "violation_fact": FACT}
    case.save()
    address, client = f"/desk/cases/{case.no}/steps/publish", world.client("gongshi")
    form = form_of({"publication_note": "无。"}, case.version) | KEPT
    page = text_of(client.post(address, form | {"do": "mask"}))
    assert client.post(address, form | seen(page)).status_code == 302
    assert shown(case) == FACT
    return case


@pytest.fixture
def page(world: World, case: Any) -> str:
    """Where a request that was verified is answered."""
    decision = Publication.objects.get(case=case)
    row = actions.ask_correction(**asking_of(decision, decision.published_at))
    address = f"/desk/publications/corrections/{row.pk}"
    assert world.client("gongshi").post(address, {"do": "verify", "finding": "确有错误。"}).status_code == 302
    return address


def test_the_page_starts_from_what_is_shown_with_every_mask_and_reason(world: World, page: str) -> None:
    text = text_of(world.client("gongshi").get(page))

    assert field(text, "text.violation_fact") == FACT
    assert 'name="keep.李有才" value="是店名"' in text
    assert "遮盖一览" in text
    assert "更正并答复" in text


def test_a_reason_taken_back_masks_the_words_again(world: World, page: str, case: Any) -> None:
    text = text_of(world.client("gongshi").post(page, {"do": "mask", "more": "虚构大楼"}))

    assert field(text, "text.violation_fact") == "当事人在场，后询问李某，地点在***。"
    assert shown(case) == FACT

    post = {"do": "correct", "more": "虚构大楼", "answer": "已经更正。", **seen(text)}
    for name in re.findall(r'name="((?:text|summary)\.[^"]+)"', text):
        if name.startswith("text."):
            post[name] = field(text, name)
    assert world.client("gongshi").post(page, post).status_code == 302
    row = Publication.objects.get(case=case)
    assert shown(case) == "当事人在场，后询问李某，地点在***。"
    assert "kept" not in row.rendition
    last = record.history(row.subject_of_record)[-1]
    assert last.kind == "publication.corrected"
    assert record.personal(last.entry_id)["more"] == ["虚构大楼"]


def test_what_was_typed_stays_when_masks_change(world: World, page: str) -> None:
    typed = {
        "do": "mask",
        "text.violation_fact": "饮料标签有瑕疵。",
        "more": "饮料",
        "answer": "已经改正。",
        **KEPT,
    }

    text = text_of(world.client("gongshi").post(page, typed))

    assert field(text, "text.violation_fact") == "***标签有瑕疵。"
    assert "已经改正。" in text


def test_a_mask_comes_off_only_with_a_reason_and_never_from_who_is_known(
    world: World, page: str, case: Any
) -> None:
    name = case.party.legal_representative or case.party.name
    text = text_of(world.client("gongshi").post(page, {"do": "mask", f"keep.{name}": "是店名"}))

    assert "不能取消遮盖" in text


def test_nothing_is_corrected_unseen(world: World, page: str, case: Any) -> None:
    client = world.client("gongshi")
    post = {"do": "correct", "text.violation_fact": "标签有瑕疵。", "answer": "已经更正。", **KEPT}

    without = client.post(page, post | seen(text_of(client.get(page))) | {"reviewed": ""})
    other = client.post(page, post | {"seen": "0" * 64, "reviewed": "yes"})

    assert (without.status_code, other.status_code) == (409, 409)
    assert "逐处核对" in text_of(without)
    assert shown(case) == FACT
    row = Correction.objects.get()
    publisher = world.actor("gongshi", row.asked_at)
    with refused("not-reviewed"):
        actions.correct(
            correction_id=row.pk, texts={}, answer="已经更正。", seen="", actor=publisher, at=row.asked_at
        )


def test_a_request_can_be_refused_without_looking_through(world: World, page: str, case: Any) -> None:
    answer = {"do": "refuse", "answer": "公示内容与决定书一致，不予更正。"}

    assert world.client("gongshi").post(page, answer).status_code == 302
    assert Correction.objects.get().state == "refused"
    assert shown(case) == FACT
