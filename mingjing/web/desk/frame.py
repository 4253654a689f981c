"""What every page of the desk shares: who may enter (``desk``), and the menu beside the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mingjing.cases import queries as cases
from mingjing.organs.authority import Actor
from mingjing.web.ui import wording
from mingjing.web.ui.entering import officers_only as desk
from mingjing.web.ui.refusals import status_with

__all__ = ["Door", "desk", "menu", "page", "word"]


@dataclass(frozen=True)
class Door:
    """One entry of the menu; ``needs`` are permissions of which one suffices."""

    key: str
    title: str
    group: str
    needs: tuple[str, ...]

    def open_to(self, actor: Actor) -> bool:
        """Whether the person may go in."""
        return bool(actor.permissions & set(self.needs))


ORGANS_READ = ("organ.manage", "case.read.region")
DOORS = (
    Door("todo", "我的待办", "", ("case.read",)),
    Door("notices", "期限提醒", "", ("case.read",)),
    Door("cases", "案件", "", ("case.read",)),
    Door("new-case", "登记新案", "", ("case.open",)),
    Door("captures", "录制", "办理", ("case.read",)),
    Door("ledger", "文书台账", "办理", ("case.read",)),
    Door("payments", "缴款对账", "办理", ("payment.reconcile",)),
    Door("mandates", "委托代理", "办理", ("case.move",)),
    Door("archive", "归档管理", "办理", ("dossier.archive", "dossier.dispose", "case.read.region")),
    Door("publications", "公示", "公示", ("publication.read",)),
    Door("deliveries", "每日对账", "公示", ("publication.read",)),
    Door("registers", "登记与清单", "公示", ("register.edit", "register.submit", "register.confirm")),
    Door("register-queue", "清单确认", "公示", ("register.confirm",)),
    Door("law", "法律法规", "依据", ("law.read",)),
    Door("powers", "权责事项", "依据", ("law.read",)),
    Door("benchmarks", "裁量基准", "依据", ("law.read",)),
    Door("procedures", "办案程序", "依据", ("law.read",)),
    Door("reckon", "期限推算", "依据", ("law.read",)),
    Door("recording-watch", "音像记录情况", "监督", ("case.read",)),
    Door("conduct-watch", "亮证与告知", "监督", ("case.read",)),
    Door("reports", "统计年报", "监督", ("case.read",)),
    Door("record", "全过程记录", "监督", ("record.read",)),
    Door("organs", "机关与人员", "管理", ORGANS_READ),
    Door("devices", "录制设备", "管理", ORGANS_READ),
    Door("equipment", "着装和标志", "管理", ORGANS_READ),
    Door("vault", "证据保管", "管理", ("evidence.read",)),
)


def page(
    request: Any,
    template: str,
    context: Mapping[str, Any],
    *,
    current: str = "",
    status: int | None = None,
    owed: int | None = None,
) -> HttpResponse:
    """A page inside the desk's frame. Cost: 1 query for the figure in the menu, none where ``owed`` gives it.

    Unless told, its status is that of the refusal which it shows as ``refused``, or 200.
    """
    nav = menu(request.actor, current, request.at, owed)
    if status is None:
        status = status_with(context.get("refused"))
    return render(request, template, {**context, "nav": nav}, status=status)


def menu(actor: Actor, current: str, at: datetime, owed: int | None = None) -> list[dict[str, Any]]:
    """The groups of the menu with what the person may enter; ``owed`` is how much waits for him, if known."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for door in DOORS:
        if door.open_to(actor):
            groups.setdefault(door.group, []).append(
                {
                    "title": door.title,
                    "href": reverse(f"desk:{door.key}"),
                    "count": _waiting(actor, at, owed) if door.key == "todo" else None,
                    "current": door.key == current,
                }
            )
    return [{"title": title, "items": items} for title, items in groups.items()]


def _waiting(actor: Actor, at: datetime, owed: int | None) -> str:
    count = cases.open_count(actor, at) if owed is None else owed
    return wording.counted(count) if count else ""


def word(request: Any, name: str, *, limit: int = 200) -> str:
    """A parameter of the address, without what a database cannot store, cut to a sensible length."""
    return str(request.GET.get(name, "")).replace("\x00", "").strip()[:limit]
