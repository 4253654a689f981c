"""Files as passages, and their masked renditions: text, Word (.docx), PDF.

``read`` tells everything that a file says, metadata, deleted words and hidden text included; ``mask`` makes a
rendition in which what was masked is truly absent, and says what a machine cannot judge.
"""

from .reading import Document, read
from .rendering import Masked, Rendition, mask

__all__ = ["Document", "Masked", "Rendition", "mask", "read"]
