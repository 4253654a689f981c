"""From a procedure file to the nodes and edges of its flowchart; no geometry here.

A procedure is a set of rules, a flowchart is one reading of it. The reading: steps marked ``main`` form the
spine in the order of the file; a step that is opened only under a condition, or that is somebody's right,
stands behind a question with a way round it; steps marked ``branch`` hang beside the step that leads to them;
what opens an earlier step is a way back. Steps marked ``aside`` are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from mingjing.kernel.conditions import Condition
from mingjing.kernel.procedure import Procedure, Step
from mingjing.law.terms_in_words import terms_of
from mingjing.organs.roles import role_title
from mingjing.web.ui.conditions import Vocabulary, in_words

NodeKind = Literal["start", "step", "question", "end"]
EdgeKind = Literal["spine", "bypass", "branch", "return"]
QUESTION_LENGTH = 18


@dataclass(frozen=True)
class Node:
    """One shape. ``lane`` counts from 0; ``beside`` puts it in the lane's second column."""

    id: str
    kind: NodeKind
    title: str
    note: str
    lane: int
    beside: bool = False
    step: str | None = None
    recording: str = "none"
    terms: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """One line, with the answer it stands for where it leaves a question."""

    source: str
    target: str
    kind: EdgeKind
    label: str = ""


@dataclass(frozen=True)
class Flow:
    """The whole chart: nodes in order from top to bottom."""

    title: str
    lanes: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}


@dataclass
class _Block:
    """A run of steps behind one question; a right is its own question, asked of whoever has it."""

    question: str
    lane: int
    right: Step | None = None
    items: list[Step | _Block] = field(default_factory=list)


# What still has no target: where the line starts, its kind, its label.
_Loose = tuple[str, EdgeKind, str]


def flow_of(procedure: Procedure, paper_titles: Mapping[str, str]) -> Flow:
    """The flow of a procedure; ``paper_titles`` names its forms."""
    return _Reading(procedure, paper_titles).flow()


class _Reading:
    def __init__(self, procedure: Procedure, paper_titles: Mapping[str, str]) -> None:
        self.procedure = procedure
        self.papers = paper_titles
        self.words = Vocabulary(procedure)
        self.steps = [step for step in procedure.steps.values() if step.flow != "aside"]
        self.order = {step.id: place for place, step in enumerate(self.steps)}
        self.spine = [step for step in self.steps if step.flow == "main"]
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def flow(self) -> Flow:
        items, _ = self._group(0, None)
        self._emit(items, [])
        self._hang_branches()
        self._lead_back()
        lanes = tuple(lane.title for lane in self.procedure.lanes)
        return Flow(self.procedure.title, lanes, tuple(self.nodes), tuple(self.edges))

    # --- what opens what ---

    def _openings(self, step: Step) -> list[tuple[Step, Condition | None]]:
        """Which earlier drawn steps make this one part of the case, and when."""
        return [
            (earlier, link.when)
            for earlier in self.steps
            if self.order[earlier.id] < self.order.get(step.id, len(self.order))
            for link in earlier.opens
            if link.step == step.id
        ]

    def _right(self, step: Step) -> _Block | None:
        return _Block(f"{step.title}？", self._lane(step), step) if step.window else None

    def _question(self, step: Step) -> _Block | None:
        """The question before a step that not every case passes; None for a step that each does."""
        openings = self._openings(step)
        if step.included or step.ends or not openings or any(when is None for _, when in openings):
            return None
        asker, when = openings[0]
        return _Block(self._ask(when, step), self._lane(asker))

    def _ask(self, when: Condition | None, step: Step) -> str:
        asked = in_words(when, self.words).partition("，")[0]
        return f"{asked}？" if 0 < len(asked) <= QUESTION_LENGTH else f"须{step.title}？"

    def _group(self, start: int, members: set[str] | None) -> tuple[list[Step | _Block], int]:
        """Steps of the spine from ``start`` on, as long as they are reached only through ``members``."""
        items: list[Step | _Block] = []
        place = start
        while place < len(self.spine):
            step = self.spine[place]
            if members is not None and not self._only_through(step, members):
                break
            own = {step.id}
            place += 1
            block = self._right(step) or self._question(step)
            if block is None:
                items.append(step)
            else:
                inner, place = self._group(place, own)
                block.items = inner if block.right else [step, *inner]
                items.append(block if block.items else step)
            if members is not None:
                members |= own
        return items, place

    def _only_through(self, step: Step, members: set[str]) -> bool:
        openings = self._openings(step)
        return not step.included and bool(openings) and all(opener.id in members for opener, _ in openings)

    # --- drawing order ---

    def _emit(self, items: list[Step | _Block], loose: list[_Loose]) -> list[_Loose]:
        """Add the nodes of ``items``, tie up ``loose`` ends, and hand on those that are loose afterwards."""
        for item in items:
            if isinstance(item, _Block):
                loose = self._emit_block(item, loose)
            else:
                self._tie(loose, item.id)
                self.nodes.append(self._node(item, when=self._ending(item)))
                loose = [] if item.ends else [(item.id, "spine", "")]
        return loose

    def _ending(self, step: Step) -> Condition | None:
        """The condition of an ending, which is written on it: a question with nothing behind it says less."""
        openings = self._openings(step)
        return openings[-1][1] if step.ends and openings else None

    def _emit_block(self, block: _Block, loose: list[_Loose]) -> list[_Loose]:
        asking = self._asking(block)
        self._tie(loose, asking.id)
        self.nodes.append(asking)
        through = self._emit(block.items, [(asking.id, "spine", "是")])
        return [*through, (asking.id, "bypass", "否")]

    def _asking(self, block: _Block) -> Node:
        if block.right is not None:
            return replace(self._node(block.right), kind="question", title=block.question)
        first = block.items[0]
        assert isinstance(first, Step)
        return Node(f"{first.id}?", "question", block.question, "", block.lane)

    def _tie(self, loose: list[_Loose], target: str) -> None:
        last = self.nodes[-1].id if self.nodes else ""
        for source, kind, label in loose:
            # Only what stands directly above can come straight down.
            drawn: EdgeKind = "bypass" if kind == "spine" and source != last else kind
            self.edges.append(Edge(source, target, drawn, label))

    def _hang_branches(self) -> None:
        for step in self.steps:
            if step.flow != "branch":
                continue
            parent = self._parent(step)
            node = self._node(step, beside=True, when=parent[1] if parent else None)
            if parent is None:
                self.nodes.append(node)
                continue
            self.nodes.insert(self._after_family(parent[0]), node)
            self.edges.append(Edge(parent[0], step.id, "branch"))

    def _parent(self, step: Step, seen: frozenset[str] = frozenset()) -> tuple[str, Condition | None] | None:
        """The drawn step that leads to a branch: the last that opens it, else the last it must come after.

        Where only a step that is not drawn opens it, whatever leads to that one.
        """
        openings = self._openings(step)
        if openings:
            opener, when = openings[-1]
            return opener.id, when
        here = self.order.get(step.id, len(self.order))
        before = [link.step for link in step.after if self.order.get(link.step, here) < here]
        if before:
            return max(before, key=self.order.__getitem__), None
        return self._distant_parent(step, seen | {step.id})

    def _distant_parent(self, step: Step, seen: frozenset[str]) -> tuple[str, Condition | None] | None:
        for opener in self.procedure.steps.values():
            leads = any(link.step == step.id for link in opener.opens)
            if leads and opener.flow == "aside" and opener.id not in seen:
                found = self._parent(opener, seen)
                if found is not None:
                    return found[0], None
        return None

    def _after_family(self, parent: str) -> int:
        """The place in ``nodes`` behind a step and everything that hangs on it already."""
        family = {parent}
        family |= {edge.target for edge in self.edges if edge.kind == "branch" and edge.source in family}
        return max(place for place, node in enumerate(self.nodes) if node.id in family) + 1

    def _lead_back(self) -> None:
        """One way back for each step that opens earlier ones: to the earliest on the spine."""
        for step in self.steps:
            here = self.order[step.id]
            back = [link.step for link in step.opens if self.order.get(link.step, here) < here]
            on_spine = [name for name in back if self.procedure.steps[name].flow == "main"]
            if on_spine:
                target = min(on_spine, key=self.order.__getitem__)
                self.edges.append(Edge(step.id, target, "return"))

    # --- nodes ---

    def _node(self, step: Step, *, beside: bool = False, when: Condition | None = None) -> Node:
        return Node(
            id=step.id,
            kind="end" if step.ends else "start" if step.start else "step",
            title=step.public_name or step.title,
            note=self._note(step, when),
            lane=self._lane(step),
            beside=beside,
            step=step.id,
            recording=step.recording,
            terms=terms_of(self.procedure, step),
            papers=tuple(dict.fromkeys(self.papers.get(rule.form, rule.form) for rule in step.papers)),
        )

    def _note(self, step: Step, when: Condition | None) -> str:
        parts = list(self._notes(step, when))
        return "，".join(parts)

    def _notes(self, step: Step, when: Condition | None) -> Iterator[str]:
        asked = in_words(when, self.words).partition("，")[0]
        if 0 < len(asked) <= QUESTION_LENGTH:
            yield asked
        if step.approve:
            yield f"报{role_title(step.approve)}批准"

    def _lane(self, step: Step) -> int:
        """The lane of the first role that has one; a step of nobody's stands in the first."""
        for role in step.by:
            lane = self.procedure.lane_of(role)
            if lane is not None:
                return self.procedure.lanes.index(lane)
        return 0
