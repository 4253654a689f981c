"""Everything that writes to the record: append an entry, keep a file, seal the log."""

from mingjing.record.actions.appending import append
from mingjing.record.actions.keeping import keep_blob
from mingjing.record.actions.sealing import Sealed, publish, seal

__all__ = ["Sealed", "append", "keep_blob", "publish", "seal"]
