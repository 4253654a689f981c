"""How often one address may look up certificates and verification codes, so that nobody walks the register.

Counted in a memory of their own, by a digest of the address that nobody can turn back, for ten minutes and no longer.
Each process counts for itself: behind several, a visitor may ask so many times each.
"""

from __future__ import annotations

import hmac
import ipaddress
from datetime import datetime

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from mingjing.kernel.refused import Refused

MOST = 30
WINDOW_SECONDS = 600


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind a proxy, ``MINGJING_TRUSTED_PROXY`` makes the server tell the visitor's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def count_look_up(request: HttpRequest, kind: str, at: datetime) -> None:
    """Count one look-up of ``kind`` (certificate, code). Raises: Refused ``too-many``."""
    window = int(at.timestamp()) // WINDOW_SECONDS
    key = f"limit:{kind}:{window}:{_digest(address_of(request))}"
    counts = caches["limits"]
    counts.add(key, 0, WINDOW_SECONDS)
    try:
        asked = counts.incr(key)
    except ValueError:  # it ran out between the two
        return
    if asked > MOST:
        minutes = WINDOW_SECONDS // 60
        raise Refused(
            "too-many",
            f"您所在的网络地址 {minutes} 分钟内已查询 {MOST} 次，暂时不能再查。",
            remedy=f"请过 {minutes} 分钟再查；需要成批核对的，请向该机关或者司法行政机关申请。",
        )


def _digest(address: str) -> str:
    """The network as far as one household has it: a whole IPv4 address, the first 64 bits of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address
    return hmac.new(settings.SECRET_KEY.encode(), network.encode(), "sha256").hexdigest()[:24]
