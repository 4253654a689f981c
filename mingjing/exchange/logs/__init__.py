"""Event logs of other systems: tables (CSV, xlsx, xls …) and XES, read into cases of events.

A log line names a case, an activity and a time; whatever else it tells may be a fact of the procedure. How the
other system's words match ours stands in a ``Mapping``.
"""

from __future__ import annotations

from .mapping import Mapping, read_mapping
from .reading import Log, read_log

__all__ = ["Log", "Mapping", "read_log", "read_mapping"]
