"""The key with which the log signs its heads."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from mingjing.kernel import note
from mingjing.kernel.refused import Refused
from mingjing.record import store
from mingjing.record.models import Checkpoint

_OWNER_ONLY = 0o600


def path() -> Path:
    """Where the private key lies."""
    return Path(settings.MINGJING_SIGNING_KEY_FILE)


def signer() -> note.SignerKey:
    """The signing key, made on first use.

    The file appears whole or not at all, readable by its owner only; of two processes that make one at the
    same time, both go on with the first. Raises: Refused ``signing-key-missing`` when heads were signed
    already and the key is gone: a new key would look like another log.
    """
    if not path().exists():
        if Checkpoint.objects.exists():
            raise _missing()
        fresh = note.SignerKey.generate(settings.MINGJING_LOG_ORIGIN)
        store.put_new(path(), f"{fresh.secret()}\n".encode(), mode=_OWNER_ONLY)
    return note.SignerKey.parse(path().read_text().strip())


def verifier() -> note.VerifierKey:
    """The public key under which the heads of this log are checked."""
    return signer().verifier


def _missing() -> Refused:
    return Refused(
        "signing-key-missing",
        f"日志已有签名头，但签名私钥文件 {path()} 不见了。换用新私钥会使此前的证明无法核对。",
        remedy="从备份恢复私钥文件（权限 0600）后再运行。",
    )
