"""Everything that changes organs, officers and accounts; each act goes on the record."""

from .deputizing import delegate, end_mandate
from .signing_in import change_password, end_session, open_session, sign_in, sign_out, touch_session
from .staffing import appoint, create_account, create_certificate, create_officer, create_organ

__all__ = [
    "appoint",
    "change_password",
    "create_account",
    "create_certificate",
    "create_officer",
    "create_organ",
    "delegate",
    "end_mandate",
    "end_session",
    "open_session",
    "sign_in",
    "sign_out",
    "touch_session",
]
