"""Every public list in every form: the same records, described as they are."""

from __future__ import annotations

import csv
import io
import json
import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from defusedxml import ElementTree
from django.db import transaction
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from mingjing.organs.authority import SYSTEM
from mingjing.oversight.models import AnnualReport
from mingjing.publicity.models import Placement
from mingjing.record import actions as record
from mingjing.web.public.catalogue import LISTS
from mingjing.web.public.lists import Listing
from tests import makers
from tests.makers import AT
from tests.office_fixtures import law_of_module
from tests.publicity.registers import confirmed, found_city

pytestmark = pytest.mark.django_db
codex = law_of_module(AT)
every_list = pytest.mark.parametrize("listing", LISTS, ids=[one.id for one in LISTS])


@pytest.fixture(autouse=True)
def _something_to_list() -> None:
    makers.publication(subject="=cmd()", conclusion="罚款\x0b 5,000元")
    makers.withdrawn()
    for _ in range(3):
        of = makers.publication(subject="某某").case
        Placement.objects.create(
            case=of,
            paper=of.papers.get(),
            organ=of.organ,
            channel="portal",
            act=of.act,
            region=of.region,
            number="某号",
            decided_on=AT.date(),
            state="withheld",
            moved_at=AT,
            verdict="banned",
            ground="minor",
        )
    city = found_city()
    confirmed(city)
    for year in (2024, 2025):
        AnnualReport.objects.create(
            organ=city.organs["ours"],
            year=year,
            scheme="twelve-kinds",
            scheme_title="十二栏",
            state="published",
            published_at=AT,
            published_by=city.people["ours.publisher"],
        )
    makers.certificate(officer=city.people["ours.handler"])
    confirmed(city, "officers")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@every_list
def test_all_forms_hold_the_same_records(client: Client, listing: Listing) -> None:
    records = client.get(f"{listing.path}.json").json()["items"]
    lines = body(client.get(f"{listing.path}.jsonl")).decode().splitlines()
    table = csv.reader(io.StringIO(body(client.get(f"{listing.path}.csv")).decode("utf-8-sig")))
    heads, *rows = table

    assert records
    assert [json.loads(line) for line in lines] == records
    assert heads == [column.title for column in listing.columns]
    assert len(rows) == len(records)


@every_list
def test_a_feed_is_rss_and_tells_records_of_the_list_each_once(client: Client, listing: Listing) -> None:
    feed = ElementTree.fromstring(client.get(f"{listing.path}.rss").content)
    records = client.get(f"{listing.path}.json").json()["items"]

    items = feed.findall("channel/item")
    assert feed.tag == "rss"
    assert 0 < len(items) <= 50
    assert {item.findtext("link") for item in items} <= {listing.item(one).address for one in records}
    assert len({item.findtext("guid") for item in items}) == len(items)


def test_a_feed_of_registers_tells_the_latest_edition_first(client: Client) -> None:
    days = [
        parsedate_to_datetime(item.findtext("pubDate") or "")
        for item in ElementTree.fromstring(client.get("/registers.rss").content).findall("channel/item")
    ]

    assert days
    assert days == sorted(days, reverse=True)


@every_list
def test_pages_of_one_hold_every_record_once(client: Client, listing: Listing) -> None:
    whole = client.get(f"{listing.path}.json").json()["items"][:4]

    found, after = [], ""
    for _ in whole:
        page = client.get(f"{listing.path}.json", {"limit": 1, "after": after}).json()
        found += page["items"]
        after = page["next"] or ""

    assert found == whole


def test_a_page_goes_on_where_it_stopped_although_the_list_changed(client: Client) -> None:
    north, south = (makers.organ(code=code) for code in ("page-b", "page-d"))
    after = "key:page-b"

    makers.organ(code="page-a")
    makers.organ(code="page-c")
    north.closed_on = AT.date().replace(year=2020)
    north.save()
    page = client.get("/agencies.json", {"after": after, "limit": 2}).json()

    assert [one["code"] for one in page["items"]] == ["page-c", south.code]


def test_a_download_has_a_chinese_name_with_its_day_and_a_plain_one(client: Client) -> None:
    for path in ("/decisions.csv", "/agencies.csv"):
        name = client.get(path)["Content-Disposition"]
        assert f'filename="{path[1:]}"' in name
        assert re.search(r"filename\*=UTF-8''(?:%[0-9A-F]{2})+-\d{8}\.csv$", name)


def test_officers_are_those_of_the_confirmed_registers_with_what_is_public(client: Client) -> None:
    found = client.get("/officers.json").json()["items"]

    assert found
    assert all(one["number"] and one["name"] and one["publish_on"] for one in found)
    assert "post" not in found[0]
    assert client.get("/officers.json", {"organ": "no-such"}).json()["items"] == []


@every_list
def test_nothing_changed_is_said_without_the_content(client: Client, listing: Listing) -> None:
    for form in ("json", "rss", "csv", "jsonl"):
        first = client.get(f"{listing.path}.{form}")
        again = client.get(f"{listing.path}.{form}", headers={"If-None-Match": first["ETag"]})

        assert again.status_code == 304, form
        assert again.content == b""


def test_a_long_download_is_confirmed_without_a_look_at_its_rows(
    client: Client, django_assert_num_queries: Any
) -> None:
    first = client.get("/decisions.csv")
    with django_assert_num_queries(2):
        again = client.get("/decisions.csv", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304

    with transaction.atomic():
        record.append(kind="test", subject="test:1", at=AT, actor=SYSTEM, plain={})

    changed = client.get("/decisions.csv", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@every_list
@pytest.mark.parametrize("question", ["after=nowhere", "limit=0", "limit=1001", "limit=x", "limit=٣"])
def test_a_question_with_a_fault_is_explained_to_programs(
    client: Client, listing: Listing, question: str
) -> None:
    answer = client.get(f"{listing.path}.json?{question}")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["remedy"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "rss"])
def test_a_wrong_day_is_refused_before_anything_is_sent(client: Client, form: str) -> None:
    assert client.get(f"/decisions.{form}?until=9999-12-31").status_code == 422  # no day comes after it
    answer = client.get(f"/decisions.{form}?since=gestern")

    assert answer.status_code == 422
    assert not answer.streaming


# --- the description ---


def description(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def test_the_description_is_openapi(client: Client) -> None:
    found = description(client)

    validate(found)
    assert found["openapi"].startswith("3.1.")
    assert len(found["paths"]) == 4 * len(LISTS)


@every_list
def test_the_answers_are_as_described(client: Client, listing: Listing) -> None:
    found = description(client)
    get = found["paths"][f"{listing.path}.json"]["get"]
    schema = get["responses"]["200"]["content"]["application/json"]["schema"]
    checked = Draft202012Validator(
        {**schema, "components": found["components"]}, format_checker=FormatChecker()
    )

    answer = client.get(f"{listing.path}.json")

    assert [error.message for error in checked.iter_errors(answer.json())] == []
    for form, path in ((form, f"{listing.path}.{form}") for form in ("json", "jsonl", "csv", "rss")):
        media_types = found["paths"][path]["get"]["responses"]["200"]["content"]
        assert client.get(path)["Content-Type"].partition(";")[0] in media_types, form


@every_list
def test_a_refusal_is_as_described(client: Client, listing: Listing) -> None:
    found = description(client)
    schema = found["components"]["schemas"]["Problem"]

    answer = client.get(f"{listing.path}.json?after=nowhere").json()

    assert [error.message for error in Draft202012Validator(schema).iter_errors(answer)] == []


def test_every_parameter_that_is_described_is_heard(client: Client) -> None:
    """Each filter of the decisions, with a value that nothing has, leaves nothing."""
    decisions = LISTS[0]
    given = {"number": "1999", "day": {"since": "2999-01-01", "until": "1999-01-01"}, "text": "无此"}
    for asked in decisions.parameters:
        of_kind: Any = given[asked.kind]
        value = of_kind[asked.name] if isinstance(of_kind, dict) else of_kind
        assert client.get("/decisions.json", {asked.name: value}).json()["items"] == [], asked.name


def test_the_page_for_people_names_every_list_and_field(client: Client) -> None:
    page = client.get("/api/docs").content.decode()

    for listing in LISTS:
        assert f'id="{listing.id}"' in page
        for column in listing.columns:
            assert f"<code>{column.key}</code>" in page
