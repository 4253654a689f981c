"""案卷排列: ``codex/archives``, in which order the pieces of a file lie, as data.

Source: domain.md 6.1; each template names its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem
from mingjing.law.codex import files

from .pieces import Piece

FOLDER = "archives"
VOLUMES = ("main", "secondary")
RECEIPTS = ("behind", "apart")


@dataclass(frozen=True)
class Group:
    """一组文件: a place in a volume and what lies there; every word that is given must fit.

    ``codes`` are form codes (``D-A5``, ``D-A*``), ``forms`` and ``steps`` ids of the codex; ``decision`` are
    papers that settle the case, ``outgoing`` those that left the organ, ``evidence`` files that were handed in.
    """

    volume: str
    title: str
    codes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    decision: bool | None = None
    outgoing: bool | None = None
    evidence: bool | None = None

    def takes(self, piece: Piece) -> bool:
        """Whether the piece lies here, if no earlier group took it."""
        return (
            (not self.codes or any(_fits(piece.code, code) for code in self.codes))
            and (not self.forms or piece.form in self.forms)
            and (not self.steps or piece.step in self.steps)
            and self.decision in (None, piece.decision)
            and self.outgoing in (None, piece.outgoing)
            and self.evidence in (None, piece.evidence)
        )

    @property
    def takes_all(self) -> bool:
        """Whether it turns nothing away."""
        asked = (self.decision, self.outgoing, self.evidence)
        return not (self.codes or self.forms or self.steps) and asked == (None, None, None)


@dataclass(frozen=True)
class Order:
    """排列办法: a template. ``split``: into 正卷 and 副卷. ``receipts``: ``behind`` puts a service receipt
    right behind what it served, ``apart`` leaves it to the groups. ``by_choice``: only where an organ asks for it.
    ``sure``: whether the source was read whole.
    """

    id: str
    title: str
    acts: tuple[str, ...]
    organ_fields: tuple[str, ...]
    by_choice: bool
    split: bool
    receipts: str
    basis: str
    source: str
    sure: bool
    note: str
    groups: tuple[Group, ...]

    def fits(self, act: str) -> bool:
        """Whether files of this act may be arranged so."""
        return not self.acts or act in self.acts

    def volume_of(self, piece: Piece) -> str:
        """正卷 or 副卷."""
        return piece.part if self.split and piece.part in VOLUMES else "main"

    def place(self, piece: Piece) -> tuple[int, str]:
        """The number and title of the group in which the piece lies."""
        volume = self.volume_of(piece)
        for number, group in enumerate(self.groups):
            if group.volume == volume and group.takes(piece):
                return number, group.title
        return len(self.groups), ""


def _fits(code: str, pattern: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def orders() -> tuple[Order, ...]:
    """Every template, the most special first. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept(FOLDER, [FOLDER], lambda: tuple(sorted(map(_read, files.files(FOLDER)), key=_special)))


def _special(order: Order) -> tuple[int, int, str]:
    return (not order.organ_fields, not order.acts, order.id)


def order_named(order_id: str) -> Order:
    """One template. Raises: Refused ``no-such-order``."""
    for order in orders():
        if order.id == order_id:
            return order
    known = "、".join(one.id for one in orders())
    raise Refused("no-such-order", f"没有名为“{order_id}”的案卷排列办法。", remedy=f"可以是：{known}。")


def order_for(act: str, organ_fields: Collection[str], chosen: str = "") -> Order:
    """The template for a file: the organ's choice where it fits the act, else the most special one that does."""
    fitting = [one for one in orders() if one.fits(act)]
    for order in fitting:
        if order.id == chosen:
            return order
    for order in fitting:
        fields = set(order.organ_fields)
        if not order.by_choice and (not fields or fields & set(organ_fields)):
            return order
    raise Refused("no-order", f"没有适用于“{act}”的案卷排列办法。", remedy="在 codex/archives 中补上。")


def arranged(order: Order, pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    """The pieces of each volume as they lie in it: by group, then by date, receipts behind what they served."""
    given = list(pieces)
    follow = {one.key: one.behind for one in given if one.behind} if order.receipts == "behind" else {}
    heads = [one for one in given if one.key not in follow]
    followers: dict[str, list[Piece]] = {}
    for one in given:
        if one.key in follow:
            followers.setdefault(follow[one.key], []).append(one)
    volumes: dict[str, list[Piece]] = {volume: [] for volume in VOLUMES}
    for one in sorted(heads, key=lambda one: (order.place(one)[0], one.on)):
        volumes[order.volume_of(one)] += [one, *sorted(followers.pop(one.key, []), key=lambda each: each.on)]
    for lost in followers.values():  # what they served is not in the file: they lie by themselves
        for one in lost:
            volumes[order.volume_of(one)].append(one)
    return {volume: found for volume, found in volumes.items() if found}


def _read(path: Path) -> Order:
    keys = files.Keys(files.read(path), files.shown(path))
    order = Order(
        id=path.stem,
        title=keys.get("title", str),
        acts=keys.texts("acts"),
        organ_fields=keys.texts("organ_fields"),
        by_choice=bool(keys.maybe("by_choice", bool)),
        split=keys.get("split", bool),
        receipts=keys.get("receipts", str),
        basis=keys.get("basis", str),
        source=keys.get("source", str),
        sure=keys.get("sure", bool),
        note=keys.text("note"),
        groups=tuple(_group(table) for table in keys.tables("groups")),
    )
    keys.done()
    return order


def _group(keys: files.Keys) -> Group:
    group = Group(
        volume=keys.get("volume", str),
        title=keys.get("title", str),
        codes=keys.texts("codes"),
        forms=keys.texts("forms"),
        steps=keys.texts("steps"),
        decision=keys.maybe("decision", bool),
        outgoing=keys.maybe("outgoing", bool),
        evidence=keys.maybe("evidence", bool),
    )
    keys.done()
    return group


def problems(acts: Collection[str], steps: Collection[str]) -> list[Problem]:
    """Everything wrong with the templates, in Chinese; ``acts`` and ``steps`` are those of the procedures."""
    try:
        found = orders()
    except Refused as refused:
        return [Problem("codex/archives", refused.reason, refused.remedy or "修改该文件")]
    known = {form.code for form in forms.catalogue().values()}
    wrong: list[Problem] = []
    for order in found:
        wrong += _problems_of(order, acts, steps, known)
    if not any(not one.acts and not one.organ_fields and not one.by_choice for one in found):
        wrong.append(Problem("codex/archives", "没有一种排列适用于所有事项", "补上一个 acts 为空的文件"))
    return wrong


def _problems_of(
    order: Order, acts: Collection[str], steps: Collection[str], codes: Collection[str]
) -> Iterable[Problem]:
    where = f"codex/archives/{order.id}.toml"
    if order.receipts not in RECEIPTS:
        yield Problem(f"{where} receipts", f"“{order.receipts}”不认识", f"可用：{'、'.join(RECEIPTS)}")
    for act in order.acts:
        if act not in acts:
            yield Problem(f"{where} acts", f"没有程序属于“{act}”", f"可用：{'、'.join(sorted(acts))}")
    for number, group in enumerate(order.groups, start=1):
        yield from _group_problems(f"{where} groups[{number}]", group, steps, codes)
    for volume in VOLUMES if order.split else VOLUMES[:1]:
        own: Sequence[Group] = [one for one in order.groups if one.volume == volume]
        if not own or not own[-1].takes_all:
            remedy = "在该卷最后加一组不写条件的 [[groups]]"
            yield Problem(where, f"{forms.PARTS[volume]}中有的文件没有位置", remedy)
        for group in own[:-1]:
            if group.takes_all:
                yield Problem(where, f"“{group.title}”之后的各组永远排不到", "把不写条件的一组放在该卷最后")


def _group_problems(
    where: str, group: Group, steps: Collection[str], codes: Collection[str]
) -> Iterable[Problem]:
    if group.volume not in VOLUMES:
        yield Problem(f"{where}.volume", f"“{group.volume}”不认识", f"可用：{'、'.join(VOLUMES)}")
    for pattern in group.codes:
        if not any(_fits(code, pattern) for code in codes):
            yield Problem(f"{where}.codes", f"没有文书的编号是“{pattern}”", "核对 codex/papers.toml")
    for form in group.forms:
        if form not in forms.catalogue():
            yield Problem(f"{where}.forms", f"没有名为“{form}”的文书格式", "核对 codex/papers")
    for step in group.steps:
        if step not in steps:
            yield Problem(f"{where}.steps", f"没有程序有“{step}”这一环节", "核对 codex/procedures")
