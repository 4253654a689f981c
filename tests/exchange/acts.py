"""The actions of deliveries, each ready to be called; see ``tests.whole.test_every_action_appends``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.test import override_settings

from mingjing.exchange import actions
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import Placement
from tests.office import Matter, Office, open_matter, to_decision

from .peers import peer

Prepared = Callable[[Office, Path], Callable[[], Any]]
APRIL = date(2026, 4, 13)


def published(office: Office, on: date = APRIL) -> Matter:
    """A published decision that waits for three channels."""
    matter = to_decision(open_matter(office), on)
    matter.do("publish")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    return matter


def common(matter: Matter) -> dict[str, Any]:
    return {"actor": matter.office.actor("publisher", matter.at), "at": matter.at}


def make(matter: Matter) -> Any:
    """An upload file for the credit portal."""
    return actions.make_package(channel="credit", organ=matter.office.organ.code, **common(matter))


def _make_package(office: Office, tmp: Path) -> Callable[[], Any]:
    return partial(make, published(office))


def _accept_package(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = published(office)
    return partial(actions.accept_package, number=make(matter).number, receipt="R-1", **common(matter))


def _refuse_in_package(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = published(office)
    row = Placement.objects.get(case_id=matter.case_id, channel="credit")
    return partial(
        actions.refuse_in_package,
        number=make(matter).number,
        decision=row.number,
        reason="文号格式不符",
        **common(matter),
    )


def _send_again(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = published(office)
    _refuse = partial(actions.refuse_in_package, reason="文号格式不符", **common(matter))
    row = Placement.objects.get(case_id=matter.case_id, channel="credit")
    _refuse(number=make(matter).number, decision=row.number)
    return partial(actions.send_again, placement_id=row.pk, **common(matter))


def _by_interface(action: Callable[..., Any], *before: Callable[..., Any]) -> Prepared:
    """With a channel that has an interface, running while the action does."""

    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        matter = published(office)

        def act() -> None:
            with (
                peer() as one,
                override_settings(MINGJING_CHANNELS_FILE=one.settings_file(tmp)),
            ):
                for call in (*before, action):
                    call(at=matter.at)

        return act

    return prepared


CALLS: dict[str, Prepared] = {
    "exchange.make_package": _make_package,
    "exchange.accept_package": _accept_package,
    "exchange.refuse_in_package": _refuse_in_package,
    "exchange.send_again": _send_again,
    "exchange.queue_due": _by_interface(actions.queue_due),
    "exchange.send_due": _by_interface(actions.send_due, actions.queue_due),
}
