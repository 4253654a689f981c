"""Giving fresh acts their place in the log at once, where no worker does it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.record import actions as record

from . import flash


def seal_now(request: Any) -> None:
    """Seal what waits, after the act has been committed; nothing to do costs a few small queries.

    The act stands whatever becomes of the sealing: a refusal is shown, not raised.
    """
    if not settings.MINGJING_SEAL_AT_ONCE:
        return
    try:
        record.seal(request.at)
    except Refused as refused:
        flash.say(request, f"办理已经记录在案，但尚未编入日志：{refused.reason}", "warn")
