"""Who a session belongs to: the account, and the officer behind it, in one query for each request."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from .models import Account
from .queries import account_of_session


class OfficerBackend(ModelBackend):
    """Signs nobody in (``organs.actions`` does); finds the account of a session with all that makes its actor."""

    def get_user(self, user_id: Any) -> Account | None:
        """The account, if it is open. Cost: 1 query."""
        account = account_of_session(user_id)
        return account if account is not None and self.user_can_authenticate(account) else None
