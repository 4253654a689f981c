"""Filling in a step's form as a person would: field by field in the order of the page, only what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page

from mingjing.demo.films import tone

NAMES = "inputs => [...new Set(inputs.map(one => one.name.slice('fact.'.length)))]"


def fill_facts(page: Page, facts: Mapping[str, Any]) -> None:
    """Write the facts into the inputs ``fact.<name>``; a field that the page does not ask is passed over."""
    for name in page.locator("[name^='fact.']").evaluate_all(NAMES):
        if name in facts and facts[name] not in ("", None):
            fill_fact(page.locator(f"[name='fact.{name}']"), name, facts[name])


def add_film(page: Page) -> None:
    """The recording of a step that asks for one, in the first file input that the page shows for it."""
    if page.locator("[name=film_pending]").count() == 0:
        return
    shown = page.locator("input[type=file][name^='fact.']:visible").and_(
        page.locator(":not([data-signature] *)")
    )
    shown.first.set_input_files({"name": "执法记录仪.wav", "mimeType": "audio/wav", "buffer": tone(0)})


def fill_fact(inputs: Locator, name: str, value: Any) -> None:
    """One fact, in whatever inputs the page offers for it."""
    first = inputs.first
    if not first.is_visible():
        return
    kind = first.evaluate("input => input.type")
    if kind == "radio":
        _option(inputs, value).check()
    elif kind == "checkbox":
        for one in value:
            _option(inputs, one).check()
    elif kind == "select-one":
        first.select_option(str(value))
    else:
        first.fill(_text(name, value))


def _option(inputs: Locator, value: Any) -> Locator:
    code = str(value).lower() if isinstance(value, bool) else str(value)
    return inputs.and_(inputs.page.locator(f"[value='{code}']"))


def _text(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if name.endswith("_fen"):
        return f"{value / 100:.2f}"
    return str(value)
