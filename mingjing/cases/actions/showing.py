"""亮证、扫码核验: that a certificate was shown in a visit, that its code was scanned, that the face was found right."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs import actions as organs
from mingjing.organs import queries as registered
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.record import actions as record

from ..models import CardScan, Showing

_TOKEN = frozenset("0123456789abcdef")


@transaction.atomic
def show_identity(
    *,
    number: str,
    actor: Actor,
    at: datetime,
    entered_at: datetime,
    case_id: uuid.UUID | None = None,
    token: str = "",
    place: Mapping[str, Any] | None = None,
) -> Showing:
    """The officer showed this certificate of his at ``at``, in this matter where one is known.

    ``token`` is the word for the visit that the codes on his screen bore (``kernel.card_code``).
    Raises: Refused ``no-certificate``, ``bad-act``. Source: 行政处罚法/55(1); 达州三项制度方案/3(1).
    """
    if token and not (len(token) == 12 and set(token) <= _TOKEN):
        raise Refused("bad-act", "亮证的记录不完整，没有登记。", remedy="请重新打开“出示证件”。")
    entry = organs.show_certificate(number=number, actor=actor, at=at, entered_at=entered_at, place=place)
    return Showing.objects.create(
        case_id=case_id,
        officer_id=actor.officer_id,
        certificate=number,
        token=token,
        shown_at=at,
        shown_on=at.astimezone(SHANGHAI).date(),
        entry_id=entry,
    )


def match_showings(
    *, case_id: uuid.UUID, token: str, officers: Collection[int], actor: Actor, at: datetime
) -> int:
    """Certificates shown at first contact, before the matter was registered, belong to it: how many.

    Only those of its officers, shown on the local day under the same word, and in no matter yet.
    Source: 行政处罚法/55(1); 达州三项制度方案/3(1).
    """
    rows = Showing.objects.filter(case__isnull=True, token=token, officer__in=set(officers))
    found = rows.filter(shown_on=at.astimezone(SHANGHAI).date()).update(case=case_id) if token else 0
    if found:
        plain = {"token": token, "showings": found}
        record.append(kind="identity.matched", subject=f"case:{case_id}", at=at, actor=actor, plain=plain)
    return found


def scan_card(*, certificate: str, token: str, at: datetime) -> CardScan | None:
    """Somebody scanned the fresh code of this certificate in a visit: the time and the officer, nothing about him.

    Once for each certificate and visit, however often the page is opened; None for a certificate that is unknown
    or not in force. Source: 达州三项制度方案/3(1); 国办发〔2024〕54号.
    """
    held = registered.certificate(certificate)
    if held is None or held.state != "in_force":
        return None
    known = CardScan.objects.filter(certificate=certificate, token=token).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row = CardScan.objects.create(certificate=certificate, token=token, at=at)
            _note("identity.scanned", held.officer_id, row, at)
            return row
    except IntegrityError:  # the same page was opened twice at once
        return CardScan.objects.filter(certificate=certificate, token=token).first()


@transaction.atomic
def confirm_scan(*, certificate: str, token: str, at: datetime) -> CardScan:
    """Whoever scanned the code says that the person before him is the one on the card.

    Raises: Refused ``not-found`` for a visit in which nothing was scanned.
    """
    row = CardScan.objects.select_for_update().filter(certificate=certificate, token=token).first()
    held = registered.certificate(certificate)
    if row is None or held is None:
        raise Refused("not-found", "没有这一次扫码核验。", remedy="请重新扫描执法人员手机上的二维码。")
    if row.confirmed_at is None:
        row.confirmed_at = at
        row.save(update_fields=["confirmed_at"])
        _note("identity.confirmed", held.officer_id, row, at)
    return row


def _note(kind: str, officer_id: int, row: CardScan, at: datetime) -> None:
    plain = {"certificate": row.certificate, "token": row.token}
    record.append(kind=kind, subject=f"officer:{officer_id}", at=at, actor=SYSTEM, plain=plain)
