"""Who signs the heads of a log: its Ed25519 key always, and beside it whom ``MINGJING_LOG_SIGNERS`` names.

``ml-dsa-44``: a key file of that kind (C2SP tlog-cosignature), on every log. ``sm2``: a key file, on the trees
over SM3, with the optional package of the extra ``sm2``. Anything with a colon is the interface for devices
that keep their keys to themselves: ``package.module:factory`` names a function that takes the name of a log
and gives a :class:`Signer`; it may speak PKCS#11, SDF (GM/T 0018) or HTTP to a certified module.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings

from mingjing.kernel import checkpoint, note
from mingjing.kernel.refused import Refused
from mingjing.record import keys, logs, sm2
from mingjing.record.models import Log

MLDSA44, SM2 = "ml-dsa-44", "sm2"


class Signer(Protocol):
    """Something that puts its line under a head. Its key stays where it is."""

    @property
    def vkey(self) -> str:
        """The public key as text ``name+id+base64``, for those who verify."""

    def line(self, head: checkpoint.Checkpoint, at: datetime) -> note.Signature:
        """The signature line over ``head``. MUST raise rather than give a line that does not verify."""


class KeyFile:
    """A key of a kind that C2SP knows, in a file."""

    def __init__(self, key: note.SignerKey) -> None:
        self._key = key

    @property
    def vkey(self) -> str:
        """The public key."""
        return str(self._key.verifier)

    def line(self, head: checkpoint.Checkpoint, at: datetime) -> note.Signature:
        """The line in the form of the key's kind."""
        return checkpoint.signature(head, self._key, at)


class Sm2KeyFile:
    """An SM2 key in a file; C2SP signed-note leaves type ff to such kinds, followed by a longer name."""

    def __init__(self, name: str, key: sm2.Key) -> None:
        self._name = name
        self._key = key

    @property
    def vkey(self) -> str:
        """The public key."""
        kind = sm2.KIND + self._key.public
        return f"{self._name}+{self._id.hex()}+{base64.b64encode(kind).decode()}"

    def line(self, head: checkpoint.Checkpoint, at: datetime) -> note.Signature:
        """SM2 with SM3 over the text of the head, as 64 bytes r ‖ s."""
        return note.Signature(self._name, self._id, self._key.sign(head.text.encode()))

    @property
    def _id(self) -> bytes:
        return hashlib.sha256(self._name.encode() + b"\n" + sm2.KIND + self._key.public).digest()[:4]


def signed(log: Log, head: checkpoint.Checkpoint, at: datetime) -> str:
    """The head with a line of every signer. A signer that is new to the log is noted in its row.

    Raises: Refused as :func:`mingjing.record.keys.signer`, ``unknown-signer``, ``sm2-missing``.
    """
    first = checkpoint.sign(head, keys.signer(log))
    others = list(further(log))
    fresh = [one.vkey for one in others if one.vkey not in log.vkey.splitlines()]
    if fresh:
        log.vkey = "\n".join([str(keys.verifier(log)), *log.vkey.splitlines()[1:], *fresh])
        Log.objects.filter(pk=log.pk).update(vkey=log.vkey)
    return checkpoint.with_lines(first, [one.line(head, at) for one in others])


def further(log: Log) -> Iterator[Signer]:
    """Those who sign a log beside its first key."""
    for name in settings.MINGJING_LOG_SIGNERS:
        if name == MLDSA44:
            yield KeyFile(_key_file(log, note.MLDSA44, MLDSA44))
        elif name == SM2:
            if log.hashing == logs.SM3:
                yield _sm2(log)
        elif ":" in name:
            yield _device(name, log)
        else:
            raise _unknown(name)


def _key_file(log: Log, kind: int, name: str) -> note.SignerKey:
    file = keys.path_of(log, name)
    known = [text for text in log.vkey.splitlines()[1:] if base64.b64decode(text.split("+", 2)[2])[0] == kind]
    if known and not file.exists():
        raise keys.missing(log, file)
    return note.SignerKey.parse(keys.keep(file, lambda: note.SignerKey.generate(log.origin, kind).secret()))


def _sm2(log: Log) -> Sm2KeyFile:
    text = keys.keep(keys.path_of(log, SM2), lambda: sm2.Key.generate().secret())
    return Sm2KeyFile(log.origin, sm2.Key.parse(text))


def _device(name: str, log: Log) -> Signer:
    module, _, factory = name.partition(":")
    try:
        make = getattr(import_module(module), factory)
    except (ImportError, AttributeError) as error:
        raise _unknown(name) from error
    signer: Signer = make(log.origin)
    return signer


def _unknown(name: str) -> Refused:
    return Refused(
        "unknown-signer",
        f"MINGJING_LOG_SIGNERS 中的“{name}”无法识别，没有签名。",
        remedy="可以是 ml-dsa-44、sm2，或者“包.模块:函数”。",
    )
