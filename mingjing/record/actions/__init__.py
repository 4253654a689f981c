"""Everything that writes to the record: append an entry, keep a file, seal the log."""

from mingjing.record.actions.appending import append
from mingjing.record.actions.keeping import keep_blob, keep_file
from mingjing.record.actions.sealing import Sealed, publish, seal
from mingjing.record.store import hurried

__all__ = ["Sealed", "append", "hurried", "keep_blob", "keep_file", "publish", "seal"]
