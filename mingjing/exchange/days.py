"""A day in a cell of somebody's table: written out, as eight digits, or as the serial number of a table program."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mingjing.insight.amounts import dates_in, narrow

_SERIAL_EPOCH = date(1899, 12, 30)
_FIGURE = re.compile(r"[0-9]+(\.[0-9]+)?")


def day_in(text: str) -> date | None:
    """The day a cell tells; None where none can be read for certain."""
    text = narrow(text)
    digits = text.replace(" ", "")[:8]
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        try:
            return date.fromisoformat(digits)
        except ValueError:
            return None
    serial = text.partition(".")[0]
    if len(serial) == 5 and _FIGURE.fullmatch(text) and 30_000 < int(serial) < 80_000:
        return _SERIAL_EPOCH + timedelta(days=int(serial))
    found = [day for day in dates_in(text) if day.precision == "day"]
    return found[0].on if found else None
