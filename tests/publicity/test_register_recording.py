"""音像记录事项清单: drawn from the procedures, with what the organ asks for beyond them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs.models import ConfirmedList
from mingjing.publicity import actions
from mingjing.publicity.models import RegisterEdition
from mingjing.publicity.registers import queries
from tests.makers import AT
from tests.publicity.registers import City, drafted, found_city

MORE = {"further": "full", "further_places": "学校、幼儿园", "further_reason": "现场容易发生争议。"}


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return found_city()


def asked(city: City, level: str, **values: str) -> tuple[RegisterEdition, str]:
    """A draft in which the organ says something of a step that the procedure records so; and the key of its row."""
    edition = drafted(city, "recording")
    key = next(key for key, row in queries.rows_of(edition.pk).items() if row["level"] == level)
    actions.put_row(edition_id=edition.pk, key=key, values=values, actor=city.actor("ours.publisher"), at=AT)
    return edition, key


def submit(city: City, edition: RegisterEdition) -> Any:
    head = city.actor("ours.organ_head")
    return actions.submit_draft(edition_id=edition.pk, reason="补充要求。", actor=head, at=AT)


def test_what_is_confirmed_binds_and_is_published_beside_the_procedures_own(city: City) -> None:
    edition, key = asked(city, "key", **MORE)
    submit(city, edition)
    bureau = city.actor("bureau.supervisor")
    actions.confirm_register(edition_id=edition.pk, actor=bureau, at=AT + timedelta(minutes=1))

    listed = ConfirmedList.objects.get(kind="recording")
    organ = listed.organ
    page = Client().get("/registers/shi-jg/recording?q=学校").content.decode()

    assert listed.keys == [f"{key.replace(' | ', '/')}/full/学校、幼儿园"]
    assert organ.records_more
    for words in ("关键过程音像记录", "全程音像记录", "学校、幼儿园", "现场容易发生争议。"):
        assert words in page


@pytest.mark.parametrize(
    ("level", "values", "said"),
    [
        ("full", MORE, "只能更严"),
        ("key", {**MORE, "further": "key"}, "只能更严"),
        ("key", {"further": "full"}, "没有写进一步要求的理由"),
        ("key", {"further_places": "学校"}, "没有选择"),
    ],
)
def test_what_adds_nothing_or_gives_no_reason_is_not_submitted(
    city: City, level: str, values: dict[str, str], said: str
) -> None:
    edition, _ = asked(city, level, **values)

    with pytest.raises(Refused, match=said) as refused:
        submit(city, edition)

    assert refused.value.code == "register-faulty"


def test_steps_that_may_be_recorded_are_listed_so_that_an_organ_can_ask_for_it(city: City) -> None:
    rows = queries.rows_of(drafted(city, "recording").pk)

    assert {values["level"] for values in rows.values()} >= {"optional", "key", "full"}
