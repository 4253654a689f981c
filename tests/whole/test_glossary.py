"""One word for each thing: the glossary is kept, and its forbidden synonyms stay out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = ("punishment", "docket", "ticket", "workflow instance", "audit log", "compulsory", "customer")
SOURCES = sorted(
    path
    for folder in ("mingjing", "codex", "docs", "bench")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".toml", ".html", ".md", ".typ", ".js"}
)


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_forbidden_synonym_is_nowhere(word: str):
    rule = re.compile(rf"\b{word}s?\b", re.I)

    found = [str(path.relative_to(ROOT)) for path in SOURCES if rule.search(path.read_text(encoding="utf-8"))]

    assert found == []


def test_every_identifier_of_the_glossary_exists_in_the_code_or_the_codex():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path.suffix in {".py", ".toml"})
    table = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").split("## 不用的词")[0]
    named = set(re.findall(r"`([A-Za-z_-]+)`", table))

    unknown = sorted(
        name
        for name in named
        if not re.search(rf"\b{re.escape(name)}\b", text)
        and not (ROOT / "codex/procedures" / f"{name}.toml").exists()
    )

    # Acts that the next procedures bring are named already, so that nobody names them twice.
    assert set(unknown) <= {"coercion", "expropriation", "requisition", "enforcement", "archive"}
