"""What search engines may read: robots.txt, and the pages that are worth finding.

Decisions stand in no sitemap: their display ends by itself, and people are not to be found by their names. Their
pages say for themselves whether they may be found (``decision.html``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mingjing.law import queries as law
from mingjing.oversight import queries as oversight
from mingjing.publicity.registers import queries as registers
from mingjing.web.ui.english import PAGES, PREFIX, link

from ..cached import public_page
from ..lists import address

_CLOSED = ("/find", "/en/find", "/desk", "/sign-in", "/field", "/uploads", "/shared", "/corrections")
_STANDING = (
    "/",
    "/agencies",
    "/during",
    "/powers",
    "/licenses",
    "/procedures",
    "/registers",
    "/laws",
    "/verify",
    "/log",
    "/statistics",
    "/withheld",
    "/reports",
    "/api/docs",
    "/embed",
    "/about",
    "/accessibility",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is public, except searches and what is for one reader. Source: RFC 9309."""
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    text = f"User-agent: *\n{closed}\nSitemap: {address('/sitemap.xml')}\n"
    return HttpResponse(text, content_type="text/plain")


@public_page
def sitemap(request: Any) -> HttpResponse:
    """The standing pages in both languages. Cost: 2 queries. Source: sitemaps.org protocol 0.9."""
    places = [place for path in _pages(request) for place in _in_both(path)]
    urls = "".join(f"<url><loc>{escape(address(place))}</loc></url>" for place in places)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    )
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _in_both(path: str) -> list[str]:
    return [path, link(PREFIX, path)] if PAGES.fullmatch(path) else [path]


def _pages(request: Any) -> Iterator[str]:
    on = request.at.date()
    yield from _STANDING
    yield from (f"/powers/{quote(item.code)}" for item in law.power_items())
    yield from (f"/licenses/{quote(item.code)}" for item in law.license_items(words="", on=on))
    yield from (f"/procedures/{one.id}" for one in law.procedures_in_force(on))
    for one in registers.public_registers(on):
        if one.register.kind != "officers":
            yield f"/registers/{one.register.organ.code}/{one.register.code}"
    yield from (f"/reports/{year}" for year, _ in oversight.published_years())
