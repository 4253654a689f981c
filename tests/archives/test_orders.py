"""Orders of case files: truth tables over codes, and what the check of the codex says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingjing.archives import checks, orders
from mingjing.archives.pieces import Piece
from mingjing.cases.papers import forms


def piece(form_id: str, on: str = "2026-03-02", **more: Any) -> Piece:
    form = forms.form(form_id)
    values: dict[str, Any] = {
        "key": f"paper:{form_id}:{on}",
        "title": form.title,
        "number": "",
        "on": on,
        "sha256": "",
        "size_bytes": 1,
        "media_type": "application/pdf",
        "pages": 1,
        "name": form.title,
        "code": form.code,
        "form": form.id,
        "part": form.part,
        "decision": form.publishable,
        "outgoing": form.outgoing,
    }
    return Piece(**{**values, **more})


def evidence(on: str = "2026-03-03") -> Piece:
    return Piece("evidence:1", "照片", "", on, "", 1, "image/jpeg", 1, "照片", evidence=True)


FILED = (
    piece("case-source"),
    piece("filing-approval"),
    piece("site-record", "2026-03-12"),
    piece("site-record", "2026-03-10"),
    piece("penalty-decision", "2026-03-20"),
    piece("service-receipt", "2026-03-21", behind="paper:penalty-decision:2026-03-20"),
    piece("advance-notice", "2026-03-14"),
    piece("investigation-report"),
    piece("hearing-record", "2026-03-18"),
    evidence(),
)
CHOICES = [
    ("penalty", ["market"], "", "penalty-market"),
    ("penalty", ["food", "market"], "", "penalty-market"),
    ("penalty", ["traffic"], "", "penalty-decision-first"),
    ("penalty", ["market"], "process-one-volume", "process-one-volume"),
    ("penalty", ["market"], "license", "penalty-market"),
    ("license", ["market"], "", "license"),
    ("inspection", [], "", "process"),
    ("benefit", [], "nonsense", "process"),
]


@pytest.mark.parametrize("act, fields, chosen, order", CHOICES)
def test_which_order_a_file_follows(act: str, fields: list[str], chosen: str, order: str) -> None:
    assert orders.order_for(act, fields, chosen).id == order


def lie(order: str, volume: str) -> list[str]:
    found = orders.arranged(orders.order_named(order), FILED)
    return [one.form or "evidence" for one in found.get(volume, [])]


def test_the_market_order_starts_with_the_filing() -> None:
    """domain.md 6.1: filing approval; decision and receipt; other papers served; evidence; hearing record."""
    assert lie("penalty-market", "main") == [
        "filing-approval",
        "penalty-decision",
        "service-receipt",
        "advance-notice",
        "site-record",
        "site-record",
        "evidence",
        "hearing-record",
    ]
    assert lie("penalty-market", "secondary") == ["case-source", "investigation-report"]


def test_elsewhere_the_decision_lies_in_front() -> None:
    assert lie("penalty-decision-first", "main") == [
        "penalty-decision",
        "service-receipt",
        "filing-approval",
        "site-record",
        "site-record",
        "evidence",
        "advance-notice",
        "hearing-record",
    ]


def test_one_volume_holds_everything_by_date() -> None:
    assert lie("process-one-volume", "main")[:2] == ["penalty-decision", "service-receipt"]
    assert lie("process-one-volume", "secondary") == []
    assert len(lie("process-one-volume", "main")) == len(FILED)


def test_papers_of_one_kind_lie_by_date() -> None:
    found = orders.arranged(orders.order_named("penalty-market"), FILED)["main"]

    assert [one.on for one in found if one.form == "site-record"] == ["2026-03-10", "2026-03-12"]


def test_a_receipt_whose_paper_is_gone_is_not_lost() -> None:
    alone = [piece("service-receipt", behind="paper:gone"), piece("filing-approval")]

    found = orders.arranged(orders.order_named("penalty-market"), alone)["main"]

    assert {one.form for one in found} == {"service-receipt", "filing-approval"}


def test_every_form_of_the_codex_has_a_place_in_every_order() -> None:
    for order in orders.orders():
        for form in forms.catalogue().values():
            if form.part in orders.VOLUMES:
                number, _ = order.place(piece(form.id))
                assert number < len(order.groups), (order.id, form.id)


GOOD = """title = "试"
acts = []
organ_fields = []
split = false
receipts = "behind"
basis = "行政处罚法/47"
source = "试"
sure = false
[[groups]]
volume = "main"
title = "全部"
"""
WRONG = [
    (GOOD.replace("acts = []", 'acts = ["nope"]'), "没有程序属于"),
    (GOOD.replace('"behind"', '"over"'), "不认识"),
    (GOOD.replace('volume = "main"', 'volume = "third"'), "没有位置"),
    (GOOD + 'codes = ["D-Z9"]\n', "没有文书的编号"),
    (GOOD + 'forms = ["nope"]\n', "没有名为"),
    (GOOD + 'steps = ["nope"]\n', "没有程序有"),
    (GOOD + '[[groups]]\nvolume = "main"\ntitle = "后面"\n', "永远排不到"),
    (GOOD + "nope = 1\n", "不认识的键"),
]


def test_the_shipped_orders_have_no_problems() -> None:
    known = checks.procedures()
    steps = {step for one in known for step in one.steps}

    assert orders.problems({one.act for one in known}, steps) == []


@pytest.mark.parametrize("text, said", WRONG)
def test_what_is_wrong_in_an_order_is_named(text: str, said: str, tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "archives"
    folder.mkdir()
    (folder / "try.toml").write_text(text, "utf-8")
    settings.MINGJING_CODEX = tmp_path

    found = orders.problems({"penalty"}, {"decide"})

    assert any(said in one.message for one in found), found
