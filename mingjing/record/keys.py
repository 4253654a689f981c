"""The keys with which the logs sign their heads: one for each year, named like the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from mingjing.kernel import note
from mingjing.kernel.refused import Refused
from mingjing.record import logs, store
from mingjing.record.models import Log

_OWNER_ONLY = 0o600


def path(label: int | str | None, further: str = "") -> Path:
    """Where the private key of a year lies; None: that of a log from before there was one for each year.

    ``further`` tells other keys of the same log from the first.
    """
    base = Path(settings.MINGJING_SIGNING_KEY_FILE)
    parts = [base.stem, *([str(label)] if label is not None else []), *([further] if further else [])]
    return base.with_name("-".join(parts) + base.suffix)


def path_of(log: Log, further: str = "") -> Path:
    """Where a key of a log lies; its Ed25519 key if no other is asked for."""
    over_sm3 = (logs.SM3,) if log.hashing == logs.SM3 else ()
    return path(logs.label_of(log), "-".join([*over_sm3, *([further] if further else [])]))


def made(origin: str, label: int | str | None, further: str = "", kind: int = note.ED25519) -> note.SignerKey:
    """The key of a log that is about to begin, made unless it was there already.

    The file appears whole or not at all, readable by its owner only; of two processes that make one at the
    same time, both go on with the first.
    """
    file = path(label, further)
    keep(file, lambda: note.SignerKey.generate(origin, kind).secret())
    return _read(file)


def keep(file: Path, make: Callable[[], str]) -> str:
    """The text of a key file, made unless it was there already."""
    if not file.exists():
        store.put_new(file, f"{make()}\n".encode(), mode=_OWNER_ONLY)
    return file.read_text().strip()


def signer(log: Log) -> note.SignerKey:
    """The private key of a log.

    Raises: Refused ``signing-key-missing``, ``wrong-signing-key``, ``bad-key``. Neither makes a new key: it
    would look like another log.
    """
    if not path_of(log).exists():
        raise missing(log, path_of(log))
    key = _read(path_of(log))
    if log.vkey and str(key.verifier) != log.vkey.splitlines()[0]:
        raise Refused(
            "wrong-signing-key",
            f"私钥文件 {path_of(log)} 不是日志“{log.origin}”的私钥。",
            remedy="从备份恢复这一日志的私钥文件（权限 0600）后再运行。",
        )
    return key


def verifier(log: Log) -> note.VerifierKey:
    """The Ed25519 key under which the heads of a log are checked.

    Raises: Refused ``bad-key``; for a log carried over without its key also as :func:`signer`.
    """
    first = log.vkey.partition("\n")[0]
    return note.VerifierKey.parse(first) if first else signer(log).verifier


def vkeys(log: Log) -> list[str]:
    """All public keys of a log, the Ed25519 one first. Raises: as :func:`verifier`."""
    return [str(verifier(log)), *log.vkey.splitlines()[1:]]


def _read(file: Path) -> note.SignerKey:
    return note.SignerKey.parse(file.read_text().strip())


def missing(log: Log, file: Path) -> Refused:
    """That a key file which was there is gone."""
    return Refused(
        "signing-key-missing",
        f"日志“{log.origin}”已有签名头，但签名私钥文件 {file} 不见了。换用新私钥会使此前的证明无法核对。",
        remedy="从备份恢复私钥文件（权限 0600）后再运行。",
    )
