"""Conditions of the codex: a small expression language over the facts of a case, never evaluated as code.

A lawyer writes ``fine_fen >= hearing_fine_fen and not revocation`` or ``outcome in ('penalise', 'exempt')``.

Meaning of what is not known: a missing fact is ``None``; every comparison with it is false (``!=`` too),
arithmetic with it gives ``None``, and ``None`` alone is false. So a rule never fires because somebody forgot
a field. Dates are ISO texts and compare as such (``violation_on < '2021-07-15'``); where one side is a date
and the other a date with time, only the dates are compared. Values of different kinds are never equal and
have no order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mingjing.kernel.refused import Refused

Facts = Mapping[str, Any]
Evaluate = Callable[[Facts], Any]


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a fact."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false."""

    value: int | Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Unary:
    """``not x`` or ``-x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """``and``, ``or``, a comparison, ``+ - *``, or ``'x' in kinds`` over a fact that holds several values."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class AmongThese:
    """``x in ('a', 'b')``; for a fact that holds several values: any of them is among these."""

    operand: Node
    options: tuple[int | Decimal | str | bool, ...]


Node = Name | Literal | Unary | Binary | AmongThese


class Condition:
    """A parsed condition: its text, the facts it reads, its tree, and a compiled form for speed."""

    __slots__ = ("_evaluate", "names", "text", "tree")

    def __init__(self, text: str, tree: Node) -> None:
        self.text = text
        self.tree = tree
        self.names = frozenset(names_in(tree))
        self._evaluate = _compile(tree)

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is true of these facts."""
        return bool(self._evaluate(facts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.tree == self.tree

    def __hash__(self) -> int:
        return hash(self.tree)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The condition written in ``text``. Raises Refused ``bad-condition`` naming column and remedy."""
    return Condition(text, _Parser(text).whole())


def names_in(node: Node) -> Iterator[str]:
    """Every fact name read by the tree, in the order of writing."""
    match node:
        case Name(name):
            yield name
        case Unary(_, operand) | AmongThese(operand, _):
            yield from names_in(operand)
        case Binary(_, left, right):
            yield from names_in(left)
            yield from names_in(right)


# --- reading ---

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*')|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|\+|-|\*|\(|\)|,)"
)
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})
_LOOKALIKES = {
    "=": "判断相等请写 ==",
    '"': "文字请用英文单引号，如 'fine'",
    "‘": "文字请用英文单引号，如 'fine'",
    "’": "文字请用英文单引号，如 'fine'",
    "'": "文字的单引号没有成对，请补上另一个",
    "（": "请用英文括号 ( )",
    "）": "请用英文括号 ( )",
    "，": "请用英文逗号 ,",
    "&": "“并且”请写 and",
    "|": "“或者”请写 or",
    "!": "“不”请写 not，不等请写 !=",
    "/": "条件中不能用除法，请改写成乘法",
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def _fault(text: str, column: int, what: str, remedy: str) -> Refused:
    reason = f"条件“{text}”第{column}个字符处有误：{what}。{remedy}。"
    return Refused("bad-condition", reason, remedy=remedy)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            remedy = _LOOKALIKES.get(text[position], "请删去或改正这个字符")
            raise _fault(text, position + 1, f"不认识“{text[position]}”", remedy)
        if match.lastgroup != "space":
            tokens.append(_Token(str(match.lastgroup), match.group(), position + 1))
        position = match.end()
    tokens.append(_Token("end", "", len(text) + 1))
    return tokens


class _Parser:
    """Recursive descent: or < and < not < comparison < sum < product < sign < atom."""

    MAX_DEPTH = 40
    MAX_TOKENS = 400

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.position = 0
        self.depth = 0

    def whole(self) -> Node:
        if self._next.kind == "end":
            raise _fault(self.text, 1, "条件是空的", "请写出条件，或者删去这一项")
        if len(self.tokens) > self.MAX_TOKENS:
            raise _fault(self.text[:40] + "…", 1, "条件太长", "请用 derived 把条件拆开")
        node = self._or()
        if self._next.kind != "end":
            raise self._unexpected("此处应当结束，或者用 and、or 连接下一个条件")
        return node

    @property
    def _next(self) -> _Token:
        return self.tokens[self.position]

    def _take(self, *texts: str) -> str | None:
        """Consume the next sign or word if it is one of ``texts``."""
        token = self._next
        if token.kind in ("sign", "word") and token.text in texts:
            self.position += 1
            return token.text
        return None

    def _unexpected(self, remedy: str) -> Refused:
        token = self._next
        what = "条件没有写完" if token.kind == "end" else f"没想到这里是“{token.text}”"
        return _fault(self.text, token.column, what, remedy)

    def _or(self) -> Node:
        node = self._and()
        while self._take("or"):
            node = Binary("or", node, self._and())
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._take("and"):
            node = Binary("and", node, self._not())
        return node

    def _not(self) -> Node:
        negations = 0
        while self._take("not"):
            negations += 1
        node = self._comparison()
        return Unary("not", node) if negations % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        if operator := self._take(*_COMPARISONS):
            node: Node = Binary(operator, left, self._sum())
        elif self._take("in"):
            node = self._membership(left)
        else:
            return left
        if self._next.text in (*_COMPARISONS, "in"):
            raise self._unexpected("一次只能比较两个值，请用 and 连接")
        return node

    def _membership(self, left: Node) -> Node:
        if self._next.kind == "word" and self._next.text not in _RESERVED:
            return Binary("in", left, self._atom())
        if not self._take("("):
            raise self._unexpected("in 后面请写括号中的若干值，如 in ('a', 'b')，或写一个多选事实的名称")
        options = [self._option()]
        while self._take(","):
            if self._next.text == ")":
                break
            options.append(self._option())
        if not self._take(")"):
            raise self._unexpected("请用逗号分隔各个值，并补上右括号")
        return AmongThese(left, tuple(options))

    def _option(self) -> int | Decimal | str | bool:
        negative = self._take("-") is not None
        here = self._next
        node = self._atom()
        if not isinstance(node, Literal):
            raise _fault(self.text, here.column, "这里只能写固定的值", "请写数字或加单引号的文字")
        if not negative:
            return node.value
        if isinstance(node.value, str | bool):
            raise _fault(self.text, here.column, "负号后面不是数字", "请删去负号")
        return -node.value

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._take("+", "-"):
            node = Binary(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while self._take("*"):
            node = Binary("*", node, self._signed())
        return node

    def _signed(self) -> Node:
        return Unary("-", self._atom()) if self._take("-") else self._atom()

    def _atom(self) -> Node:
        token = self._next
        if self._take("("):
            return self._bracketed()
        if token.kind == "number":
            self.position += 1
            return Literal(Decimal(token.text) if "." in token.text else int(token.text))
        if token.kind == "text":
            self.position += 1
            return Literal(token.text[1:-1])
        if token.kind == "word" and token.text in ("true", "false"):
            self.position += 1
            return Literal(token.text == "true")
        if token.kind == "word" and token.text == "not":
            raise self._unexpected("这里不能写 not；“不在其中”请写 not x in (…)，“不等”请写 !=")
        if token.kind == "word" and token.text not in _RESERVED:
            self.position += 1
            return Name(token.text)
        raise self._unexpected("此处应当是事实名称、数字、加单引号的文字，或者括号")

    def _bracketed(self) -> Node:
        self.depth += 1
        if self.depth > self.MAX_DEPTH:
            raise self._unexpected("括号套得太深，请用 derived 把条件拆开")
        node = self._or()
        self.depth -= 1
        if not self._take(")"):
            raise self._unexpected("请补上右括号")
        return node


# --- compiling ---


_KINDS: dict[type, str] = {
    bool: "truth",
    **dict.fromkeys((int, float, Decimal), "number"),
    str: "text",
    **dict.fromkeys((list, tuple, set, frozenset), "several"),
}


def _kind(value: Any) -> str:
    """What may be compared with what: truth, number, text, several, other. Facts are of these very types."""
    return _KINDS.get(type(value), "other")


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides made comparable: a date against a date with time compares by the date."""
    if isinstance(left, str) and len(left) != len(right) and _DATE.match(left) and _DATE.match(right):
        if len(left) == 10:
            return left, right[:10]
        if len(right) == 10:
            return left[:10], right
    return left, right


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


def _compare(operator: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    kind = _kind(left)
    if kind != _kind(right):
        return operator == "!="
    if operator not in ("==", "!=") and kind not in ("number", "text"):
        return False
    return _ORDERS[operator](*_alike(left, right))


def _exact(value: Any) -> int | Decimal | None:
    """The value as an exact number, or None: arithmetic never meets binary fractions."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return Decimal(str(value))
    return value if isinstance(value, int | Decimal) else None


def _calculate(operator: str, left: Any, right: Any) -> int | Decimal | None:
    first, second = _exact(left), _exact(right)
    if first is None or second is None:
        return None
    if operator == "+":
        return first + second
    return first - second if operator == "-" else first * second


def _same(value: Any, option: Any) -> bool:
    return _kind(value) == _kind(option) and bool(value == option)


def _among(value: Any, options: tuple[Any, ...]) -> bool:
    if value is None:
        return False
    values = value if _kind(value) == "several" else (value,)
    return any(_same(one, option) for one in values for option in options)


def _contains(several: Any, value: Any) -> bool:
    if value is None or several is None:
        return False
    values = several if _kind(several) == "several" else (several,)
    return any(_same(value, one) for one in values)


def _compile(node: Node) -> Evaluate:
    """The tree as nested closures: about four times faster than walking it."""
    match node:
        case Name(name):
            return lambda facts: facts.get(name)
        case Literal(value):
            return lambda facts: value
        case Unary("not", operand):
            inner = _compile(operand)
            return lambda facts: not inner(facts)
        case Unary(_, operand):
            inner = _compile(operand)
            return lambda facts: _calculate("-", 0, inner(facts))
        case AmongThese(operand, options):
            inner = _compile(operand)
            if all(isinstance(option, str) for option in options):
                return _among_texts(inner, frozenset(options))
            return lambda facts: _among(inner(facts), options)
        case Binary("==", left, Literal(str() as value)) if not _DATE.match(value):
            inner = _compile(left)
            return lambda facts: bool(
                inner(facts) == value
            )  # None, and every other kind, is unequal to a text
        case Binary(operator, left, right):
            return _compile_binary(operator, _compile(left), _compile(right))


def _among_texts(inner: Evaluate, options: frozenset[Any]) -> Evaluate:
    """The commonest membership, at once: is the fact, or one of several values, among these texts?"""

    def among(facts: Facts) -> bool:
        value = inner(facts)
        if type(value) is str:
            return value in options
        return _kind(value) == "several" and any(type(one) is str and one in options for one in value)

    return among


def _compile_binary(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    if operator == "and":
        return lambda facts: bool(left(facts)) and bool(right(facts))
    if operator == "or":
        return lambda facts: bool(left(facts)) or bool(right(facts))
    if operator == "in":
        return lambda facts: _contains(right(facts), left(facts))
    if operator in _COMPARISONS:
        return lambda facts: _compare(operator, left(facts), right(facts))
    return lambda facts: _calculate(operator, left(facts), right(facts))
