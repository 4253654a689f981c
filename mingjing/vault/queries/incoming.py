"""Finding an upload, for its own officer only."""

from __future__ import annotations

import uuid

from mingjing.kernel.refused import Refused

from ..models import Incoming


def own_upload(officer_id: int, key: uuid.UUID) -> Incoming:
    """The officer's upload; one of somebody else's is refused like one that does not exist. Cost: 1 query.

    Raises: Refused ``no-such-upload``.
    """
    row = Incoming.objects.filter(pk=key, officer_id=officer_id).first()
    if row is None:
        raise Refused("no-such-upload", "没有这个上传，或者已经过期。", remedy="请重新上传。")
    return row
