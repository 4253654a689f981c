"""Password rules as a table."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from mingjing.organs.passwords import PasswordRules, faults


class Somebody:
    username = "lihandler"


@pytest.mark.parametrize(
    "password, count",
    [
        ("Mirror-2026", 0),
        ("明镜高悬Ab2026x", 0),
        ("Short-1a", 1),
        ("alllowercase", 1),
        ("lowercase2026", 1),
        ("abc", 2),
        ("LiHandler-2026", 1),
        ("", 2),
    ],
)
def test_a_password_has_length_and_kinds_and_no_user_name(password: str, count: int) -> None:
    assert len(faults(password, "lihandler")) == count


def test_django_is_told_every_fault_at_once() -> None:
    with pytest.raises(ValidationError) as raised:
        PasswordRules().validate("abc", Somebody())

    assert len(raised.value.messages) == 2


def test_the_rules_can_be_read_in_one_sentence() -> None:
    assert "10 位" in PasswordRules().get_help_text()
