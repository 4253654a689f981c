"""Papers in the transaction of their step: numbers that are given back, causes that are told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mingjing.cases import issuing
from mingjing.cases.models import Counter, Paper
from mingjing.cases.papers import forms
from mingjing.cases.papers.render import render
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from tests.office import MONDAY, Matter, Office, nothing_saved, open_matter, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    found = open_matter(office)
    found.do("site_inspection")
    return found


def number_of(matter: Matter, form: str = "correction-order") -> int | None:
    return matter.case.papers.filter(form=form).latest("id").seq


def test_a_refused_step_gives_its_number_back(matter: Matter) -> None:
    """The number is drawn before the paper is set; a paper that fails must not leave a hole."""
    matter.do("correction_order")
    first = number_of(matter)
    for _ in range(3):
        with nothing_saved(matter), refused("paper-not-rendered"):
            matter.do("correction_order", correction_demand="立即改正\U0001f600")

    matter.do("correction_order")

    assert number_of(matter) == (first or 0) + 1


def test_a_character_without_glyph_is_named_with_its_field(matter: Matter) -> None:
    with nothing_saved(matter), refused("paper-not-rendered", match="\U0001f600"):
        matter.do("correction_order", correction_demand="立即改正\U0001f600")
    with nothing_saved(matter), refused("paper-not-rendered", match="改正"):
        matter.do("correction_order", correction_demand="立即改正\U0001f600")


@pytest.fixture
def broken(monkeypatch: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of the forms that may be broken; the actions render from it."""
    folder = tmp_path / "papers"
    shutil.copytree(forms.FOLDER, folder)
    monkeypatch.setattr(issuing, "render", partial(render, folder=folder))
    yield folder
    forms.catalogue.cache_clear()


def test_a_form_that_asks_for_what_the_case_lacks_refuses_the_step(matter: Matter, broken: Path) -> None:
    path = broken / "correction-order.toml"
    text = path.read_text(encoding="utf-8")
    wish = '    { key = "moon_phase", label = "月相", required = true },\n]'
    path.write_text(text.rstrip().removesuffix("]") + wish, encoding="utf-8")
    forms.catalogue.cache_clear()

    with nothing_saved(matter), refused("paper-not-rendered", match="月相"):
        matter.do("correction_order")


def test_a_form_whose_layout_is_broken_refuses_the_step_with_the_cause(matter: Matter, broken: Path) -> None:
    (broken / "correction-order.typ").write_text('#import "lib.typ": *\n#nowhere()\n', encoding="utf-8")

    with nothing_saved(matter), refused("paper-not-rendered", match="nowhere"):
        matter.do("correction_order")


def test_a_decision_without_the_partys_address_is_refused(matter: Matter) -> None:
    party = matter.case.party
    assert party is not None
    party.address = ""
    party.save(update_fields=["address"])
    for step in ("file", "interview", "conclude", "advance_notice", "serve_notice"):
        matter.do(step)
    matter.move_to(date(2026, 3, 11))

    with nothing_saved(matter), refused("paper-not-rendered", match="地址"):
        matter.do("decide")


def test_series_count_each_on_its_own(office: Office) -> None:
    drawn = [
        issuing.next_number(office.organ.pk, kind, year)
        for kind, year in [("罚", 2026), ("罚", 2026), ("责改", 2026), ("罚", 2027), ("罚", 2026)]
    ]
    counters = Counter.objects.filter(organ=office.organ, kind="罚")

    assert drawn == [1, 2, 1, 1, 3]
    assert dict(counters.values_list("year", "last")) == {2026: 3, 2027: 1}


def test_codes_are_read_aloud_without_doubt() -> None:
    codes = {issuing.new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(len(code) == 12 and not set(code) & set("01IO") for code in codes)


def test_every_step_draws_its_numbers_in_one_order() -> None:
    """Two cases that drew from the same two series in opposite orders could wait for each other for ever."""
    pairs = set()
    for procedure in law.procedures(MONDAY.date()):
        for step in procedure.steps.values():
            series = [
                forms.form(paper.form).wenzhong for paper in step.papers if forms.form(paper.form).numbered
            ]
            pairs |= {
                (one, other)
                for index, one in enumerate(series)
                for other in series[index + 1 :]
                if one != other
            }

    assert not {(other, one) for one, other in pairs} & pairs


def test_the_data_of_a_paper_are_kept_with_it(matter: Matter, office: Office) -> None:
    matter.do("correction_order")
    paper = Paper.objects.filter(case_id=matter.case_id, form="correction-order").get()

    assert paper.data["facts"]["correction_demand"] == matter.scene.story.correction
    assert paper.data["party"]["name"] == "达州市某某食品有限公司"
    assert paper.data["number"] == paper.number
    assert [one["name"] for one in paper.data["officers"]] == ["甲某某", "乙某某"]
    assert paper.data["verify"]["url"].endswith(f"/v/{paper.verify_code}")


def test_an_unknown_form_is_refused(matter: Matter) -> None:
    with pytest.raises(Refused, match="没有名为"):
        issuing.draft(
            "love-letter",
            case=matter.case,
            procedure=matter.work.procedure,
            facts={},
            officers=(),
            approvals=[],
            at=MONDAY,
        )
