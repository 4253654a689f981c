"""Everything that writes to the record: append an entry, keep a file, seal the log."""

from mingjing.record.actions.appending import Happening, append, append_each
from mingjing.record.actions.keeping import destroy_marked, forget, keep_blob, keep_file, mark_destroyed
from mingjing.record.actions.publishing import Repaired, publish, repair
from mingjing.record.actions.recovering import Rebuilt, Reopened, rebuild, reopen
from mingjing.record.actions.sealing import Sealed, seal
from mingjing.record.actions.witnessing import Witnessed, ask_witnesses, keep_up, witness
from mingjing.record.store import hurried

__all__ = [
    "Happening",
    "Rebuilt",
    "Reopened",
    "Repaired",
    "Sealed",
    "Witnessed",
    "append",
    "append_each",
    "ask_witnesses",
    "destroy_marked",
    "forget",
    "hurried",
    "keep_blob",
    "keep_file",
    "keep_up",
    "mark_destroyed",
    "publish",
    "rebuild",
    "reopen",
    "repair",
    "seal",
    "witness",
]
