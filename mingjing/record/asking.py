"""Asking witnesses over HTTP (C2SP tlog-witness, the client's side). Knows nothing of our tables.

Only the addresses of the policy file are asked, and none of them may send us elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from mingjing import outward
from mingjing.kernel import checkpoint, note
from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused

MAX_BYTES = 20 << 20
SIZE = "text/x.tlog.size"

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,18})\n")
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Cosigned:
    """A good cosignature of the witness's key."""

    line: note.Signature
    told: checkpoint.Cosignature


@dataclass(frozen=True)
class OtherSize:
    """The witness last cosigned another size than the one it was told."""

    size: int


@dataclass(frozen=True)
class Question:
    """One head for one witness: ``old`` is what it is thought to have cosigned last."""

    witness: Witness
    old: int
    proof: Sequence[bytes]
    document: str


def add_checkpoint(question: Question, seconds: float) -> Cosigned | OtherSize:
    """Ask for a cosignature.

    Raises: Refused ``witness-unreachable``, ``witness-refused`` with what the witness said,
    ``witness-garbled`` if it gave no good cosignature of its own key.
    """
    lines = "".join(f"{base64.b64encode(item).decode()}\n" for item in question.proof)
    body = f"old {question.old}\n{lines}\n{question.document}".encode()
    status, kind, answer = _exchange(_address(question.witness, "add-checkpoint"), seconds, body)
    if status == 200:
        return _cosigned(question, answer)
    if status == 409 and kind.partition(";")[0] == SIZE and (found := _NUMBER.fullmatch(answer)):
        return OtherSize(int(found[1]))
    raise Refused("witness-refused", f"见证方“{question.witness.name}”没有联署（{status}）：{_short(answer)}")


def last_head(witness: Witness, origin: str, seconds: float) -> str | None:
    """The head of a log that a witness cosigned last, with its signatures; None if it never did.

    What it says of the log's own signature the caller MUST check. Raises: Refused ``witness-unreachable``,
    ``witness-refused``, ``witness-garbled``.
    """
    path = f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"
    status, _, answer = _exchange(_address(witness, path), seconds)
    if status == 404:
        return None
    if status != 200:
        raise Refused(
            "witness-refused", f"见证方“{witness.name}”没有给出签名头（{status}）：{_short(answer)}"
        )
    if not checkpoint.cosignatures(answer, [witness.key]):
        raise Refused("witness-garbled", f"见证方“{witness.name}”给出的签名头没有它自己的联署。")
    return answer


Fetch = Callable[[str], bytes | None]
"""A file of a copy of a log by its path, or None where there is nothing."""


def copy_of(witness: Witness, origin: str, seconds: float) -> Fetch:
    """The copy of a log that a witness keeps. Reading it raises as :func:`last_head`."""
    folder = f"mirror/{hashlib.sha256(origin.encode()).hexdigest()}"

    def fetch(path: str) -> bytes | None:
        answer = _ask(_address(witness, f"{folder}/{path}"), seconds)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Refused("witness-refused", f"见证方“{witness.name}”没有给出副本（{answer.status}）。")
        return answer.data

    return fetch


def together(ask: Callable[[Item], Result], items: Sequence[Item]) -> list[tuple[Item, Result | Refused]]:
    """Ask all at once, so that one that does not answer keeps no other waiting. ``ask`` MUST NOT use the database."""

    def answered(item: Item) -> Result | Refused:
        try:
            return ask(item)
        except Refused as refused:
            return refused

    if not items:
        return []
    with ThreadPoolExecutor(max_workers=min(len(items), 16)) as pool:
        return list(zip(items, pool.map(answered, items), strict=True))


def _cosigned(question: Question, answer: str) -> Cosigned:
    """The line of the witness's key; lines of keys that the policy does not name are ignored."""
    witness = question.witness
    try:
        lines = [line for line in note.parse(f"\n\n{answer}").signatures if line.claims(witness.key)]
        told = checkpoint.cosignatures(checkpoint.with_lines(question.document, lines[:1]), [witness.key])
    except Refused as refused:
        raise Refused("witness-garbled", f"见证方“{witness.name}”的联署不成立：{refused.reason}") from refused
    if not told:
        raise Refused("witness-garbled", f"见证方“{witness.name}”没有用信任策略所列的公钥联署。")
    return Cosigned(lines[0], told[0])


def _address(witness: Witness, path: str) -> str:
    if not re.match(r"https?://[^/]", witness.url):
        raise Refused(
            "no-witness-address",
            f"信任策略没有写见证方“{witness.name}”的网址。",
            remedy="在它的 witness 行末尾写上 http(s):// 开头的网址。",
        )
    return f"{witness.url.rstrip('/')}/{path}"


def _exchange(url: str, seconds: float, body: bytes | None = None) -> tuple[int, str, str]:
    answer = _ask(url, seconds, body)
    try:
        return answer.status, answer.media_type, answer.data.decode()
    except UnicodeDecodeError as error:
        raise Refused("witness-garbled", f"{url} 的回答不是文本。") from error


def _ask(url: str, seconds: float, body: bytes | None = None) -> outward.Answer:
    try:
        return outward.ask(url, seconds=seconds, most_bytes=MAX_BYTES, body=body)
    except Refused as silent:
        raise Refused("witness-unreachable", f"见证方 {url} 连不上：{silent.reason}。") from silent


def _short(text: str) -> str:
    return text.strip()[:200]
