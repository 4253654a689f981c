"""Everything that happens to a statistical report: written, locked, signed, returned, received, published."""

from .collecting import accept, give_back, remind
from .preparing import lock, take_in, write_text
from .signing import publish, sign

__all__ = ["accept", "give_back", "lock", "publish", "remind", "sign", "take_in", "write_text"]
