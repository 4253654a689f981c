"""动态证件码: seeds for the officer's device, and what a scanned code is worth, by this platform's secret."""

from __future__ import annotations

import base64
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from mingjing.kernel import card_code
from mingjing.law import queries as law


def seeds(certificate: str, on: date) -> dict[str, Any]:
    """What the page of the certificate keeps on the device: the seeds of today and tomorrow, and how long a code lasts.

    The seeds are as secret as the session of the officer: the page that holds them MUST NOT be shared.
    """
    days = [on, on + timedelta(days=1)]
    made = {
        day.isoformat(): base64.b64encode(card_code.seed(_secret(), certificate, day)).decode()
        for day in days
    }
    return {"seeds": made, "step": law.conduct().card.step_seconds}


def judge(code: str, certificate: str, at: datetime) -> card_code.Judged:
    """What a code that was scanned at ``at`` is worth."""
    return card_code.judge(
        code, secret=_secret(), certificate=certificate, at=at, **asdict(law.conduct().card)
    )


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()
