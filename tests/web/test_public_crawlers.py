"""What search engines may find: standing pages in both languages, no person, no tombstone, no copy kept."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from django.test import Client

from mingjing.law.actions import load_codex
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db


def page(path: str) -> str:
    return Client().get(path).content.decode()


def test_a_person_and_a_tombstone_are_not_to_be_found_nor_kept() -> None:
    unit = makers.publication(subject="达州市某某店", subject_code="91511702MA6XXXXX1X")
    person = makers.publication(subject="赵某某", subject_code="")
    gone = makers.withdrawn()

    assert '<meta name="robots" content="noarchive">' in page(f"/decisions/{unit.slug}")
    for made in (person, gone):
        assert '<meta name="robots" content="noindex, noarchive">' in page(f"/decisions/{made.slug}")
    assert '<meta name="robots" content="noindex, noarchive">' in page("/decisions")


def test_files_and_lists_for_programs_are_not_to_be_found() -> None:
    makers.publication()

    for path in ("/decisions.json", "/decisions.csv", "/officers.rss", "/agencies.jsonl"):
        assert Client().get(path)["X-Robots-Tag"] == "noindex", path


def test_a_page_names_its_one_address_and_its_other_language() -> None:
    for path in ("/statistics?year=2026", "/large/statistics?year=2026"):
        assert '<link rel="canonical" href="http://127.0.0.1:8000/statistics?year=2026">' in page(path)
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/powers"' in page("/powers")
    assert 'hreflang="zh-CN" href="http://127.0.0.1:8000/powers"' in page("/en/powers")
    assert "hreflang" not in page("/licenses").partition("</head>")[0]
    assert '<meta name="description" content="' in page("/")


def test_the_sitemap_holds_what_stands_and_no_decision() -> None:
    load_codex(AT)
    made = makers.publication()
    found = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    places = [one.text or "" for one in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    paths = [place.removeprefix("http://127.0.0.1:8000") for place in places]

    assert len(set(paths)) == len(paths)
    assert {"/", "/en", "/powers/FOOD-01", "/en/powers/FOOD-01", "/licenses/XK-FOOD-01"} <= set(paths)
    assert not [path for path in paths if "decisions" in path or made.slug in path]
    assert {Client().get(path).status_code for path in paths[::9]} == {200}


def test_robots_are_told_where_the_sitemap_is() -> None:
    text = page("/robots.txt")

    assert "Disallow: /find\n" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nowhere", 404, "没有找到"),
        ("/en/nowhere", 404, "Not found"),
        ("/decisions?since=x", 422, "填写需要更正"),
        ("/large/nowhere", 404, "没有找到"),
    ],
)
def test_a_page_that_is_not_there_helps_on(path: str, status: int, said: str) -> None:
    answer = Client().get(path)
    shown = answer.content.decode()

    assert answer.status_code == status
    assert said in shown
    assert 'name="q"' in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert "/large/find" in shown or not path.startswith("/large")
    assert int(answer["Content-Length"]) == len(answer.content)


def test_a_page_in_large_print_is_sent_whole() -> None:
    for path in ("/large/officers", "/large/decisions", "/large/corrections"):
        answer = Client().get(path)
        assert int(answer.get("Content-Length", len(answer.content))) == len(answer.content), path
