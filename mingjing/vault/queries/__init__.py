"""What can be read in the room ``vault``."""

from .incoming import own_upload

__all__ = ["own_upload"]
