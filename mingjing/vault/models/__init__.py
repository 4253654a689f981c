"""Tables of the room ``vault``, one file for each matter."""

from .incoming import Incoming

__all__ = ["Incoming"]
