"""Everything that changes organs, officers and accounts; each act goes on the record."""

from .changing import (
    CERTIFICATE_STATES,
    change_certificate,
    change_officer,
    change_organ,
    found,
    open_account,
    reset_password,
    set_account_active,
)
from .deputizing import delegate, end_mandate
from .equipping import ENDINGS as EQUIPMENT_ENDINGS
from .equipping import KINDS as EQUIPMENT_KINDS
from .equipping import end_equipment, issue_equipment
from .listing import BINDING, LISTED, bind_list, release_list
from .photographing import remove_photo, set_photo
from .qualifying import QUALIFICATIONS, record_qualification, void_qualification
from .showing import show_certificate
from .signing_in import change_password, end_session, open_session, sign_in, sign_out, touch_session
from .staffing import appoint, create_account, create_certificate, create_officer, create_organ

__all__ = [
    "BINDING",
    "CERTIFICATE_STATES",
    "EQUIPMENT_ENDINGS",
    "EQUIPMENT_KINDS",
    "LISTED",
    "QUALIFICATIONS",
    "appoint",
    "bind_list",
    "change_certificate",
    "change_officer",
    "change_organ",
    "change_password",
    "create_account",
    "create_certificate",
    "create_officer",
    "create_organ",
    "delegate",
    "end_equipment",
    "end_mandate",
    "end_session",
    "found",
    "issue_equipment",
    "open_account",
    "open_session",
    "record_qualification",
    "release_list",
    "remove_photo",
    "reset_password",
    "set_account_active",
    "set_photo",
    "show_certificate",
    "sign_in",
    "sign_out",
    "touch_session",
    "void_qualification",
]
