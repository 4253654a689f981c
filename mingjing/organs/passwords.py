"""密码规则: what a password must be; Django asks these rules wherever a password is set."""

from __future__ import annotations

import secrets
import string
from typing import Protocol

from django.core.exceptions import ValidationError

LEAST_LENGTH = 10
LEAST_KINDS = 3
HELP = f"至少 {LEAST_LENGTH} 位；大写字母、小写字母、数字、符号中至少有 {LEAST_KINDS} 种；不得含有用户名。"


def generated(username: str) -> str:
    """A first password that meets the rules, from letters and digits that are not mistaken for each other."""
    alphabets = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
    while True:
        parts = ["".join(secrets.choice("".join(alphabets)) for _ in range(4)) for _ in range(4)]
        password = "-".join(parts)
        if not faults(password, username) and all(set(password) & set(one) for one in alphabets):
            return password


class HasUsername(Protocol):
    """Whoever the password is for."""

    username: str


def faults(password: str, username: str) -> list[str]:
    """What is wrong with the password, each in a sentence; empty if it will do.

    Length and kinds follow GB/T 22239-2019 (等保) as commonly required of government systems.
    """
    found = []
    if len(password) < LEAST_LENGTH:
        found.append(f"密码至少 {LEAST_LENGTH} 位，现为 {len(password)} 位。")
    kinds = _kinds(password)
    if kinds < LEAST_KINDS:
        found.append(f"大写字母、小写字母、数字、符号中至少要有 {LEAST_KINDS} 种，现有 {kinds} 种。")
    if username and username.casefold() in password.casefold():
        found.append(f"密码不得含有用户名“{username}”。")
    return found


def _kinds(password: str) -> int:
    """How many kinds of characters occur; anything that is no ASCII letter or digit counts as a symbol."""
    alphabets = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    used = sum(any(character in alphabet for character in password) for alphabet in alphabets)
    known = "".join(alphabets)
    return used + any(character not in known for character in password)


class PasswordRules:
    """The rules in the shape in which Django asks for them."""

    def validate(self, password: str, user: HasUsername | None = None) -> None:
        """Raise Django's ValidationError with every fault."""
        found = faults(password, user.username if user is not None else "")
        if found:
            raise ValidationError(found, code="weak-password")

    def get_help_text(self) -> str:
        """The rules in one sentence."""
        return HELP
