"""Everything that writes in the room ``archives``."""

from .exporting import export_folder, export_zip

__all__ = ["export_folder", "export_zip"]
