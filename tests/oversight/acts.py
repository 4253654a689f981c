"""Calls of the actions of this room, for tests of the whole: each needs a report in another state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases.models import Case
from mingjing.kernel.report_counts import Given, laid_out
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.oversight import actions
from mingjing.oversight.counting import Asked
from mingjing.oversight.models import AnnualReport
from tests import makers
from tests.office import SHANGHAI, Office

AT = datetime(2027, 1, 4, 9, tzinfo=SHANGHAI)
Call = Callable[[Office, Path], Callable[[], Any]]


def _asked(office: Office) -> Asked:
    return Asked(law.report_scheme("twelve-kinds"), 2026, organ=office.organ)


def _preparing(office: Office) -> dict[str, Any]:
    return {
        "organ": office.organ,
        "asked": _asked(office),
        "actor": office.actor("unit_head", AT),
        "at": AT,
    }


def _locked(office: Office) -> AnnualReport:
    return actions.lock(**_preparing(office))


def _signed(office: Office) -> AnnualReport:
    return actions.sign(report_id=_locked(office).pk, actor=office.actor("organ_head", AT), at=AT)


def supervisor(office: Office) -> Actor:
    """Somebody of the justice bureau that supervises the office."""
    bureau = makers.organ(name="某市司法局", parent=office.organ.parent, is_justice_bureau=True)
    officer = makers.officer(("supervisor",), organ=bureau)
    return organs.actor_of_officer(officer.pk, AT.date())


def _take_in(office: Office, _: Path) -> Callable[[], Any]:
    figures, flags = laid_out(
        law.report_scheme("twelve-kinds"), [Given((("某某局", {"警告": 1, "罚款": 2}),))], 2026
    )
    return partial(actions.take_in, figures=figures, flags=flags, source=b"x", **_preparing(office))


def _bureaus(action: Callable[..., Any], **more: Any) -> Call:
    def call(office: Office, _: Path) -> Callable[[], Any]:
        return partial(action, report_id=_signed(office).pk, actor=supervisor(office), at=AT, **more)

    return call


def _remind(office: Office, _: Path) -> Callable[[], Any]:
    cases.open_yearly(at=datetime(2026, 12, 20, 1, tzinfo=SHANGHAI))
    case = Case.objects.get(procedure="annual-statistics", organ=office.organ)
    return partial(actions.remind, case_id=case.pk, actor=supervisor(office), at=AT)


CALLS: dict[str, Call] = {
    "oversight.write_text": lambda office, _: partial(
        actions.write_text, text="本年执法总体平稳。", **_preparing(office)
    ),
    "oversight.lock": lambda office, _: partial(actions.lock, **_preparing(office)),
    "oversight.take_in": _take_in,
    "oversight.sign": lambda office, _: partial(
        actions.sign, report_id=_locked(office).pk, actor=office.actor("organ_head", AT), at=AT
    ),
    "oversight.publish": lambda office, _: partial(
        actions.publish,
        report_id=_signed(office).pk,
        note="不涉密。",
        actor=office.actor("publisher", AT),
        at=AT,
    ),
    "oversight.accept": _bureaus(actions.accept),
    "oversight.give_back": _bureaus(actions.give_back, reason="数字不符。"),
    "oversight.remind": _remind,
}
