"""What is done with files and peers: files taken in, decisions told to other platforms, their answers noted."""

from .delivering import accept_package, make_package, queue_due, refuse_in_package, send_again, send_due
from .importing import digest, import_file, import_register, why_unreadable

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
