"""Facts made finite, so that every way a case can go may be explored.

The conditions of a procedure see the facts only through a few *questions* (``fine_fen >= 500000``,
``outcome == 'exempt'``, ``complex``). A fact with known values (yes or no, a choice, a number that is only
compared with fixed numbers) becomes a variable over the values that matter. Every other question
(``fine_fen >= hearing_fine_fen``) becomes a variable of its own, answered freely and anew whenever a step sets
one of its facts.

A derived fact that hides variables no step asks for directly (``is_major`` over a dozen facts) is followed as one
variable itself. When a step sets any of its facts it is chosen anew, in every way that some filling of the
hidden facts allows together with all that is followed. This may admit a case that cannot happen, never miss one.

Variables are coded in bits of a diagram; a condition becomes the set of all codes under which it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
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
from mingjing.kernel.diagrams import ALL, NONE, Diagrams
from mingjing.kernel.procedure_parts import Field, Procedure, Step

# A choice that no condition mentions.
OTHER = "其他"
NUMBERS = ("money", "number", "decimal")
# A fact that may hold several values at once is followed exactly up to so many mentioned values.
MOST_SEVERAL = 5
# Where the codes of hidden facts begin: below every bit of a state.
HIDDEN = 1 << 20


@dataclass(frozen=True)
class Variable:
    """A fact with known values (``question`` is None), a free question, or a derived fact followed as one."""

    names: frozenset[str]
    values: tuple[Any, ...]
    question: Node | None = None

    @property
    def width(self) -> int:
        """How many bits code the variable."""
        return max(1, (len(self.values) - 1).bit_length())

    def in_words(self, value: Any) -> str:
        """One value, for a person."""
        if self.question is not None:
            return f"{unparse(self.question)} {'成立' if value else '不成立'}"
        return f"{next(iter(self.names))} 为 {_value_in_words(value)}"


@dataclass(frozen=True)
class Filling:
    """A form as it acts on a variable: where it may be ``asked`` it takes any code ``allowed``; where it may
    be ``unasked`` it stays."""

    levels: frozenset[int]
    asked: int
    unasked: int
    allowed: int


class AbstractFacts:
    """The variables of a procedure and its conditions as diagrams; ``place`` MUST code each followed variable."""

    def __init__(self, procedure: Procedure, conditions: Iterable[Condition], diagrams: Diagrams) -> None:
        self.procedure = procedure
        self.diagrams = diagrams
        self._sets = {step.id: step.sets for step in procedure.steps.values()}
        self._fields = {field.name: field for _, field in procedure.fields()}
        self._stamps = {step.stamps for step in procedure.steps.values()}
        self._fixed = {fix.fact for step in procedure.steps.values() for fix in step.fixes}
        definitions = _definitions(procedure)
        trees = list(dict.fromkeys(condition.tree for condition in conditions))
        direct = list(
            dict.fromkeys(chain.from_iterable(_questions(_plain(tree, definitions)) for tree in trees))
        )
        used = {name: definitions[name] for tree in trees for name in names_in(tree) if name in definitions}
        asked = [_inlined(field.when.tree, definitions) for _, field in procedure.fields() if field.when]
        self._questions = list(dict.fromkeys(chain(direct, *map(_questions, (*used.values(), *asked)))))
        every = self._variables()
        exact = self._exact(every, direct, used)
        self._definitions = {
            name: tree for name, tree in definitions.items() if set(_variables_of(tree, every)) <= exact
        }
        self._summed = {
            Variable(frozenset(names_in(tree)), (False, True), Name(name)): tree
            for name, tree in used.items()
            if name not in self._definitions
        }
        self.variables = [*(variable for variable in every if variable in exact), *self._summed]
        self._hidden = [variable for variable in every if variable not in exact]
        self._all_definitions = definitions
        self.levels: dict[Variable, tuple[int, ...]] = {}
        self._known: dict[Node, int] = {}
        level = HIDDEN
        for variable in self._hidden:
            level = self.place(variable, level)

    @property
    def exact(self) -> bool:
        """Whether the variables tell exactly which cases can happen; a derived fact followed as one admits more."""
        return not self._summed

    def place(self, variable: Variable, base: int) -> int:
        """Code the variable in every second level from ``base`` on; gives the next free one."""
        after = base + 2 * variable.width
        self.levels[variable] = tuple(range(base, after, 2))
        return after

    def followed_levels(self) -> Iterator[tuple[int, ...]]:
        """The levels of each variable that states carry."""
        return (self.levels[variable] for variable in self.variables)

    def condition(self, condition: Condition | None) -> int:
        """The codes under which a condition holds; without a condition, all."""
        return ALL if condition is None else self._diagram(_inlined(condition.tree, self._definitions))

    def beginning(self) -> int:
        """The codes with which a case may begin: forms hold nothing yet, constants hold anything."""
        unset = self.diagrams.all_of(
            self._codes(variable, range(1) if self._setters(variable) else range(len(variable.values)))
            for variable in (*self.variables, *self._hidden)
            if variable not in self._summed
        )
        return self._consistent(unset)

    def first_setter(self, variable: Variable) -> str | None:
        """The first step in file order that sets the variable; None for constants."""
        return next(iter(self._setters(variable)), None)

    def sets_any(self, step: Step) -> bool:
        """Whether taking the step can change what any condition sees. Needs no codes yet."""
        return any(variable.names & self._sets[step.id] for variable in (*self.variables, *self._hidden))

    def fillings(self, step: Step) -> list[Filling]:
        """What the step's form does to the variables, field by field in the order of the form."""
        fillings = []
        allowed_hidden = ALL
        for variable in (*self.variables, *self._hidden):
            asking = [field for field in step.facts if field.name in variable.names]
            fixed = variable.names <= self._fixed
            if variable in self._summed or fixed or not (asking or step.stamps in variable.names):
                continue
            asked, allowed = self._asked(asking), self._codes(variable, self._allowed(variable, asking))
            if variable in self._hidden:
                within = self.diagrams.either(allowed, self.diagrams.without(asked))
                allowed_hidden = self.diagrams.both(allowed_hidden, within)
                continue
            position = min((step.facts.index(field) for field in asking), default=len(step.facts))
            levels = frozenset(self.levels[variable])
            unasked = self._seen(self.diagrams.without(asked))
            fillings.append((position, Filling(levels, self._seen(asked), unasked, allowed)))
        ordered = [filling for _, filling in sorted(fillings, key=lambda pair: pair[0])]
        return [*ordered, *self._summing(step, allowed_hidden), *self._fixing(step)]

    def in_words(self, step: Step, bits: Mapping[int, bool]) -> str:
        """What the step's form supposes under these bits, for a person."""
        words = []
        for variable in self.variables:
            levels = self.levels[variable]
            code = sum(bits.get(level, False) << position for position, level in enumerate(levels))
            if code and variable.names & self._sets[step.id]:
                words.append(variable.in_words(variable.values[code]))
        return "，".join(words)

    # --- variables ---

    def _exact(self, every: list[Variable], direct: list[Node], used: Mapping[str, Node]) -> set[Variable]:
        """The variables that steps ask for directly, or that are all a derived fact depends on."""
        exact = set(chain.from_iterable(_variables_of(question, every) for question in direct))
        for tree in used.values():
            found = set(_variables_of(tree, every))
            if len(found) == 1:
                exact |= found
        return exact

    def _variables(self) -> list[Variable]:
        found: dict[Variable, None] = {}
        for question in self._questions:
            names = frozenset(names_in(question))
            values = self._values(next(iter(names))) if len(names) == 1 else None
            if values is not None:
                found[Variable(names, values)] = None
            elif names:
                found[Variable(names, (False, True), question)] = None
        return list(found)

    def _values(self, name: str) -> tuple[Any, ...] | None:
        """The values of a fact that matter, the unfilled first; None if its questions must stay free."""
        about = [question for question in self._questions if set(names_in(question)) == {name}]
        if name in self._stamps or not all(_is_plain(question) for question in about):
            return None
        mentioned = list(dict.fromkeys(chain.from_iterable(_mentioned(question) for question in about)))
        field = self._fields.get(name)
        if field is None:
            return _values_of_constant(about, mentioned)
        return _values_of_field(field, mentioned)

    def _setters(self, variable: Variable) -> list[str]:
        return [name for name, sets in self._sets.items() if variable.names & sets]

    def _allowed(self, variable: Variable, asking: list[Field]) -> list[int]:
        """The codes a form can give; a required field is never left open, except a number, which may be 0."""
        codes = list(range(len(variable.values)))
        required = len(asking) == 1 and asking[0].required
        if not required or isinstance(variable.question, Binary | AmongThese | Unary):
            return codes
        if variable.question is not None and asking[0].kind in NUMBERS:
            return codes
        unfilled = (None, ()) if variable.question is None else (False,)
        return [code for code in codes if variable.values[code] not in unfilled] or codes

    # --- diagrams ---

    def _asked(self, asking: list[Field]) -> int:
        """The codes, hidden ones included, under which a form asks for a fact."""
        if not asking or any(field.when is None for field in asking):
            return ALL
        return self.diagrams.any_of(
            self._diagram(_inlined(field.when.tree, self._all_definitions)) for field in asking if field.when
        )

    def _summing(self, step: Step, allowed_hidden: int) -> Iterator[Filling]:
        """How the derived facts that are followed as one are chosen anew."""
        affected = [variable for variable in self._summed if variable.names & self._sets[step.id]]
        if affected:
            levels = frozenset(chain.from_iterable(self.levels[variable] for variable in affected))
            yield Filling(levels, ALL, NONE, self._consistent(allowed_hidden))

    def _fixing(self, step: Step) -> Iterator[Filling]:
        """How the facts that the step fixes take what their conditions say once the form is filled in."""
        for variable in self.variables:
            for fix in step.fixes:
                if variable.names == {fix.fact}:
                    yes, no = (self._codes(variable, [variable.values.index(one)]) for one in (True, False))
                    holds = self._seen(self.condition(fix.when))
                    denied = self._seen(self.diagrams.without(self.condition(fix.when)))
                    agree = self.diagrams.either(
                        self.diagrams.both(holds, yes), self.diagrams.both(denied, no)
                    )
                    yield Filling(frozenset(self.levels[variable]), ALL, NONE, agree)

    def _consistent(self, facts: int) -> int:
        """The codes of all followed variables that some hidden facts within ``facts`` explain."""
        for variable, tree in self._summed.items():
            holds, said = self._diagram(tree), self._codes(variable, [1])
            agree = self.diagrams.either(
                self.diagrams.both(holds, said),
                self.diagrams.without(self.diagrams.either(holds, said)),
            )
            facts = self.diagrams.both(facts, agree)
        return self._seen(facts)

    def _seen(self, diagram: int) -> int:
        """What is left of a set of codes when hidden facts are forgotten."""
        hidden = chain.from_iterable(self.levels[variable] for variable in self._hidden)
        return self.diagrams.forget(diagram, frozenset(hidden))

    def _codes(self, variable: Variable, codes: Iterable[int]) -> int:
        levels = self.levels[variable]
        return self.diagrams.any_of(
            self.diagrams.cube({level: bool(code >> position & 1) for position, level in enumerate(levels)})
            for code in codes
        )

    def _diagram(self, node: Node) -> int:
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._work_out(node)
        return known

    def _work_out(self, node: Node) -> int:
        match node:
            case Binary("and", left, right):
                return self.diagrams.both(self._diagram(left), self._diagram(right))
            case Binary("or", left, right):
                return self.diagrams.either(self._diagram(left), self._diagram(right))
            case Unary("not", operand):
                return self.diagrams.without(self._diagram(operand))
            case _:
                return self._answer(node)

    def _answer(self, question: Node) -> int:
        """The codes under which a question is answered yes."""
        holds = Condition("", question).holds
        for variable in (*self.variables, *self._hidden):
            if variable.question is not None and variable.question == question:
                return self._codes(variable, [1])
            if variable.question is None and variable.names == frozenset(names_in(question)):
                (name,) = variable.names
                codes = [code for code, value in enumerate(variable.values) if holds({name: value})]
                return self._codes(variable, codes)
        return ALL if holds({}) else NONE


def _variables_of(tree: Node, variables: list[Variable]) -> Iterator[Variable]:
    """The variables that answer the questions of a tree."""
    for question in _questions(tree):
        names = frozenset(names_in(question))
        for variable in variables:
            if variable.question == question or (variable.question is None and variable.names == names):
                yield variable


def _plain(node: Node, definitions: Mapping[str, Node]) -> Node:
    """The tree with derived facts struck out, leaving what it asks directly."""
    return _inlined(node, dict.fromkeys(definitions, Literal(True)))


def _values_of_field(field: Field, mentioned: list[Any]) -> tuple[Any, ...] | None:
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


def _representatives(numbers: list[Any]) -> list[Any]:
    """Numbers at, just below and just above each number that conditions mention."""
    near = {number + offset for number in (*numbers, 0) for offset in (-1, 0, 1)}
    return sorted(number for number in near if number >= min(0, *numbers, 0))


def _value_in_words(value: Any) -> str:
    if value is None:
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, tuple) else str(value)


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
    """The smallest parts of a tree that are true or false."""
    match node:
        case Binary("and" | "or", left, right):
            yield from _questions(left)
            yield from _questions(right)
        case Unary("not", operand):
            yield from _questions(operand)
        case _:
            yield node


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
