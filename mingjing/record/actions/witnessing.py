"""Witnessing: the newest head is shown to the witnesses of the policy, and what they sign is kept beside it.

A witness that is away, slow or mistaken keeps nothing from being sealed or published: the head stays as it is
and is offered again. Only one thing stops the log: a witness that has seen more of it than our tables hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings

from mingjing.kernel import merkle
from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused
from mingjing.record import asking, heads, logs, tree, trust
from mingjing.record.actions.publishing import publish
from mingjing.record.actions.sealing import seal
from mingjing.record.asking import Cosigned, OtherSize, Question
from mingjing.record.models import Checkpoint, Log, Standing


@dataclass(frozen=True)
class Witnessed:
    """What a round of asking brought: cosignatures given, and what was said by those that gave none."""

    given: int
    troubles: tuple[tuple[str, str], ...]


def witness(at: datetime) -> Witnessed:
    """Ask every witness of the policy that has not cosigned the newest heads yet, and publish what they sign.

    MUST NOT run inside a transaction. Cost: one request for each witness, two where it is asked for the first
    time; all at once, none longer than ``MINGJING_WITNESS_SECONDS``. Raises: as :func:`trust.policy`.
    """
    given, troubles = 0, []
    for log in logs.recent():
        head = heads.latest(log)
        if head is None:
            continue
        answers = _ask(log, head, _waiting(head))
        for one, answer in answers:
            given += _take(log, head, one, answer, at)
            if isinstance(answer, Refused):
                troubles.append((one.name, answer.reason))
    if given:
        publish()
    return Witnessed(given, tuple(troubles))


def ask_witnesses(at: datetime) -> Witnessed:
    """As :func:`witness`, for those who have other work to do: a policy that cannot be read is a trouble told."""
    try:
        return witness(at)
    except Refused as refused:
        return Witnessed(0, (("信任策略", refused.reason),))


def keep_up(at: datetime, asked: int) -> int:
    """Seal what waits and ask the witnesses if the log has grown since it had ``asked`` leaves, whoever sealed it.

    Returns the size of the log, for the next time. A witness that gave no answer is left for the next
    :func:`witness`, so that one that is away is not asked every moment. Cost: a few small queries where nothing
    waits. MUST NOT run inside a transaction. Raises: as :func:`seal`.
    """
    size = seal(at).size
    if size != asked:
        ask_witnesses(at)
    return size


def _waiting(head: Checkpoint) -> list[Witness]:
    signed = set(head.cosignatures.values_list("key", flat=True))
    return [one for one in trust.policy().witnesses if one.url and trust.key_name(one.key) not in signed]


def _ask(
    log: Log, head: Checkpoint, witnesses: list[Witness]
) -> list[tuple[Witness, Cosigned | OtherSize | Refused]]:
    """Each witness's answer; one that last saw another size than we thought is asked a second time."""
    known = {one.key: one.size for one in Standing.objects.filter(log=log)}
    send = partial(asking.add_checkpoint, seconds=settings.MINGJING_WITNESS_SECONDS)
    first = [_question(log, head, one, known.get(trust.key_name(one.key), 0)) for one in witnesses]
    answers = {question.witness: answer for question, answer in asking.together(send, first)}
    again = [
        _question(log, head, one, answer.size)
        for one, answer in answers.items()
        if isinstance(answer, OtherSize) and answer.size <= head.size
    ]
    answers |= {question.witness: answer for question, answer in asking.together(send, again)}
    return list(answers.items())


def _question(log: Log, head: Checkpoint, one: Witness, old: int) -> Question:
    old = min(old, head.size)
    between = 0 < old < head.size
    proof = merkle.consistency_proof(old, head.size, tree.nodes(log, head.size)) if between else []
    return Question(one, old, proof, head.note)


def _take(
    log: Log, head: Checkpoint, one: Witness, answer: Cosigned | OtherSize | Refused, at: datetime
) -> int:
    """Keep what a witness said; how many cosignatures that brought."""
    key = trust.key_name(one.key)
    if isinstance(answer, Cosigned):
        trust.keep(head, one.key, answer.line, answer.told)
        _note(log, key, size=head.size, met_at=at, tried_at=at, trouble="")
        return 1
    if isinstance(answer, OtherSize):
        # Larger than ours: the tables are an old copy. Sealing asks for this, see `continuity`.
        why = f"见证方已联署到 {answer.size} 条，库中只有 {head.size} 条。"
        _note(log, key, size=answer.size, met_at=at, tried_at=at, trouble=why)
        return 0
    _note(log, key, tried_at=at, trouble=answer.reason)
    return 0


def _note(log: Log, key: str, **said: object) -> None:
    Standing.objects.update_or_create(log=log, key=key, defaults=said)
