"""Waiting for what a phone does by itself: keeping pages for a day without a network, writing, sending."""

from __future__ import annotations

from playwright.sync_api import Page, expect

STORE = "(await import('/static/field/store.js'))"
PATIENCE = 120  # seconds; what one try misses, the app tries again within 45


def until(page: Page, condition: str) -> None:
    """Wait in the page until an expression, which may await, holds."""
    found = page.evaluate(
        f"""async (last) => {{
          for (const end = Date.now() + last * 1000; Date.now() < end; await new Promise((go) => setTimeout(go, 50))) if ({condition}) return true;
          return false;
        }}""",
        PATIENCE,
    )
    assert found, condition


def keep(page: Page) -> None:
    """Wait until the device can open this page without a network.

    A page that is opened while the worker still fetches the files of the app belongs to nobody and is not kept.
    """
    until(page, "navigator.serviceWorker.controller")
    page.reload()
    until(page, "await (await caches.open('field-pages')).match(location.pathname + location.search)")


def unsent(page: Page, count: int) -> None:
    """Wait until so much waits on the device. The badge is hidden before the page has counted, too."""
    until(page, f"await {STORE}.unsent() === {count}")
    badge = page.locator("[data-unsent]")
    if count:
        expect(badge).to_have_text(f"未上传 {count} 项")
    else:
        expect(badge).to_be_hidden()
