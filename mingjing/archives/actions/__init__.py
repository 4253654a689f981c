"""Everything that writes in the room ``archives``."""

from .appraising import approve_appraisal, destroy_volumes, list_appraisal, return_appraisal
from .checking import check_volume, except_check
from .choosing import choose_order
from .drawer import add_late_paper
from .exporting import export_folder, export_zip
from .sealing import seal_volume
from .transferring import cancel_transfer, hand_over_transfer, list_transfer

__all__ = [
    "add_late_paper",
    "approve_appraisal",
    "cancel_transfer",
    "check_volume",
    "choose_order",
    "destroy_volumes",
    "except_check",
    "export_folder",
    "export_zip",
    "hand_over_transfer",
    "list_appraisal",
    "list_transfer",
    "return_appraisal",
    "seal_volume",
]
