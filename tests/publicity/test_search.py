"""Published decisions are found by words through the index: whole, in pages, and never by what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import override_settings

from mingjing.insight import search as insight
from mingjing.publicity import search
from mingjing.publicity.models import Publication
from mingjing.publicity.queries import Filters, count, every_published, published
from mingjing.record.actions import seal
from tests import makers
from tests.office import Matter, Office, company, open_matter, to_decision

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def index_of_its_own(tmp_path: object) -> Iterator[None]:
    with override_settings(MINGJING_VAR=tmp_path):
        yield


def shown(*subjects: str, **given: object) -> list[Publication]:
    """Published decisions, the last of which is the latest, already in the index."""
    rows = [
        makers.publication(**{"subject": subject, "decided_on": DAY + timedelta(days=number // 3), **given})
        for number, subject in enumerate(subjects)
    ]
    insight.default().index(search.documents({f"case:{row.case_id}" for row in rows}))
    return rows


def found(words: str, **filters: object) -> list[str]:
    return [row.subject for row in published(Filters(words=words, **filters))]


@pytest.mark.parametrize(
    "words, hits",
    [
        ("副食", ["达州市某某副食店"]),
        ("达州", ["达州市某某副食店"]),
        ("某某", ["宣汉县某某餐饮店", "达州市某某副食店"]),
        ("某某 餐饮", ["宣汉县某某餐饮店"]),
        ("餐", ["宣汉县某某餐饮店"]),
        ("食副", []),
        ("店宣汉", []),
        ("%", []),
        ("_", []),
        ("91511702MA0000001X", ["宣汉县某某餐饮店"]),
        ("91511702ma0000001x", ["宣汉县某某餐饮店"]),
    ],
)
def test_two_characters_are_enough_and_stand_together(words: str, hits: list[str]) -> None:
    shown("达州市某某副食店")
    shown("宣汉县某某餐饮店", subject_code="91511702MA0000001X", title="未按规定消毒餐具")

    assert found(words) == hits
    assert count(Filters(words=words)) == len(hits)


def test_number_and_cause_are_found_too() -> None:
    (row,) = shown("达州市某某副食店", title="经营超过保质期的食品")

    assert found(row.number) == ["达州市某某副食店"]
    assert found("保质期") == ["达州市某某副食店"]


def test_filters_narrow_the_words() -> None:
    north, south = makers.organ(code="north"), makers.organ(code="south")
    shown("达州市某某甲店", of=makers.case(organ=north, act="penalty"))
    shown("达州市某某乙店", of=makers.case(organ=south, act="license"), decided_on=date(2025, 5, 1))

    assert found("某某", organ="north") == ["达州市某某甲店"]
    assert found("某某", act="license") == ["达州市某某乙店"]
    assert found("某某", year=2025) == ["达州市某某乙店"]
    assert found("某某", organ="north", year=2025) == []
    assert count(Filters(words="某某", organ="south")) == 1


def test_pages_of_hits_go_through_everything_once_in_the_order_of_the_list() -> None:
    shown(*(f"某某{number}号店" for number in range(20)))
    filters = Filters(words="某某")

    seen: list[str] = []
    after = ""
    while rows := published(filters, after, 7):
        seen += [row.subject for row in rows]
        after = rows[-1].cursor

    everything = [row.subject for row in published(Filters(), limit=100)]
    assert seen == everything == [row.subject for row in every_published(filters)]


def test_what_was_withdrawn_is_found_by_its_number_alone_even_before_the_index_knows() -> None:
    rows = shown("达州市某某甲店", "达州市某某乙店", "达州市某某丙店")
    gone = rows[2]
    values = {"state": "withdrawn", "subject": "", "title": "", "withdrawn_by": gone.published_by}
    Publication.objects.filter(pk=gone.pk).update(withdrawn_at=gone.published_at, **values)

    assert found("某某") == ["达州市某某乙店", "达州市某某甲店"]
    assert published(Filters(words="某某"), limit=1)[0].subject == "达州市某某乙店"
    assert [row.number for row in published(Filters(words=gone.number))] == [gone.number]


@pytest.fixture(scope="module")
def decided(office: Office) -> Matter:
    return to_decision(open_matter(office, party=company(name="达州市某某特别食品店")))


def test_the_index_follows_the_record(decided: Matter) -> None:
    """Published, it is found once its entry has its place in the log; withdrawn, its words are gone from the index."""
    decided.do("serve_decision")
    decided.do("publish")
    assert found("特别食品") == []
    seal(decided.at)
    assert len(found("特别食品")) == 1

    decided.do("remedy_outcome")
    decided.do("withdraw_publication")
    assert found("特别食品") == []
    seal(decided.at)
    search.catch_up()
    assert insight.default().query("特别食品", kinds=(search.KIND,)).total == 0
