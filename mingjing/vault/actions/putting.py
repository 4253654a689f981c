"""存入: a file into the store of an officer's organ, for nothing but itself yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.record.models import Blob

from .. import classes
from ..intake import examine
from ..queries.retention import organ_of
from .retaining import attach


def put(*, content: BinaryIO | bytes, name: str, actor: Actor, at: datetime) -> Blob:
    """Keep a file as what belongs to no case; a step may take it up later by its SHA-256.

    Raises: Refused ``no-permission`` and those of :func:`intake.examine` and :func:`record.actions.keep_blob`.
    """
    require(actor, "case.move")
    found = examine(content, name)
    subject = f"put:{uuid.uuid4()}"
    with transaction.atomic():
        blob = record.keep_blob(content, found.media_type, name)
        attach(
            {blob.sha256: name}, subject=subject, organ_id=organ_of(actor), at=at, retention=classes.NO_CASE
        )
        record.append(
            kind="evidence-put",
            subject=subject,
            at=at,
            actor=actor,
            plain={},
            personal={"name": name},
            files=[blob.as_file("evidence")],
        )
    return blob
