"""Facts made finite, so that every way a case can go may be explored.

The conditions of a procedure see the facts only through a few *questions* (``fine_fen >= 500000``,
``outcome == 'exempt'``, ``complex``). Facts that are always set by the same steps form a *bundle*. Two ways
of filling a bundle in that answer every condition alike, whatever the other bundles hold, are one *answer*;
so an abstract case carries one small number per bundle.

A fact with known values (yes or no, a choice, a number that is only compared with fixed numbers) takes each
of the values that matter. Every other question (``fine_fen >= hearing_fine_fen``) is answered yes or no
freely, anew whenever a step sets one of its facts. Derived facts are replaced by their definition first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from math import prod
from typing import Any

from mingjing.kernel.conditions import (
    AmongThese,
    Binary,
    Condition,
    Literal,
    Name,
    Node,
    Unary,
    names_in,
)
from mingjing.kernel.procedure_parts import Field, Procedure

# A choice that no condition mentions.
OTHER = "其他"
NUMBERS = ("money", "number", "decimal")
# Beyond these sizes ways are not merged, or a question is answered freely: more answers, none missed.
MOST_WAYS = 4_096
MOST_EVALUATIONS = 100_000
MOST_SEVERAL = 3

Answers = tuple[int, ...]
Evaluate = Callable[[Sequence[bool]], bool]
Way = tuple[Any, ...]


@dataclass(frozen=True)
class Variable:
    """A fact with known values (``question`` is None), or one free question over ``names``."""

    names: frozenset[str]
    values: tuple[Any, ...]
    question: Node | None = None

    def answers(self, question: Node) -> bool:
        """Whether the variable's value decides the question."""
        if self.question is not None:
            return question == self.question
        return frozenset(names_in(question)) == self.names

    def in_words(self, value: Any) -> str:
        """One value, for a person."""
        if self.question is not None:
            return f"{unparse(self.question)} {'成立' if value else '不成立'}"
        shown = "未填" if value is None else {True: "是", False: "否"}.get(value, value)
        if isinstance(value, int) and not isinstance(value, bool):
            shown = str(value)
        return f"{next(iter(self.names))} 为 {'、'.join(shown) if isinstance(shown, tuple) else shown}"


@dataclass(frozen=True)
class Bundle:
    """Variables set by the same steps; each answer has one way of filling them in that stands for it.

    ``offered`` gives for each setting step the answers it can bring about.
    """

    variables: tuple[Variable, ...]
    setters: frozenset[str]
    ways: tuple[Way, ...]
    offered: Mapping[str, tuple[int, ...]]
    first: tuple[int, ...]

    def in_words(self, answer: int) -> str:
        """What the answer supposes, for a person."""
        pairs = zip(self.variables, self.ways[answer], strict=True)
        return "，".join(variable.in_words(value) for variable, value in pairs)


class Tree:
    """A condition with derived facts replaced, as a function of the truth of its questions."""

    def __init__(self, node: Node) -> None:
        self.names = frozenset(names_in(node))
        self.questions = tuple(dict.fromkeys(_questions(node)))
        self.evaluate = _compile(node, {question: slot for slot, question in enumerate(self.questions)})

    def concerns(self, variable: Variable) -> bool:
        """Whether the variable bears on the condition."""
        if variable.question is not None:
            return variable.question in self.questions
        return bool(variable.names & self.names)

    def answered(self, variable: Variable, value: Any) -> list[tuple[int, bool]]:
        """The questions the value answers: their slots and the answers."""
        return [
            (slot, _answer(question, variable, value))
            for slot, question in enumerate(self.questions)
            if variable.answers(question)
        ]

    def table(self, parts: Sequence[tuple[Sequence[Variable], Sequence[Way]]]) -> Iterator[bool]:
        """The condition under every combination of ways, the last part varying fastest."""
        answered = [[self._answered_way(variables, way) for way in ways] for variables, ways in parts]
        row = [False] * len(self.questions)
        for combination in product(*answered):
            for slot, truth in chain.from_iterable(combination):
                row[slot] = truth
            yield self.evaluate(row)

    def _answered_way(self, variables: Sequence[Variable], way: Way) -> list[tuple[int, bool]]:
        pairs = zip(variables, way, strict=True)
        return list(chain.from_iterable(self.answered(variable, value) for variable, value in pairs))


class Test:
    """A condition over the answers of bundles, remembered once worked out."""

    def __init__(self, tree: Tree, bundles: Sequence[Bundle]) -> None:
        self.bundles = tuple(
            index
            for index, bundle in enumerate(bundles)
            if any(tree.concerns(variable) for variable in bundle.variables)
        )
        self._tree = tree
        self._all = bundles
        self._known: dict[Answers, bool] = {}

    def holds(self, answers: Answers) -> bool:
        """Whether the condition is true under these answers."""
        key = tuple([answers[index] for index in self.bundles])
        known = self._known.get(key)
        if known is None:
            used = [(self._all[index], answers[index]) for index in self.bundles]
            parts = [(bundle.variables, [bundle.ways[answer]]) for bundle, answer in used]
            known = self._known[key] = next(self._tree.table(parts))
        return known


class AbstractFacts:
    """The bundles of a procedure and its conditions as tests over them."""

    def __init__(self, procedure: Procedure, conditions: Iterable[Condition]) -> None:
        self.procedure = procedure
        definitions = _definitions(procedure)
        self._fields: dict[str, Field] = {field.name: field for _, field in procedure.fields()}
        trees = {condition: Tree(_inlined(condition.tree, definitions)) for condition in conditions}
        self.bundles = self._bundle(list(trees.values()))
        self._tests = {condition: Test(tree, self.bundles) for condition, tree in trees.items()}

    def test(self, condition: Condition) -> Test:
        """The condition as a test."""
        return self._tests[condition]

    def beginnings(self) -> list[Answers]:
        """Every way the answers can stand when a case begins: constants may hold anything, fields nothing."""
        return [tuple(answers) for answers in product(*(bundle.first for bundle in self.bundles))]

    def set_by(self, step: str) -> list[tuple[int, tuple[int, ...]]]:
        """The bundles that a step sets, each with the answers it can bring about."""
        return [
            (index, bundle.offered[step])
            for index, bundle in enumerate(self.bundles)
            if step in bundle.setters
        ]

    # --- variables ---

    def _bundle(self, trees: list[Tree]) -> list[Bundle]:
        grouped: dict[tuple[frozenset[str], bool], list[Variable]] = {}
        for variable in self._variables(trees):
            setters = self._setters(variable.names)
            grouped.setdefault((setters, not setters), []).append(variable)
        bundles = []
        for (setters, _), variables in grouped.items():
            for part in _small_enough(variables):
                bundles.append(self._merge_ways(part, setters, trees))
        return bundles

    def _variables(self, trees: list[Tree]) -> list[Variable]:
        questions = list(dict.fromkeys(chain.from_iterable(tree.questions for tree in trees)))
        found: dict[Variable, None] = {}
        for question in questions:
            names = frozenset(names_in(question))
            values = self._values(next(iter(names)), questions) if len(names) == 1 else None
            if values is not None:
                found[Variable(names, values)] = None
            elif names:
                found[Variable(names, (False, True), question)] = None
        return list(found)

    def _values(self, name: str, questions: list[Node]) -> tuple[Any, ...] | None:
        """The values of a fact that matter, the unfilled first; None if its questions must stay free."""
        about = [question for question in questions if set(names_in(question)) == {name}]
        if not all(_is_plain(question) for question in about):
            return None
        field = self._fields.get(name)
        if field is None and self._setters(frozenset({name})):
            return None  # a stamped date
        mentioned = list(dict.fromkeys(chain.from_iterable(_mentioned(question) for question in about)))
        if field is None:
            return _values_of_constant(about, mentioned)
        if field.kind == "bool":
            return (None, False, True)
        if field.kind == "choice":
            unmentioned = any(code not in mentioned for code, _ in field.choices)
            return (None, *mentioned, *((OTHER,) if unmentioned else ()))
        if field.kind == "choices" and len(mentioned) <= MOST_SEVERAL:
            sizes = range(len(mentioned) + 1)
            return (None, *chain.from_iterable(combinations(mentioned, size) for size in sizes))
        if field.kind in NUMBERS and all(not isinstance(value, str | bool) for value in mentioned):
            return (None, *_representatives(mentioned))
        return None

    def _setters(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(step.id for step in self.procedure.steps.values() if names & step.sets)

    # --- merging ---

    def _merge_ways(self, variables: list[Variable], setters: frozenset[str], trees: list[Tree]) -> Bundle:
        nothing = tuple(variable.values[0] for variable in variables)
        every = [nothing, *(way for way in product(*(v.values for v in variables)) if way != nothing)]
        signatures = self._signatures(variables, every, trees)
        answer_of: dict[Way, int] = {}
        ways: list[Way] = []
        numbers: dict[Any, int] = {}
        for way, signature in zip(every, signatures, strict=True):
            if signature not in numbers:
                numbers[signature] = len(ways)
                ways.append(way)
            answer_of[way] = numbers[signature]
        offered = {step: self._offered(step, variables, answer_of) for step in sorted(setters)}
        first = (answer_of[nothing],) if setters else tuple(range(len(ways)))
        return Bundle(tuple(variables), setters, tuple(ways), offered, first)

    def _signatures(self, variables: list[Variable], ways: list[Way], trees: list[Tree]) -> list[Any]:
        """For each way: what every condition answers to it under all fillings of the other variables."""
        everything = self._variables(trees)
        signatures: list[list[bool]] = [[] for _ in ways]
        for tree in trees:
            if not any(tree.concerns(variable) for variable in variables):
                continue
            others = [other for other in everything if other not in variables and tree.concerns(other)]
            fillings = prod(len(other.values) for other in others)
            if fillings * len(ways) > MOST_EVALUATIONS:
                return list(ways)
            parts = [([other], [(value,) for value in other.values]) for other in others]
            truths = list(tree.table([(variables, ways), *parts]))
            for position, signature in enumerate(signatures):
                signature += truths[position * fillings : (position + 1) * fillings]
        return [tuple(signature) for signature in signatures]

    def _offered(self, step: str, variables: list[Variable], answer_of: Mapping[Way, int]) -> tuple[int, ...]:
        allowed = [self._allowed(step, variable) for variable in variables]
        return tuple(sorted({answer_of[way] for way in product(*allowed)}))

    def _allowed(self, step: str, variable: Variable) -> tuple[Any, ...]:
        """The values a step's form can give; a required field without condition is never left open."""
        if variable.question is not None and not isinstance(variable.question, Name):
            return variable.values
        (name,) = variable.names
        field = next((field for field in self.procedure.steps[step].facts if field.name == name), None)
        if field is None:
            return variable.values
        free_number = variable.question is not None and field.kind in NUMBERS
        if free_number or not field.required or field.when is not None:
            return variable.values
        filled = variable.values[1:]
        if field.kind == "choices":
            return tuple(value for value in filled if value) or filled
        return filled


def _small_enough(variables: list[Variable]) -> Iterator[list[Variable]]:
    """The variables together if their ways are few enough, else in groups that are."""
    group: list[Variable] = []
    ways = 1
    for variable in variables:
        if group and ways * len(variable.values) > MOST_WAYS:
            yield group
            group, ways = [], 1
        group.append(variable)
        ways *= len(variable.values)
    if group:
        yield group


def _representatives(numbers: list[Any]) -> list[Any]:
    """Numbers at, just below and just above each number that conditions mention."""
    near = {number + offset for number in (*numbers, 0) for offset in (-1, 0, 1)}
    return sorted(number for number in near if number >= min(0, *numbers, 0))


def _values_of_constant(questions: list[Node], mentioned: list[Any]) -> tuple[Any, ...] | None:
    """The values of a fact that no form sets: what it is compared with tells what it may be."""
    truths = any(isinstance(question, Name) for question in questions)
    truths = truths or any(isinstance(value, bool) for value in mentioned)
    numbers = [value for value in mentioned if not isinstance(value, str | bool)]
    texts = [value for value in mentioned if isinstance(value, str)]
    if truths + bool(numbers) + bool(texts) != 1:
        return None
    if truths:
        return (None, False, True)
    return (None, *_representatives(numbers)) if numbers else (None, *texts, OTHER)


# --- trees ---


def _definitions(procedure: Procedure) -> dict[str, Node]:
    """Each derived fact as a tree over plain facts; one may only use those defined before it."""
    definitions: dict[str, Node] = {}
    for rule in procedure.derived:
        definitions[rule.name] = _inlined(rule.when.tree, definitions)
    return definitions


def _inlined(node: Node, definitions: Mapping[str, Node]) -> Node:
    """The tree with derived facts replaced, comparisons of them with true or false resolved."""
    match node:
        case Name(name):
            return definitions.get(name, node)
        case Unary(operator, operand):
            return Unary(operator, _inlined(operand, definitions))
        case AmongThese(operand, options):
            return AmongThese(_inlined(operand, definitions), options)
        case Binary("==" | "!=" as operator, Name(name), Literal(bool() as value)) if name in definitions:
            wanted = value if operator == "==" else not value
            return definitions[name] if wanted else Unary("not", definitions[name])
        case Binary(operator, left, right):
            return Binary(operator, _inlined(left, definitions), _inlined(right, definitions))
        case Literal():
            return node


def _questions(node: Node) -> Iterator[Node]:
    """The smallest parts of a tree that are true or false and read a fact."""
    match node:
        case Binary("and" | "or", left, right):
            yield from _questions(left)
            yield from _questions(right)
        case Unary("not", operand):
            yield from _questions(operand)
        case Literal():
            return
        case _:
            yield node


def _compile(node: Node, slots: Mapping[Node, int]) -> Evaluate:
    match node:
        case Binary("and", left, right):
            first, second = _compile(left, slots), _compile(right, slots)
            return lambda row: first(row) and second(row)
        case Binary("or", left, right):
            first, second = _compile(left, slots), _compile(right, slots)
            return lambda row: first(row) or second(row)
        case Unary("not", operand):
            inner = _compile(operand, slots)
            return lambda row: not inner(row)
        case Literal(value):
            return lambda row: bool(value)
        case _:
            slot = slots[node]
            return lambda row: row[slot]


def _answer(question: Node, variable: Variable, value: Any) -> bool:
    if variable.question is not None:
        return bool(value)
    (name,) = variable.names
    return Condition("", question).holds({name: value})


def _is_plain(question: Node) -> bool:
    """Whether a question is a bare fact, or compares one fact with fixed values and nothing more."""
    match question:
        case Name() | AmongThese(Name(), _):
            return True
        case Binary(operator, Name(), Literal()) | Binary(operator, Literal(), Name()):
            return operator not in ("+", "-", "*")
        case _:
            return False


def _mentioned(question: Node) -> tuple[Any, ...]:
    match question:
        case AmongThese(_, options):
            return options
        case Binary(_, Literal(value), _) | Binary(_, _, Literal(value)):
            return (value,)
        case _:
            return ()


def unparse(node: Node) -> str:
    """The tree as a lawyer would write it."""
    match node:
        case Name(name):
            return name
        case Literal(bool() as value):
            return "true" if value else "false"
        case Literal(value):
            return f"'{value}'" if isinstance(value, str) else str(value)
        case Unary(operator, operand):
            return f"not {unparse(operand)}" if operator == "not" else f"-{unparse(operand)}"
        case AmongThese(operand, options):
            return f"{unparse(operand)} in ({', '.join(unparse(Literal(option)) for option in options)})"
        case Binary(operator, left, right):
            return f"{unparse(left)} {operator} {unparse(right)}"
