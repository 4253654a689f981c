"""Reading the archives: the file of a case as it stands, sealed volumes, what is due."""

from .dossier import bound, dossier_for
from .lists import (
    LISTS,
    STATES,
    ArchiveFilters,
    ToSealRow,
    VolumeRow,
    appraisal_for,
    appraisals,
    may_seal,
    to_seal,
    transfer_for,
    transfers,
    volumes,
)
from .page import DossierPage, dossier_page, late_file, sealed_file

__all__ = [
    "LISTS",
    "STATES",
    "ArchiveFilters",
    "DossierPage",
    "ToSealRow",
    "VolumeRow",
    "appraisal_for",
    "appraisals",
    "bound",
    "dossier_for",
    "dossier_page",
    "late_file",
    "may_seal",
    "sealed_file",
    "to_seal",
    "transfer_for",
    "transfers",
    "volumes",
]
