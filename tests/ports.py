"""A port for a server that is started later, and again after it was killed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """A free port of this machine that nobody else is given until the end.

    It is bound and never listened on. Linux then gives it to no one who asks for any port, neither to listen nor
    to connect from, while a server that allows itself to share an address (as waitress does) may listen on it.
    Source: socket(7), SO_REUSEADDR.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
