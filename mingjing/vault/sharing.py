"""The link and the code of a share: neither is stored, so that nobody reads them out of the database."""

from __future__ import annotations

import hmac
import uuid

from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "mingjing.share"
CODE_DIGITS = 8


def link_of(share: uuid.UUID) -> str:
    """What stands in the address: the share with our signature."""
    return signing.Signer(salt=SALT).sign(share.hex)


def share_of(link: str) -> uuid.UUID | None:
    """The share behind a link; None where we did not sign it."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT).unsign(link))
    except (signing.BadSignature, ValueError):
        return None


def code_of(share: uuid.UUID) -> str:
    """The eight digits that are told by another way than the link."""
    digest = salted_hmac(f"{SALT}.code", share.hex, algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def fits(share: uuid.UUID, code: str) -> bool:
    """Whether somebody knows the code, compared in constant time."""
    return hmac.compare_digest(code_of(share).encode(), code.strip().encode("utf-8", "replace"))
