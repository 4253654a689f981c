"""What a matter of the demo city is about, and what several of its forms say alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mingjing.law import queries as law

from .stories import Story

Facts = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """One matter of the demo: its story, its people and the choices made for it."""

    story: Story
    party_name: str
    representative: str
    place: str
    officers: tuple[int, ...]
    head_name: str
    reviewer_name: str
    phone: str
    fine_fen: int
    proposal: str = "penalize"
    review_problems: bool = False
    complex_case: bool = False

    @property
    def speaker(self) -> str:
        """Who speaks for the party."""
        return self.representative or self.party_name


# What officers owe to those they meet; a form takes of it what it asks (``kernel.conduct``).
SHOWN: Facts = {"certificates_shown": "yes", "uniform_worn": "yes"}
TOLD: Facts = {"rights_told": "yes", "notice_reply": "paper"}
Answer = Callable[[Scene, datetime, Mapping[str, Any]], Facts]


def day(at: datetime, days: int = 0) -> str:
    return (at + timedelta(days=days)).date().isoformat()


def prior_order(item: law.Power, at: datetime) -> Facts:
    """The order to correct that was not heeded, where the fine presupposes one."""
    if not item.fines or not item.fines[0].after_order:
        return {}
    return {"prior_order_no": "责改〔2026〕0号（演示）", "prior_checked_on": day(at, -1)}


def content(scene: Scene) -> str:
    lines = []
    if scene.story.gains_fen and "confiscation" in scene.story.kinds:
        lines.append(f"没收违法所得人民币 {scene.story.gains_fen / 100:,.2f} 元")
    lines.append(f"罚款人民币 {scene.fine_fen / 100:,.2f} 元")
    return "；\n".join(f"{number}．{line}" for number, line in enumerate(lines, 1)) + "。"
