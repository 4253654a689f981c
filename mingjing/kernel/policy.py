"""Whose word is enough: the trust policy of a log, as C2SP tlog-policy writes it.

A policy lists the keys of logs, the keys of witnesses, groups of witnesses with a threshold, and one quorum.
A checkpoint is valid when one of the logs signed it and the quorum cosigned it. The file is a string of
octets: names beyond ASCII are compared byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from mingjing.kernel import checkpoint, note
from mingjing.kernel.refused import Refused

NONE = "none"
MAX_BYTES = 1 << 20

_SPACE = re.compile(r"[ \t]+")
_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")
# How many items stand behind each word.
_ITEMS = {"log": (1, 2), "witness": (2, 3), "group": (3, MAX_BYTES), "quorum": (1, 1)}
_LOG_KINDS = (note.ED25519, note.MLDSA44)
_WITNESS_KINDS = (note.COSIGNATURE, note.MLDSA44)


@dataclass(frozen=True)
class Log:
    """A log whose checkpoints are accepted; the key's name is its origin. ``url`` may be empty."""

    key: note.VerifierKey
    url: str = ""

    def __str__(self) -> str:
        return f"log {self.key}" + (f" {self.url}" if self.url else "")


@dataclass(frozen=True)
class Witness:
    """见证方: ``name`` is how groups and the quorum call it; ``url`` is its submission prefix, or empty."""

    name: str
    key: note.VerifierKey
    url: str = ""

    def __str__(self) -> str:
        return f"witness {self.name} {self.key}" + (f" {self.url}" if self.url else "")


@dataclass(frozen=True)
class Group:
    """A group has witnessed a checkpoint once ``threshold`` of its members, witnesses or groups, have."""

    name: str
    threshold: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        word = {1: "any", len(self.members): "all"}.get(self.threshold, str(self.threshold))
        return f"group {self.name} {word} {' '.join(self.members)}"


@dataclass(frozen=True)
class Verdict:
    """What a policy says of a checkpoint that one of its logs signed; ``met`` tells whether it is enough."""

    head: checkpoint.Checkpoint
    cosignatures: tuple[checkpoint.Cosignature, ...]
    witnesses: frozenset[str]
    met: bool


@dataclass(frozen=True)
class Policy:
    """A policy in force. ``quorum`` is the name of a witness or group, or ``none``."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @classmethod
    def parse(cls, text: str | bytes) -> Policy:
        """The policy in a file. Raises: Refused ``bad-policy`` or ``bad-key``, naming the line."""
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        _require_octets(data)
        reader = _Reader()
        for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
            words = _SPACE.split(line.strip(" \t"))
            if words[0] and not words[0].startswith("#"):
                reader.read(number, words)
        return reader.policy()

    def __str__(self) -> str:
        lines = [*self.logs, *self.witnesses, *self.groups, f"quorum {self.quorum}"]
        return "".join(f"{line}\n" for line in lines)

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Whether the witnesses of these ``names`` are a quorum."""
        reached = {witness.name for witness in self.witnesses if witness.name in names}
        # A group names only what stands above it, so one pass in order is enough.
        for group in self.groups:
            if sum(member in reached for member in group.members) >= group.threshold:
                reached.add(group.name)
        return self.quorum == NONE or self.quorum in reached

    def judge(self, document: str) -> Verdict:
        """Who of this policy signed and cosigned the checkpoint in ``document``.

        Raises: Refused ``unknown-log`` if it is of none of the logs; ``note-spoiled``, ``note-unsigned``,
        ``bad-note``, ``bad-checkpoint``. Too few cosignatures are no refusal here, see :meth:`require`.
        """
        origin = checkpoint.Checkpoint.parse(note.parse(document).text).origin
        keys = [log.key for log in self.logs if log.key.name == origin]
        if not keys:
            raise Refused("unknown-log", f"签名头来自“{origin}”，不在信任策略所列的日志之中。")
        head = checkpoint.opened(document, keys, origin)
        found = {
            witness.name: seen
            for witness in self.witnesses
            for seen in checkpoint.cosignatures(document, [witness.key])
        }
        return Verdict(head, tuple(found.values()), frozenset(found), self.satisfied_by(found))

    def require(self, document: str) -> checkpoint.Checkpoint:
        """The head in ``document``, once a log signed it and the quorum cosigned it.

        Raises: Refused as :meth:`judge`, and ``quorum-not-met``.
        """
        verdict = self.judge(document)
        if not verdict.met:
            seen = "、".join(sorted(verdict.witnesses)) or "没有任何见证方"
            raise Refused(
                "quorum-not-met",
                f"签名头（{verdict.head.size} 条）的见证不足：要求“{self.quorum}”，已联署的是{seen}。",
                remedy="稍后取得更新的签名头再核对；仍然不足的，向日志的运行单位询问。",
            )
        return verdict.head


@dataclass
class _Reader:
    """The lines of a policy file, taken in one by one."""

    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    _names: set[str] = field(default_factory=set)
    _members: set[str] = field(default_factory=set)

    def read(self, number: int, words: list[str]) -> None:
        """Take in one line that is neither empty nor a comment."""
        takers: dict[str, Callable[..., None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        taker = takers.get(words[0])
        if taker is None:
            raise _bad(f"第 {number} 行：不认识“{_shown(words[0])}”，应为 log、witness、group 或 quorum")
        least, most = _ITEMS[words[0]]
        if not least <= len(words) - 1 <= most:
            raise _bad(f"第 {number} 行：{words[0]} 后面的项数不对")
        try:
            taker(*words[1:])
        except Refused as refused:
            raise Refused(
                refused.code, f"第 {number} 行：{refused.reason}", remedy=refused.remedy
            ) from refused

    def policy(self) -> Policy:
        """The whole, once the last line is read."""
        if self.quorum is None:
            raise _bad("没有 quorum 行")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _log(self, vkey: str, url: str = "") -> None:
        key = _key(vkey, _LOG_KINDS, "日志")
        _require_new(key, [log.key for log in self.logs])
        self.logs.append(Log(key, url))

    def _witness(self, name: str, vkey: str, url: str = "") -> None:
        key = _key(vkey, _WITNESS_KINDS, "见证方")
        _require_new(key, [witness.key for witness in self.witnesses])
        self._define(name)
        self.witnesses.append(Witness(name, key, url))

    def _group(self, name: str, threshold: str, first: str, *others: str) -> None:
        members = (first, *others)
        for member in members:
            self._require_known(member)
            if member in self._members:
                raise _bad(f"“{_shown(member)}”已经是一个组的成员，不能重复计算")
            self._members.add(member)
        self.groups.append(Group(name, _threshold(threshold, len(members)), members))
        self._define(name)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise _bad("quorum 行只能有一行")
        if name != NONE:
            self._require_known(name)
        self.quorum = name

    def _define(self, name: str) -> None:
        if name == NONE or name in self._names:
            raise _bad(f"名称“{_shown(name)}”{'是保留的' if name == NONE else '已经用过'}")
        self._names.add(name)

    def _require_known(self, name: str) -> None:
        if name not in self._names:
            raise _bad(f"“{_shown(name)}”没有在前面的行里定义过")


def _key(text: str, kinds: tuple[int, ...], owner: str) -> note.VerifierKey:
    key = note.VerifierKey.parse(text)
    if key.kind not in kinds:
        raise _bad(f"密钥“{_shown(key.name)}”的签名类型 {key.kind:#04x} 不能用作{owner}的密钥")
    return key


def _require_new(key: note.VerifierKey, others: Collection[note.VerifierKey]) -> None:
    """Two vkeys are the same key if the public key inside is the same, whatever their names say."""
    for other in others:
        if other.public == key.public:
            raise _bad(f"“{_shown(key.name)}”与“{_shown(other.name)}”是同一把公钥")


def _threshold(word: str, members: int) -> int:
    if word in ("any", "all"):
        return 1 if word == "any" else members
    if not _THRESHOLD.fullmatch(word) or int(word) > members:
        raise _bad(f"门槛“{_shown(word)}”应为 any、all 或 1 到 {members} 的整数")
    return int(word)


def _require_octets(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise _bad(f"文件长 {len(data)} 字节，超过 {MAX_BYTES} 字节")
    if found := _FORBIDDEN.search(data):
        number = data.count(b"\n", 0, found.start()) + 1
        raise _bad(f"第 {number} 行：含有控制字符 {found[0][0]:#04x}（换行只能是 LF，不能是 CRLF）")
    if not data.endswith(b"\n"):
        # A file cut off in its last name could name another, weaker quorum.
        raise _bad("最后一行没有换行，文件可能不完整")


def _shown(word: str) -> str:
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:60]


def _bad(why: str) -> Refused:
    return Refused(
        "bad-policy", f"信任策略有误：{why}。", remedy="对照 docs/guide/witness.md 改正，或重新取得原文件。"
    )
