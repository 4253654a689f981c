"""通俗易懂: legal words are explained beside the decision; long sentences are pointed out and hold nothing up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mingjing.insight.sentences import long_sentences
from mingjing.law import queries as law
from mingjing.publicity.models import Publication
from tests.web.desk_world import World, form_of
from tests.web.test_desk_correction import seen, text_of

FACT = "当事人在经营场所摆放了未按规定标示的货物，" * 6 + "经先行登记保存后处理。已经责令改正。"

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Any:
    """A decision with a sentence that is too long."""
    case = world.spot_decision()
    case.facts = {**case.facts, "violation_fact": FACT}
    case.save()
    return case


def test_a_long_sentence_is_pointed_out_and_may_be_published(world: World, case: Any) -> None:
    address, client = f"/desk/cases/{case.no}/steps/publish", world.client("gongshi")
    form = form_of({"publication_note": "无。"}, case.version)
    page = text_of(client.post(address, form | {"do": "mask"}))

    assert "以下句子较长" in page
    assert client.post(address, form | seen(page)).status_code == 302


def test_the_words_of_a_decision_are_explained_beside_it(world: World, case: Any) -> None:
    address, client = f"/desk/cases/{case.no}/steps/publish", world.client("gongshi")
    form = form_of({"publication_note": "无。"}, case.version)
    client.post(address, form | seen(text_of(client.post(address, form | {"do": "mask"}))))
    slug = Publication.objects.get(case=case).slug

    page = text_of(Client().get(f"/decisions/{slug}"))

    told = page.split("用语说明")[1].split("</section>")[0]
    assert "<dt>先行登记保存</dt>" in told
    assert "<dt>责令改正</dt>" in told
    assert "<dt>听证</dt>" not in told
    assert "用语说明" not in text_of(Client().get(f"/en/decisions/{slug}"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一二三四五。", []),
        ("一二三四五六。", ["一二三四五六"]),
        ("一二三；四五六", []),
        ("一二三四五六\n一二三四五六七", ["一二三四五六", "一二三四五六七"]),
        ("", []),
    ],
)
def test_a_sentence_ends_with_its_stop(text: str, found: list[str]) -> None:
    assert long_sentences(text, 5) == found


def test_words_are_told_in_the_order_of_the_table_and_once() -> None:
    found = law.plain().explained(["当事人申请行政复议。", "告知听证、陈述、申辩的权利；听证。"])

    assert [one.title for one in found] == ["陈述、申辩", "听证", "行政复议"]
