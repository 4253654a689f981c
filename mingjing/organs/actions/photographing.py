"""证件照: entering and taking away the photograph by which a citizen knows the officer before him."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs import photographs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer
from mingjing.record import actions as record

from .staffing import note, require_manager


def set_photo(*, officer_id: int, content: bytes, actor: Actor, at: datetime) -> str:
    """Keep the officer's certificate photograph, shaped and without metadata; returns its SHA-256.

    The picture is public on the check page as long as a certificate of his is in force.
    Raises: Refused ``no-permission``, ``bad-photo``. Source: 达州三项制度方案/2(1).
    """
    require_manager(actor)
    kept = record.keep_blob(photographs.shaped(content), photographs.MEDIA_TYPE, "证件照.jpg")
    with transaction.atomic():
        officer = Officer.objects.select_for_update(of=("self",)).get(pk=officer_id)
        officer.photo = kept.sha256
        officer.save(update_fields=["photo"])
        note("organs.photo-set", f"officer:{officer.pk}", actor, at, {}, {"photo": kept.sha256})
    return str(kept.sha256)


@transaction.atomic
def remove_photo(*, officer_id: int, actor: Actor, at: datetime) -> None:
    """Show the officer's photograph no more. Raises: Refused ``no-permission``, ``no-photo``."""
    require_manager(actor)
    officer = Officer.objects.select_for_update(of=("self",)).get(pk=officer_id)
    if not officer.photo:
        raise Refused("no-photo", f"{officer.name}没有登记证件照。", remedy="无须办理。")
    was, officer.photo = officer.photo, ""
    officer.save(update_fields=["photo"])
    note("organs.photo-removed", f"officer:{officer.pk}", actor, at, {}, {"photo": was})
