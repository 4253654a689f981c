"""Every public action of every room appends to the record: found by looking, called by a table.

A new action fails the first test until it has a line in ``CALLS``.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mingjing
from mingjing.exchange import actions as exchange
from mingjing.law import actions as law_actions
from mingjing.organs.authority import SYSTEM
from mingjing.parties import actions as parties
from mingjing.parties.facts import read_facts
from mingjing.record import actions as record
from mingjing.record.models import Entry
from mingjing.vault import actions as vault
from tests.archives import acts as archive_acts
from tests.cases import acts as case_acts
from tests.cases.acts import answer_edition, edition
from tests.exchange import acts as exchange_acts
from tests.office import MONDAY, Office, company, open_matter, to_decision
from tests.organs import acts as organ_acts
from tests.oversight import acts as report_acts
from tests.publicity import acts as publicity_acts
from tests.publicity import register_acts
from tests.vault import calls as vault_calls

pytestmark = pytest.mark.django_db
ROOMS = [name for _, name, is_package in pkgutil.iter_modules(mingjing.__path__) if is_package]


def public_actions() -> dict[str, Callable[..., Any]]:
    """Every public function of a room's ``actions`` that takes an ``actor`` and a time, by its full name."""
    found = {}
    for room in ROOMS:
        if importlib.util.find_spec(f"mingjing.{room}.actions") is None:
            continue
        module = importlib.import_module(f"mingjing.{room}.actions")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__.startswith(module.__name__)
            if (
                own
                and not name.startswith("_")
                and {"actor", "at"} <= set(inspect.signature(function).parameters)
            ):
                found[f"{room}.{name}"] = function
    return found


def with_piece(act: Callable[..., Any], **more: Any) -> Callable[[Office, Path], Callable[[], Any]]:
    return lambda office, tmp: (
        lambda: act(piece="evidence:1", actor=office.actor("handler"), at=MONDAY, **more)
    )


def give_opinion(office: Office, tmp: Path) -> Any:
    matter = open_matter(office, power="FOOD-03", fine_fen=6_000_000)
    for step in ("site_inspection", "file", "interview", "conclude"):
        matter.do(step)
    return lambda: matter.do("legal_review")


def publish(office: Office, tmp: Path) -> Any:
    matter = to_decision(open_matter(office))
    return lambda: matter.do("publish")


def withdraw(office: Office, tmp: Path) -> Any:
    matter = to_decision(open_matter(office))
    for step in ("serve_decision", "publish", "remedy_outcome"):
        matter.do(step)
    return lambda: matter.do("withdraw_publication")


FIRM = {"name": "达州市某某百货有限公司", "kind": "enterprise"}
COMMON: dict[str, Any] = {"actor": SYSTEM, "at": MONDAY}


def merge(office: Office, tmp: Path) -> Any:
    keep, drop = company().pk, company().pk
    return lambda: parties.merge(keep=keep, drop=drop, **COMMON)


def correct(office: Office, tmp: Path) -> Any:
    party = company().pk
    return lambda: parties.correct(party=party, facts={"phone": "0818-1111111"}, reason="登记有误", **COMMON)


def take_in_many(office: Office, tmp: Path) -> Any:
    origin = {"file": "名单.csv", "sha256": "0" * 64}
    return lambda: parties.take_in_many(batch=[read_facts(FIRM)], origin=origin, **COMMON)


def import_file(office: Office, tmp: Path) -> Any:
    path = tmp / "parties.csv"
    path.write_text("企业名称,统一社会信用代码\n达州市某某五金有限公司,\n", encoding="utf-8")
    return lambda: exchange.import_file("parties", path, errors=tmp / "errors.xlsx", **COMMON)


# For each action: what prepares it, giving the call itself.
CALLS: dict[str, Callable[[Office, Path], Callable[[], Any]]] = {
    "vault.ask_making": with_piece(vault.ask_making, sha256="0" * 64, what="play_copy"),
    "vault.note_custody": with_piece(vault.note_custody, sha256="0" * 64, kind="view"),
    "vault.note_opening": with_piece(vault.note_opening, sha256="0" * 64, kind="view"),
    "vault.keep_derivative": with_piece(
        vault.keep_derivative, derived_from="0" * 64, kind="clip", made_how="指明", start_ms=0, end_ms=1
    ),
    "vault.add_mark": with_piece(vault.add_mark, second_ms=0, text="开机。"),
    "review.give_opinion": give_opinion,
    "publicity.publish": publish,
    "publicity.withdraw": withdraw,
    "parties.take_in": lambda office, tmp: lambda: parties.take_in(facts=FIRM, **COMMON),
    "parties.correct": correct,
    "parties.merge": merge,
    "parties.take_in_many": take_in_many,
    "record.append": lambda office, tmp: (
        lambda: record.append(kind="test", subject="test:1", plain={}, **COMMON)
    ),
    "record.append_each": lambda office, tmp: (
        lambda: record.append_each(
            [record.Happening("test:1", {}), record.Happening("test:2", {"one": 1})], kind="test", **COMMON
        )
    ),
    "exchange.import_file": import_file,
    "law.lay_edition": lambda office, tmp: lambda: law_actions.lay_edition(**edition(office)),
    "law.confirm_edition": lambda office, tmp: lambda: answer_edition(office, law_actions.confirm_edition),
    "law.reject_edition": lambda office, tmp: lambda: answer_edition(office, law_actions.reject_edition),
    **case_acts.CALLS,
    **organ_acts.CALLS,
    **register_acts.CALLS,
    **report_acts.CALLS,
    **vault_calls.CALLS,
    **archive_acts.CALLS,
    **publicity_acts.CALLS,
    **exchange_acts.CALLS,
}


def test_every_public_action_is_in_the_table_and_no_other() -> None:
    assert set(CALLS) == set(public_actions())


@pytest.mark.parametrize("name", CALLS)
def test_the_action_appends(office: Office, tmp_path: Path, name: str) -> None:
    act = CALLS[name](office, tmp_path)
    before = set(Entry.objects.values_list("id", flat=True))

    act()

    added = Entry.objects.exclude(id__in=before)
    assert added.count() >= 1
    assert all(entry.at == added[0].at for entry in added)


@pytest.mark.parametrize("name", sorted(public_actions()))
def test_who_and_when_are_always_named(name: str) -> None:
    """``actor`` and ``at`` are keywords, so that nobody swaps them, and no action reads the clock."""
    parameters = inspect.signature(public_actions()[name]).parameters

    assert parameters["actor"].kind is parameters["at"].kind is inspect.Parameter.KEYWORD_ONLY
