"""The filters of the public list combine, in the database and in the index alike."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from mingjing.insight import search as insight
from mingjing.kernel.refused import Refused
from mingjing.publicity import search
from mingjing.publicity.models import Publication
from mingjing.publicity.queries import Filters, count, published
from tests import makers

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def index_of_its_own(settings: object, tmp_path: Path) -> None:
    settings.MINGJING_VAR = tmp_path


@pytest.fixture
def city() -> list[Publication]:
    """Sixteen decisions: two organs, two acts, two fields, two regions, each together once."""
    north, south = makers.organ(code="north"), makers.organ(code="south")
    rows = [
        makers.publication(
            of=makers.case(organ=organ, act=act, field=field, region=region),
            subject=f"达州市某某{number}号店",
            subject_code=f"91511702MA00000{number:02d}X",
            decided_on=DAY + timedelta(days=20 * number),
        )
        for number, (organ, act, field, region) in enumerate(
            product((north, south), ("penalty", "license"), ("food", "traffic"), ("511702", "511722"))
        )
    ]
    insight.default().index(search.document(row) for row in rows)
    return rows


def numbers(**filters: object) -> list[str]:
    found = published(Filters(**filters), limit=100)
    assert count(Filters(**filters)) == len(found)
    return [row.number for row in found]


def test_every_combination_finds_exactly_the_rows_that_meet_all(city: list[Publication]) -> None:
    values = {
        "organ": ("", "north"),
        "act": ("", "license"),
        "field": ("", "food"),
        "region": ("", "511722"),
        "since": (None, date(2026, 6, 1)),
        "until": (None, date(2026, 11, 1)),
        "party": ("", "某某", "91511702MA00000"),
        "words": ("", "达州"),
    }
    for chosen in product(*values.values()):
        asked = dict(zip(values, chosen, strict=True))
        expected = [
            row.number
            for row in reversed(city)
            if asked["organ"] in ("", row.organ.code)
            and asked["act"] in ("", row.act)
            and asked["field"] in ("", row.field)
            and asked["region"] in ("", row.region)
            and (not asked["since"] or row.decided_on >= asked["since"])
            and (not asked["until"] or row.decided_on <= asked["until"])
        ]
        assert numbers(**asked) == expected, asked


def test_a_party_is_sought_in_the_subject_and_not_in_the_cause(city: list[Publication]) -> None:
    row = makers.publication(subject="宣汉县某某餐饮店", title="冒用达州市某某名义")
    insight.default().index([search.document(row)])

    assert row.number not in numbers(party="达州市某某")
    assert row.number in numbers(words="达州市某某")
    assert numbers(party="宣汉县") == [row.number]


def test_a_number_is_sought_in_the_number_alone() -> None:
    first = makers.publication(number="达市监罚〔2026〕17号")
    other = makers.publication(number="达市监罚〔2026〕171号", title="未执行达市监罚〔2026〕17号决定")
    insight.default().index([search.document(first), search.document(other)])

    assert numbers(number="达市监罚〔2026〕17号") == [first.number]
    assert sorted(numbers(number="达市监罚〔2026〕")) == sorted([first.number, other.number])


@pytest.mark.parametrize(
    "given", ["x", "2026-03-02", "2026-03-02.", "2026-03-02.-1", "2026-03-02.²", "2026-03-02.1e3", "9" * 60]
)
def test_a_cursor_that_was_made_up_is_refused(given: str) -> None:
    with pytest.raises(Refused) as refused:
        published(Filters(), given)

    assert refused.value.code == "bad-cursor"


def test_pages_by_text_are_exact_even_where_a_day_holds_very_many() -> None:
    """Keys of one day that lie a whole day of seconds apart are two places, not one."""
    made = makers.publication(decided_on=DAY)
    row = Publication.objects.get(pk=made.pk)
    row.pk, row.slug, row.paper = made.pk + 86_400, "0" * 16, None
    row.save(force_insert=True)
    insight.default().index([search.document(made), search.document(row)])
    filters = Filters(words="某某", act="penalty")

    first = published(filters, limit=1)
    second = published(filters, first[0].cursor, 1)

    assert [one.slug for one in first + second] == [row.slug, made.slug]
    assert published(filters, second[0].cursor, 1) == []


def test_what_has_come_to_the_end_of_its_display_is_in_no_list() -> None:
    over, until = (
        makers.publication(subject="达州市某某甲店"),
        makers.publication(subject="达州市某某乙店", until=DAY),
    )
    insight.default().index([search.document(over), search.document(until)])
    Publication.objects.filter(pk=over.pk).update(state="ended", ended_at=over.published_at)

    for filters in ({}, {"act": over.act}, {"words": "某某"}, {"party": "某某", "act": over.act}):
        found = [row.number for row in published(Filters(today=DAY + timedelta(days=1), **filters))]
        assert found == [], filters
        still = [row.number for row in published(Filters(today=DAY, **filters))]
        assert still == [until.number], filters
    over.refresh_from_db()
    assert search.document(over).text == ""


@pytest.mark.parametrize(
    "words", ["%", "_", "' OR 1=1 --", "*", "\\", "某" * 100, "a" * 100, ".*", "〔〕（）", "(((", "party:某"]
)
def test_hostile_words_are_words(city: list[Publication], words: str) -> None:
    for filters in (
        Filters(words=words),
        Filters(party=words),
        Filters(number=words),
        Filters(words=words, act="penalty"),
    ):
        assert published(filters) == [], filters
        assert count(filters) == 0
