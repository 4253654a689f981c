"""The public site in English: the same pages, no wording forgotten, links that stay in the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from mingjing.law import queries as law
from mingjing.web.public.urls import urlpatterns
from mingjing.web.ui import english, wording
from mingjing.web.ui.english_words import ENGLISH
from tests.web.desk_world import World

WEB = Path(english.__file__).resolve().parents[1]
TEMPLATES = [*(WEB / "public").rglob("*.html"), *(WEB / "ui").rglob("*.html")]
HAN = re.compile(r"[\u3400-\u9fff]")
# What stays Chinese on purpose: the link to the other language, citations, names of organs, a paper's number.
KEPT = re.compile(
    r"<a [^>]*lang=\"zh-CN\">[^<]*</a>|<span class=\"lawrefs\">.*?</span>|<option .*?</option>|e\.g\. [^\"]*",
    re.DOTALL,
)


def worded() -> set[str]:
    """Every wording the templates pass to ``t``."""
    found = (re.findall(r"\bt\(\s*\"([^\"]+)\"", path.read_text(encoding="utf-8")) for path in TEMPLATES)
    return {text for texts in found for text in texts}


def test_every_wording_of_the_templates_reads_in_english() -> None:
    assert worded() - set(ENGLISH) == set()


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (WEB / "public").rglob("*.py"))
    layout = (WEB / "ui" / "templates" / "layout_public.html").read_text(encoding="utf-8")
    titles = {*wording.ACTS.values(), *wording.FIELDS.values(), *law.FIELDS.values()}

    unsaid = {text for text in set(ENGLISH) - worded() - titles if f'"{text}"' not in sources + layout}

    assert unsaid == set()


def test_the_same_places_are_filled_in_both_languages() -> None:
    places = re.compile(r"\{(\w+)\}")
    lost = {
        chinese
        for chinese, text in ENGLISH.items()
        if not set(places.findall(text)) <= set(places.findall(chinese))
    }

    assert lost == set()


def test_every_kind_of_act_and_field_has_an_english_name() -> None:
    assert {*wording.ACTS.values(), *wording.FIELDS.values(), *law.FIELDS.values()} <= set(ENGLISH)


def test_the_addresses_and_the_rule_for_links_name_the_same_pages() -> None:
    routes = [str(one.pattern).lstrip("^").rstrip("$") for one in urlpatterns]
    english_routes = {
        route.removeprefix("en").removeprefix("/") for route in routes if route.startswith("en")
    }
    chinese = {route for route in routes if not route.startswith("en")}
    filled = {route: "/" + re.sub(r"<\w+:\w+>|\(\?P<sha256>.*\)", "a" * 64, route) for route in chinese}

    linked = {route for route, path in filled.items() if english.PAGES.fullmatch(path)}

    assert linked == english_routes


@pytest.mark.parametrize(
    "path",
    [
        "/en",
        "/en/about",
        "/en/log",
        "/en/verify",
        "/en/officers",
        "/en/decisions",
        "/en/statistics",
        "/en/withheld",
        "/en/registers",
        "/en/reports",
        "/en/nowhere",
    ],
)
def test_the_frame_of_an_english_page_holds_no_chinese(world: World, path: str) -> None:
    page = Client().get(path).content.decode()

    assert 'lang="en"' in page
    assert [line for line in KEPT.sub("", page).splitlines() if HAN.search(line)] == []


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/", "/en"),
        ("/en", "/"),
        ("/decisions", "/en/decisions"),
        ("/en/officers/51", "/officers/51"),
        ("/powers/FOOD-01", "/en/powers/FOOD-01"),
        ("/en/procedures/levy", "/procedures/levy"),
        ("/registers/north/powers/compare", "/en/registers/north/powers/compare"),
        ("/reports/2026/a1b2", "/en/reports/2026/a1b2"),
        ("/licenses", "/en"),
        ("/laws/行政处罚法", "/en"),
    ],
)
def test_each_page_leads_to_itself_in_the_other_language(path: str, other: str) -> None:
    assert english.other_language(path) == other


def test_filters_are_kept_when_the_language_changes() -> None:
    assert english.other_language("/decisions", "year=2026") == "/en/decisions?year=2026"


def test_a_search_in_english_leads_to_an_english_answer(world: World) -> None:
    answer = Client().get("/en/find", {"q": "nothing of the kind"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/decisions?")


def test_a_certificate_that_does_not_exist_is_told_in_english(world: World) -> None:
    page = Client().get("/en/officers", {"no": "00000000"}, follow=True).content.decode()

    assert "There is no certificate &#34;00000000&#34;" in page


def test_an_unknown_paper_is_told_in_english_to_the_script_too(world: World) -> None:
    answer = Client().get(f"/en/verify/{'0' * 64}", headers={"Accept": "application/json"}).json()

    assert answer["mark"] == "Unknown"
    assert not HAN.search(answer["title"] + answer["text"])
