"""What is done with files and peers: files taken in, decisions told to other platforms, their answers noted."""

from .delivering import queue_due, send_again, send_due
from .importing import digest, import_file, import_register, why_unreadable
from .packaging import accept_package, make_package, refuse_in_package

__all__ = [
    "accept_package",
    "digest",
    "import_file",
    "import_register",
    "make_package",
    "queue_due",
    "refuse_in_package",
    "send_again",
    "send_due",
    "why_unreadable",
]
