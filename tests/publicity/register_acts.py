"""How each action on registers is called, for the test that every action appends to the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingjing.exchange import actions as exchange
from mingjing.publicity import actions
from mingjing.publicity.models import RevisionDuty
from tests import makers
from tests.office import MONDAY, Office
from tests.publicity.registers import ITEM

Call = Callable[[Office, Path], Callable[[], Any]]
KIND = "random-inspection"


def _bureau(office: Office) -> Any:
    """A justice bureau beside the office, and one of its people."""
    parent = office.organ.parent
    bureau = makers.organ(name="达州市司法局", parent=parent, is_justice_bureau=True)
    office.people["confirmer"] = makers.officer(("supervisor",), organ=bureau, name="午某某")
    return office.actor("confirmer")


def draft(office: Office) -> Any:
    actor = office.actor("publisher")
    edition = actions.open_draft(kind=KIND, actor=actor, at=MONDAY)
    actions.put_row(edition_id=edition.pk, values=ITEM, actor=actor, at=MONDAY)
    return edition


def submitted(office: Office) -> Any:
    head = office.actor("organ_head")
    return actions.submit_draft(edition_id=draft(office).pk, reason="首次。", actor=head, at=MONDAY)


def confirmed(office: Office) -> Any:
    actor = _bureau(office)
    return actions.confirm_register(edition_id=submitted(office).pk, actor=actor, at=MONDAY)


def _on(prepare: Callable[[Office], Any], action: Any, who: str, **more: Any) -> Call:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        actor = _bureau(office) if who == "confirmer" else office.actor(who)
        edition = prepare(office)
        return lambda: action(edition_id=edition.pk, actor=actor, at=MONDAY, **more)

    return prepared


def _refresh(office: Office, tmp: Path) -> Callable[[], Any]:
    actor = office.actor("publisher")
    edition = actions.open_draft(kind="subjects", actor=actor, at=MONDAY)
    return lambda: actions.refresh_draft(edition_id=edition.pk, actor=actor, at=MONDAY)


def _own(office: Office, tmp: Path) -> Callable[[], Any]:
    actor = office.actor("publisher")
    given: dict[str, Any] = {"title": "某某清单", "basis": "行政处罚法/5", "columns": ["事项"]}
    edition = actions.add_list(actor=actor, at=MONDAY, **given)
    actions.drop_draft(edition_id=edition.pk, actor=actor, at=MONDAY)
    return lambda: actions.open_own_draft(register_id=edition.register_id, actor=actor, at=MONDAY)


def _retire(office: Office, tmp: Path) -> Callable[[], Any]:
    edition = confirmed(office)
    actor = office.actor("confirmer")
    return lambda: actions.retire_register(
        register_id=edition.register_id, reason="合并。", actor=actor, at=MONDAY
    )


def _unchanged(office: Office, tmp: Path) -> Callable[[], Any]:
    edition = confirmed(office)
    duty = RevisionDuty.objects.create(
        register=edition.register,
        edition=edition,
        cause="amended",
        text="《食品安全法》修改。",
        basis="食品安全法",
        since=MONDAY.date(),
        opened_at=MONDAY,
        due_on=MONDAY.date(),
    )
    head = office.actor("organ_head")
    return lambda: actions.declare_unchanged(duty_id=duty.pk, statement="条文未动。", actor=head, at=MONDAY)


def _import(office: Office, tmp: Path) -> Callable[[], Any]:
    edition, actor = draft(office), office.actor("publisher")
    path = tmp / "清单.csv"
    path.write_text("抽查事项,抽查类别,检查对象\n另一项,食品,商店\n", encoding="utf-8")
    return lambda: exchange.import_register(path, edition_id=edition.pk, actor=actor, at=MONDAY)


CALLS: dict[str, Call] = {
    "exchange.import_register": _import,
    "publicity.open_draft": lambda office, tmp: lambda: draft(office),
    "publicity.open_own_draft": _own,
    "publicity.add_list": lambda office, tmp: (
        lambda: actions.add_list(
            title="某某清单",
            basis="行政处罚法/5",
            columns=["事项"],
            actor=office.actor("publisher"),
            at=MONDAY,
        )
    ),
    "publicity.refresh_draft": _refresh,
    "publicity.put_row": _on(draft, actions.put_row, "publisher", values={**ITEM, "item": "另一项"}),
    "publicity.put_rows": _on(draft, actions.put_rows, "publisher", rows=[{**ITEM, "item": "另一项"}]),
    "publicity.remove_row": _on(draft, actions.remove_row, "publisher", key=ITEM["item"]),
    "publicity.drop_draft": _on(draft, actions.drop_draft, "publisher"),
    "publicity.submit_draft": _on(draft, actions.submit_draft, "organ_head", reason="首次。"),
    "publicity.recall_draft": _on(submitted, actions.recall_draft, "organ_head"),
    "publicity.confirm_register": _on(submitted, actions.confirm_register, "confirmer"),
    "publicity.return_register": _on(submitted, actions.return_register, "confirmer", reason="不全。"),
    "publicity.retire_register": _retire,
    "publicity.declare_unchanged": _unchanged,
}
