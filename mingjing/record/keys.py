"""The keys with which the logs sign their heads: one for each year, named like the log."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from mingjing.kernel import note
from mingjing.kernel.refused import Refused
from mingjing.record import logs, store
from mingjing.record.models import Log

_OWNER_ONLY = 0o600


def path(label: int | str | None) -> Path:
    """Where the private key of a year lies; None: that of a log from before there was one for each year."""
    base = Path(settings.MINGJING_SIGNING_KEY_FILE)
    return base if label is None else base.with_name(f"{base.stem}-{label}{base.suffix}")


def made(origin: str, year: int | str) -> note.SignerKey:
    """The key of a log that is about to begin, made unless it was there already.

    The file appears whole or not at all, readable by its owner only; of two processes that make one at the
    same time, both go on with the first.
    """
    if not path(year).exists():
        store.put_new(path(year), f"{note.SignerKey.generate(origin).secret()}\n".encode(), mode=_OWNER_ONLY)
    return _read(path(year))


def signer(log: Log) -> note.SignerKey:
    """The private key of a log.

    Raises: Refused ``signing-key-missing``, ``wrong-signing-key``, ``bad-key``. Neither makes a new key: it
    would look like another log.
    """
    if not path(logs.label_of(log)).exists():
        raise _missing(log)
    key = _read(path(logs.label_of(log)))
    if log.vkey and str(key.verifier) != log.vkey:
        raise Refused(
            "wrong-signing-key",
            f"私钥文件 {path(logs.label_of(log))} 不是日志“{log.origin}”的私钥。",
            remedy="从备份恢复这一日志的私钥文件（权限 0600）后再运行。",
        )
    return key


def verifier(log: Log) -> note.VerifierKey:
    """The public key under which the heads of a log are checked.

    Raises: Refused ``bad-key``; for a log carried over without its key also as :func:`signer`.
    """
    return note.VerifierKey.parse(log.vkey) if log.vkey else signer(log).verifier


def _read(file: Path) -> note.SignerKey:
    return note.SignerKey.parse(file.read_text().strip())


def _missing(log: Log) -> Refused:
    return Refused(
        "signing-key-missing",
        f"日志“{log.origin}”已有签名头，但签名私钥文件 {path(logs.label_of(log))} 不见了。换用新私钥会使此前的证明无法核对。",
        remedy="从备份恢复私钥文件（权限 0600）后再运行。",
    )
