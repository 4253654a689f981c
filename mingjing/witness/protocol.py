"""The one thing a witness does: cosign a head that continues the last one (C2SP tlog-witness).

A request is judged in the order of the specification; the first fault decides the answer. Where the body is
no request at all the answer is 400, an unknown log 404, no good signature of the log 403, a size other than
the last one cosigned 409 with that size, and a history that does not continue the last one 422.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mingjing.kernel import checkpoint, merkle, note
from mingjing.kernel.refused import Refused
from mingjing.witness.config import TrustedLog
from mingjing.witness.memory import Growth, Memory

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
MAX_PROOF = 63
# A note of a hundred signatures, each of the longest type, with the proof before it.
MAX_BYTES = 512 * 1024

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIGNATURE = re.compile(r"(?m)^(— [^+\s]+ )([A-Za-z0-9+/]+={0,2})$")
_STATUS = {"unknown-log": 404, "note-unsigned": 403, "note-spoiled": 403}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. ``code`` and ``reason`` tell why not; they are empty when the head was cosigned."""

    status: int
    body: bytes
    content_type: str = TEXT
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Request:
    """What is asked: to cosign ``document``, which continues the head of ``old`` entries by ``proof``."""

    old: int
    proof: tuple[bytes, ...]
    document: str

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """The request in a body. Raises: Refused ``bad-request``."""
        try:
            head, blank, document = body.decode().partition("\n\n")
        except UnicodeDecodeError as error:
            raise _bad("不是 UTF-8") from error
        first, *proof = head.split("\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None:
            raise _bad("第一行应为 old 和条数，证明之后应有空行")
        if len(proof) > MAX_PROOF:
            raise _bad(f"一致性证明多于 {MAX_PROOF} 行")
        return cls(int(old[1]), tuple(_hash(line) for line in proof), document)


def add_checkpoint(
    body: bytes,
    *,
    logs: Mapping[str, TrustedLog],
    keys: Sequence[note.SignerKey],
    memory: Memory,
    at: datetime,
) -> Answer:
    """Cosign the head in ``body``, or say why not. The head is on the disk before the answer exists."""
    try:
        request = Request.parse(body)
        log, head, signed = _opened(request, logs)
    except Refused as refused:
        return _refusal(_STATUS.get(refused.code, 400), refused)
    with memory.growing(log.origin) as growth:
        answer = _judged(request, head, growth)
        if answer is None:
            answer = _cosigned(head, signed, keys, growth, at)
    if answer.code in _WORTH_KEEPING:
        memory.refuse(log.origin, (head.size, head.root), at, answer.code, answer.reason, body)
    return answer


# A log that signs a second history, or falls behind what it had cosigned, leaves its own signature as proof.
_WORTH_KEEPING = ("forked", "inconsistent", "rolled-back")


def _opened(
    request: Request, logs: Mapping[str, TrustedLog]
) -> tuple[TrustedLog, checkpoint.Checkpoint, note.Note]:
    """The log, the head it signed, and the note with no lines but its own."""
    text, _, _ = request.document.rpartition("\n\n")
    log = logs.get(checkpoint.Checkpoint.parse(f"{text}\n").origin)
    if log is None:
        raise Refused("unknown-log", "这个见证方不认识这一日志。")
    head = checkpoint.opened(_strictly_written(request.document), log.keys, log.origin)
    if request.old > head.size:
        raise _bad("old 大于签名头的条数")
    found = note.parse(request.document)
    own = tuple(line for line in found.signatures if any(line.claims(key) for key in log.keys))
    return log, head, note.Note(found.text, own)


def _strictly_written(document: str) -> str:
    """``document``, unless a signature is spelled in base64 that no encoder writes.

    Such a line cannot verify, which makes it a bad signature (403) and not a bad request; everything else
    that is wrong with a note is told by the reader of notes.
    """
    try:
        note.parse(document)
    except Refused:
        respelled = _SIGNATURE.sub(lambda found: found[1] + _respelled(found[2]), document)
        if respelled != document:
            note.parse(respelled)
            raise Refused("note-spoiled", "签名行的 base64 不是规范写法，不能核对。") from None
        raise
    return document


def _respelled(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode()
    except (ValueError, binascii.Error):
        return text


def _judged(request: Request, head: checkpoint.Checkpoint, growth: Growth) -> Answer | None:
    """Why the head does not continue the last one; None if it does."""
    size, root = growth.known
    if request.old != size:
        # Whoever does not know the last size asks with another; only a log that has since shrunk is odd.
        code = "rolled-back" if head.size < size else "other-size"
        reason = f"日志交来 {head.size} 条的签名头，已联署到 {size} 条：日志可能恢复了旧备份，也可能有人重发旧的签名头。"
        return Answer(409, f"{size}\n".encode(), SIZE, code, reason)
    if merkle.verify_consistency(size, root, head.size, head.root, request.proof):
        return None
    if head.size == size:
        return _refusal(
            422, Refused("forked", f"第 {size} 条处的树根与已联署的不同：同一日志出现了两段历史。")
        )
    reason = f"一致性证明不成立：{head.size} 条的日志不能证明是已联署的 {size} 条的延续。"
    return _refusal(422, Refused("inconsistent", reason))


def _cosigned(
    head: checkpoint.Checkpoint,
    signed: note.Note,
    keys: Sequence[note.SignerKey],
    growth: Growth,
    at: datetime,
) -> Answer:
    # A cosignature says that no larger head was seen until its time; a clock set back must not unsay it.
    moment = max(at, growth.head.seen_at) if growth.head else at
    lines = tuple(checkpoint.signature(head, key, moment) for key in keys)
    document = str(note.Note(signed.text, (*signed.signatures, *lines)))
    growth.keep(head.size, head.root, document, moment)
    return Answer(200, "".join(map(str, lines)).encode())


def _refusal(status: int, refused: Refused) -> Answer:
    return Answer(status, f"{refused.reason}\n".encode(), code=refused.code, reason=refused.reason)


def _hash(line: str) -> bytes:
    try:
        data = note.unbase64(line)
    except (ValueError, binascii.Error) as error:
        raise _bad("证明行不是规范的 base64") from error
    if len(data) != merkle.HASH_BYTES:
        raise _bad(f"证明行应为 {merkle.HASH_BYTES} 字节的散列")
    return data


def _bad(why: str) -> Refused:
    return Refused("bad-request", f"请求格式有误：{why}。")
