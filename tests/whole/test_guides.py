"""The guides say what the program does: every key an author may write, every command an operator may type."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mingjing.kernel import guarantees
from mingjing.kernel import procedure_parts as parts

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guide"
# What the code calls otherwise than the file, and what no author writes.
KEYS = {
    "exemptions": "exempt",
    "from_fact": "from",
    "until_fact": "until",
    "due_fact": "due",
    "month": "opens_on",
    "day": "opens_on",
}
UNWRITTEN = {"name", "sha256", "source", "fact_name"}
WRITTEN = (
    parts.Procedure,
    parts.MatterRule,
    parts.Yearly,
    parts.Follows,
    parts.Stage,
    parts.Lane,
    parts.Derived,
    parts.Reckoned,
    parts.ReckonedRule,
    guarantees.Guarantee,
    guarantees.Exemption,
    parts.Step,
    parts.DutyRule,
    parts.WindowRule,
    parts.AtLeast,
    parts.Extends,
    parts.Bar,
    parts.Field,
)


def names(guide: str) -> set[str]:
    """Every name in code marks of a guide, bare and in tables of keys."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    return {word for mark in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[a-z_]+", mark)}


@pytest.mark.parametrize("part", WRITTEN, ids=lambda part: part.__name__)
def test_the_guide_names_every_key_of_a_procedure_file(part: type) -> None:
    keys = {KEYS.get(field.name, field.name) for field in fields(part)} - UNWRITTEN

    assert keys - names("procedure-file.md") == set()
