"""Whose word this deployment's log stands on: its own keys, and the witnesses of the policy file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from mingjing.kernel import checkpoint, note
from mingjing.kernel.policy import Log, Policy
from mingjing.kernel.refused import Refused
from mingjing.record import keys, logs
from mingjing.record.models import Checkpoint, Cosignature
from mingjing.record.models import Log as LogRow

TRIED = 20


def policy() -> Policy:
    """The policy of the operator (C2SP tlog-policy); one that asks for no witness if none is set.

    Raises: Refused ``no-policy-file``, ``bad-policy``, ``bad-key``.
    """
    if not settings.MINGJING_POLICY_FILE:
        return Policy()
    path = Path(settings.MINGJING_POLICY_FILE)
    try:
        return Policy.parse(path.read_bytes())
    except OSError as error:
        raise Refused(
            "no-policy-file",
            f"信任策略文件 {path} 读不到。",
            remedy="核对 MINGJING_POLICY_FILE；写法见 docs/guide/witness.md。",
        ) from error


def published() -> Policy:
    """The policy for those who verify: the logs of all years, and the witnesses without their addresses."""
    told = policy()
    ours = tuple(Log(keys.verifier(log)) for log in logs.every())
    mine = {log.key.public for log in ours}
    others = tuple(log for log in told.logs if log.key.public not in mine)
    witnesses = tuple(replace(witness, url="") for witness in told.witnesses)
    return replace(told, logs=(*ours, *others), witnesses=witnesses)


def key_name(key: note.VerifierKey) -> str:
    """How a key is told from others in our tables: its name and number, which no two of a policy share."""
    return f"{key.name}+{key.key_id.hex()}"


def document(head: Checkpoint) -> str:
    """A signed head with every cosignature that was given on it. Cost: 1 query."""
    lines = [note.parse(f"\n\n{one.line}").signatures[0] for one in head.cosignatures.order_by("id")]
    return checkpoint.with_lines(head.note, lines)


def best_head(log: LogRow, index: int) -> Checkpoint:
    """The head by which a leaf is proven: the latest that a quorum cosigned, else the latest there is.

    Cost: 1 query without witnesses, at most 4 with them.
    """
    heads = Checkpoint.objects.filter(log=log, size__gt=index)
    told = policy()
    if told.witnesses:
        names = {key_name(witness.key): witness.name for witness in told.witnesses}
        cosigned = heads.filter(cosignatures__key__in=names).distinct().order_by("-size")[:TRIED]
        for one in cosigned.prefetch_related("cosignatures"):
            head: Checkpoint = one
            if told.satisfied_by({names.get(line.key, "") for line in head.cosignatures.all()}):
                return head
    latest: Checkpoint = heads.latest("size")
    return latest


def keep(
    head: Checkpoint, key: note.VerifierKey, line: note.Signature, cosigned: checkpoint.Cosignature
) -> None:
    """Keep a cosignature that was checked; of two on the same head by the same key the later stays."""
    Cosignature.objects.update_or_create(
        head=head, key=key_name(key), defaults={"line": str(line), "at": cosigned.at}
    )
