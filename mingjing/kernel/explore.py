"""Examines a procedure by walking every way a case can go, and tells what would go wrong in some case.

Reported are: a situation from which no end can be reached any more (with the shortest way into it), a duty
that can never be done, a step or an outcome that no case can reach, and a term without a basis.

The walk is symbolic: it moves sets of states held as decision diagrams, since side branches (recusal, testing,
extension, transfer) that may happen in any order multiply to millions of states.
"""

from __future__ import annotations

from mingjing.kernel.abstract_steps import AbstractProcedure, Move
from mingjing.kernel.conditions import Condition
from mingjing.kernel.diagrams import ALL, NONE
from mingjing.kernel.guarantees import Guarantee
from mingjing.kernel.procedure_parts import Procedure, Step
from mingjing.kernel.relations import Closure, Images, TooLargeError
from mingjing.kernel.tables import Notes, Problem

# A procedure that needs more nodes takes minutes to walk, and no person could oversee it either.
MOST_NODES = 8_000_000


def problems(procedure: Procedure) -> list[Problem]:
    """Everything wrong with a procedure that its file does not show by itself; empty if it is sound."""
    notes = Notes()
    _note_missing_bases(procedure, notes)
    walk = Walk(procedure)
    if walk.too_large:
        notes.add(
            f"{procedure.source}: steps",
            "各步骤可以任意先后的组合太多，未能全部检查",
            "请用 after、closes、once 限制先后，或者减少条件中用到的事实",
        )
    else:
        _note_unreachable(procedure, walk, notes)
        _note_undischargeable(procedure, walk, notes)
        _note_dead_end(procedure, walk, notes)
    return notes.problems


def broken_guarantees(procedure: Procedure) -> list[Problem]:
    """The guarantees that some case allowed by the rules would break, each with a way to break it.

    For each, everything it requires is struck out; if its step can still be taken, it does not hold. Cost: a
    walk for each guarantee that requires steps.
    """
    notes = Notes()
    for number, guarantee in enumerate(procedure.guarantees):
        place = f"{procedure.source}: guarantees[{number}]"
        _note_what_the_step_lacks(procedure.steps[guarantee.step], guarantee, place, notes)
        if not guarantee.requires:
            continue
        walk = Walk(procedure, without=frozenset(guarantee.requires), watched=guarantee)
        breaking = walk.too_large or walk.can_be_made_where(guarantee.step, guarantee.when)
        if breaking:
            titles = "、".join(_requirement(procedure, name) for name in guarantee.requires)
            notes.add(
                place,
                f"“{guarantee.title}”没有保证：可以不经{titles}就办理{procedure.title_of(guarantee.step)}",
                "请用 after、not_while、waits_for_windows 或者 when 堵住这条路，或者删去这项保证",
            )
    return notes.problems


def _note_what_the_step_lacks(step: Step, guarantee: Guarantee, place: str, notes: Notes) -> None:
    """A form that lets the fact be left blank, or a step that does not name the condition, keeps no promise."""
    always = {field.name for field in step.facts if field.required and field.when is None}
    for name in guarantee.asks:
        if name not in always:
            message = f"“{guarantee.title}”没有保证：“{step.title}”的表单不是一律必填“{name}”"
            notes.add(f"{place}.asks", message, "请在该环节的 facts 中写明 required = true，不带 when")
    for name in guarantee.needs:
        if name not in step.needs:
            message = f"“{guarantee.title}”没有保证：“{step.title}”的 needs 中没有“{name}”"
            notes.add(f"{place}.needs", message, "请把它写进该环节的 needs")


def _requirement(procedure: Procedure, name: str) -> str:
    step = name.removeprefix("lapse:")
    return f"{procedure.title_of(step)}的期限届满" if step != name else procedure.title_of(step)


class Walk:
    """Every state a case can reach, as one set, with the moves ever made and the duties ever done.

    ``without`` names moves that are struck out (steps, ``lapse:step``); ``watched`` is the guarantee whose
    condition is to be judged.
    """

    def __init__(
        self,
        procedure: Procedure,
        most_nodes: int = MOST_NODES,
        *,
        without: frozenset[str] = frozenset(),
        watched: Guarantee | None = None,
    ) -> None:
        self.abstract = AbstractProcedure(procedure, watched)
        self.abstract.moves = [move for move in self.abstract.moves if move.name not in without]
        self.diagrams = self.abstract.diagrams
        self.images = Images(self.diagrams)
        self.relations = {move.name: move.relation(self.diagrams) for move in self.abstract.moves}
        # Whether a step can be taken does not depend on what would follow it.
        last = watched.step if watched else None
        followed = [relation for name, relation in self.relations.items() if name != last]
        self.too_large = False
        self.reached = NONE
        try:
            self.reached = Closure(self.diagrams, followed, most_nodes).of(self.abstract.beginning())
        except TooLargeError:
            self.too_large = True

    def can_be_made(self, move: Move) -> bool:
        """Whether any case can come to make this move."""
        return self.diagrams.both(self.reached, self._possible(move)) != NONE

    def can_be_made_where(self, step: str, when: Condition | None) -> bool:
        """Whether any case can take the step while, with its form filled in, the condition holds."""
        move = next((move for move in self.abstract.moves if move.name == step), None)
        if move is None:
            return False
        ready = self.diagrams.both(self.reached, move.enabled)
        filled = move.filled(ready, self.diagrams)
        return self.diagrams.both(filled, self.abstract.facts.condition(when)) != NONE

    def _made_from(self, move: Move, states: int) -> int:
        return self.images.after(self.relations[move.name], states)

    def _possible(self, move: Move) -> int:
        """The states in which the move can be made with some form."""
        return self.images.before(self.relations[move.name], ALL)

    def _leading_by(self, move: Move, states: int) -> int:
        """The reached states from which the move leads into those."""
        return self.diagrams.both(self.images.before(self.relations[move.name], states), self.reached)

    def is_ever_owed(self, step: str) -> bool:
        """Whether any case comes to owe the step."""
        return self.diagrams.both(self.reached, self.abstract.owed(step)) != NONE

    def is_done_when_owed(self, move: Move) -> bool:
        """Whether the step is taken in any state in which it is owed."""
        owed = self.abstract.owed(move.step.id) if move.step else NONE
        return self.diagrams.all_of((self.reached, owed, self._possible(move))) != NONE

    def dead_ends(self) -> int:
        """The reachable states from which the case can never be complete."""
        diagrams, followed = self.diagrams, dict.fromkeys(self.relations, NONE)
        good = diagrams.both(self.reached, self.abstract.complete())
        while True:
            before = good
            for move in reversed(self.abstract.moves):
                fresh = diagrams.minus(good, followed[move.name])
                followed[move.name] = good
                if fresh != NONE:
                    good = diagrams.either(good, self._leading_by(move, fresh))
            if good == before:
                return diagrams.minus(self.reached, good)

    def way_into(self, targets: int) -> list[str]:
        """The titles of the moves of a shortest way from a beginning into the target states."""
        rings = self._rings(targets)
        diagrams = self.diagrams
        here = diagrams.both(rings[-1], targets)
        labels: list[str] = []
        for ring in reversed(rings[:-1]):
            bits = diagrams.one_of(here)
            point = diagrams.cube(bits)
            move, earlier = next(
                (move, earlier)
                for move in self.abstract.moves
                if (earlier := diagrams.both(self._leading_by(move, point), ring)) != NONE
            )
            supposed = self.abstract.facts.in_words(move.step, bits) if move.step else ""
            labels.append(f"{move.title}（{supposed}）" if supposed else move.title)
            here = earlier
        return labels[::-1]

    def _rings(self, targets: int) -> list[int]:
        """The states reachable within 0, 1, 2… moves, until a target is among them."""
        diagrams = self.diagrams
        rings = [self.abstract.beginning()]
        while diagrams.both(rings[-1], targets) == NONE:
            following = (self._made_from(move, rings[-1]) for move in self.abstract.moves)
            rings.append(diagrams.either(rings[-1], diagrams.any_of(following)))
        return rings


def _note_missing_bases(procedure: Procedure, notes: Notes) -> None:
    for step in procedure.steps.values():
        place = f"{procedure.source}: steps.{step.id}"
        remedy = '请写 basis = "<法律简称>/<条>"，或者给该步骤写 basis'
        for rule in step.duties:
            if not rule.basis:
                title = rule.title or procedure.steps[rule.step].title
                notes.add(f"{place}.duties", f"义务“{title}”没有依据", remedy)
        for key, term in (("window", step.window), ("at_least", step.at_least), ("extends", step.extends)):
            if term is not None and not term.basis:
                notes.add(f"{place}.{key}", f"“{step.title}”的期限没有依据", remedy)


def _note_unreachable(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    taken = [move.step for move in walk.abstract.moves if move.step and walk.can_be_made(move)]
    for step in procedure.steps.values():
        if step not in taken:
            notes.add(
                f"{procedure.source}: steps.{step.id}",
                f"任何案件都走不到“{step.title}”这一步",
                "请检查它的 after、when、window，以及有没有步骤用 opens 开启它",
            )
    reached = {step.ends for step in taken}
    for code, title in procedure.outcomes.items():
        if code not in reached:
            notes.add(
                f"{procedure.source}: outcomes.{code}",
                f"任何案件都不能以“{title}”结束",
                "请检查以此结束的步骤为什么走不到，或者为什么总有义务未办",
            )


def _note_undischargeable(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    for move in walk.abstract.moves:
        if move.step and walk.is_ever_owed(move.step.id) and not walk.is_done_when_owed(move):
            notes.add(
                f"{procedure.source}: steps.{move.step.id}",
                f"“{move.step.title}”成为义务以后永远无法履行",
                "请检查它的前提是否与产生这项义务的步骤相矛盾",
            )


def _note_dead_end(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    """Tells a nearest dead end; the others mostly follow from it."""
    dead_ends = walk.dead_ends()
    if dead_ends == NONE:
        return
    way = walk.way_into(dead_ends)
    notes.add(
        f"{procedure.source}: steps",
        f"有的案件永远不能结束：{' → '.join(way) or '案件一开始'}",
        "请让其中某个步骤在此时仍可办理，或用 closes 取消义务，使案件能够走到 ends",
    )
