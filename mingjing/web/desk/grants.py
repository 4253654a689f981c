"""放行: that a person opened a piece of evidence, carried in the address of its bytes.

Opening is an act (a POST, on the record); reading the bytes afterwards is not, however many ranges a player asks
for. The grant is bound to the piece, the person, the session and the way of opening, and ends after some hours.
"""

from __future__ import annotations

import hmac
from typing import Any

from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "mingjing.evidence"
HOURS = 6


def give(request: Any, evidence_id: int, how: str) -> str:
    """A grant for this person's session."""
    said = [evidence_id, how, request.actor.officer_id, _session(request)]
    return signing.dumps(said, salt=SALT, compress=True)


def read(request: Any, evidence_id: int) -> str | None:
    """How the piece was opened, if the address carries a grant for it of this session; else None."""
    try:
        said = signing.loads(request.GET.get("grant", ""), salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None
    piece, how, officer, session = said
    if piece != evidence_id or officer != request.actor.officer_id:
        return None
    return str(how) if hmac.compare_digest(session, _session(request)) else None


def _session(request: Any) -> str:
    return salted_hmac(SALT, request.session.session_key or "", algorithm="sha256").hexdigest()[:32]
