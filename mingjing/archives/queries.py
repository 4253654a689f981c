"""Reading the archives: the file of a case as it stands, sealed volumes, what is due."""

from .dossier import bound, dossier_for

__all__ = ["bound", "dossier_for"]
