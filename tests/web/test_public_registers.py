"""事前公开的清单 for everybody: only what was confirmed, every edition, differences, CSV and JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingjing.publicity import actions
from mingjing.publicity.registers import queries
from tests import makers
from tests.makers import AT
from tests.publicity.registers import ITEM, City, confirmed, drafted, found_city, submitted

LIST = "/registers/shi-jg/random-inspection"


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return found_city()


def text(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status
    page: str = answer.content.decode()
    return page


def two_editions(city: City) -> None:
    confirmed(city, at=AT - timedelta(days=9))
    edition = drafted(city)
    actor = city.actor("ours.publisher")
    values = {**ITEM, "share": "百分之八"}
    actions.put_row(edition_id=edition.pk, key=ITEM["item"], values=values, actor=actor, at=AT)
    head = city.actor("ours.organ_head")
    actions.submit_draft(edition_id=edition.pk, reason="提高比例。", actor=head, at=AT)
    actions.confirm_register(edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT)


@pytest.mark.parametrize("made", [drafted, submitted])
def test_what_is_not_confirmed_is_not_there(city: City, made: object) -> None:
    made(city)

    for path in (LIST, f"{LIST}.csv", f"{LIST}.json", f"{LIST}?edition=1"):
        assert Client().get(path).status_code == 404
    assert "尚未经司法行政机关确认公布" in text("/registers")


def test_the_page_says_who_confirmed_when_and_on_which_basis(city: City) -> None:
    confirmed(city)

    page = text(LIST)

    assert "达州市司法局，2026年11月20日确认" in page
    assert "《达州三项制度方案》" in page
    assert ITEM["item"] in page
    assert LIST in text("/registers")
    assert LIST in text("/registers?organ=shi-jg&kind=random-inspection")
    assert LIST not in text("/registers?organ=shi-lj")


def test_an_older_edition_is_reachable_and_marked(city: City) -> None:
    two_editions(city)

    old = text(f"{LIST}?edition=1")

    assert "第 2 版取代" in old
    assert "百分之五" in old
    assert "百分之八" in text(LIST)
    text(f"{LIST}?edition=3", 404)


def test_two_editions_are_compared_cell_by_cell(city: City) -> None:
    two_editions(city)

    page = text(f"{LIST}/compare?old=1&new=2")

    assert "<del>" in page
    assert "百分之八</ins>" in page
    swapped = text(f"{LIST}/compare?old=2&new=1")
    assert page.partition("<main")[2] == swapped.partition("<main")[2]
    text(f"{LIST}/compare?old=1&new=7", 404)


def test_lines_hold_the_rows_and_the_feed_the_editions(city: City) -> None:
    confirmed(city)
    client = Client()

    lines = b"".join(client.get(f"{LIST}.jsonl").streaming_content).decode().splitlines()
    feed = client.get(f"{LIST}.rss").content.decode()

    assert [json.loads(line) for line in lines] == client.get(f"{LIST}.json").json()["rows"]
    assert "第 1 版" in feed
    assert f"{LIST}?edition=1" in feed
    assert client.get(f"{LIST}.jsonl?edition=9").status_code == 404


def test_json_is_the_file_on_the_record_and_csv_says_the_same(city: City) -> None:
    edition = confirmed(city)

    answer = Client().get(f"{LIST}.json")
    lines = b"".join(Client().get(f"{LIST}.csv").streaming_content).decode("utf-8-sig").splitlines()

    assert hashlib.sha256(answer.content).hexdigest() == edition.public_sha256
    assert answer.json()["rows"][0]["item"] == ITEM["item"]
    assert answer.json()["rows"][0]["weight"] == "重点检查事项"
    assert len(lines) == 2
    assert ITEM["item"] in lines[1]


def test_private_fields_of_officers_are_nowhere(city: City) -> None:
    officer = city.people["ours.handler"]
    officer.post, officer.legal_qualification = "某某职务", "A20205100000001"
    officer.save()
    makers.certificate(officer=officer, number="23170099")
    confirmed(city, "officers")

    path = "/registers/shi-jg/officers"
    csv = b"".join(Client().get(f"{path}.csv").streaming_content).decode()
    for shown in (text(path), Client().get(f"{path}.json").content.decode(), csv):
        assert "23170099" in shown
        assert "某某职务" not in shown
        assert "A20205100000001" not in shown


def test_an_organ_without_a_confirmed_register_says_so(city: City) -> None:
    assert text("/agencies").count("尚未经司法行政机关确认公布") == 6

    draft = actions.open_draft(kind="subjects", actor=city.actor("ours.publisher"), at=AT)
    actions.put_row(
        edition_id=draft.pk,
        key="shi-jg",
        values={"powers": "处罚。"},
        actor=city.actor("ours.publisher"),
        at=AT,
    )
    actions.submit_draft(edition_id=draft.pk, reason="首次。", actor=city.actor("ours.organ_head"), at=AT)
    actions.confirm_register(edition_id=draft.pk, actor=city.actor("bureau.supervisor"), at=AT)

    assert queries.confirmed_subjects(AT.date()).keys() == {"shi-jg"}


def test_the_officer_page_tells_whether_the_register_lists_him(city: City) -> None:
    makers.certificate(officer=city.people["ours.handler"], number="23170099")
    assert "尚未经司法行政机关确认公布" in text("/officers/23170099")

    confirmed(city, "officers")
    Client().get("/officers/23170099")

    assert "列入 2026-11-20 公布的执法人员清单" in text("/officers/23170099?x=1")


def test_a_long_list_comes_page_by_page_under_sixty_kilobytes(city: City) -> None:
    edition = drafted(city)
    actor = city.actor("ours.publisher")
    rows = [{**ITEM, "item": f"检查事项{n:04d}" + "很长的名称" * 6} for n in range(300)]
    assert not any(actions.put_rows(edition_id=edition.pk, rows=rows, actor=actor, at=AT))
    actions.submit_draft(edition_id=edition.pk, reason="首次。", actor=city.actor("ours.organ_head"), at=AT)
    actions.confirm_register(edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT)

    page = Client().get(LIST)
    following = text(f"{LIST}?after=41")

    assert len(page.content) < 60_000
    assert "共 301 行" in page.content.decode()
    assert "检查事项0299" not in following
    assert "检查事项0299" in text(f"{LIST}?q=检查事项0299")


def test_a_frozen_flowchart_is_drawn_from_its_own_edition(city: City) -> None:
    confirmed(city, "flowcharts")
    sha256 = queries.rows_of(queries.public_registers(AT.date())[0].pk)["penalty-ordinary"]["edition"]

    assert f"?edition={sha256}" in text("/registers/shi-jg/flowcharts")
    assert "清单公布时所依据的程序版本" in text(f"/procedures/penalty-ordinary?edition={sha256}")
    assert Client().get(f"/procedures/penalty-ordinary?edition={'0' * 64}").status_code in (404, 409)


def test_the_recording_checklist_has_the_columns_of_the_plan(city: City) -> None:
    """domain 4.12, 7.7: link, way, start, content, place, stop, retention, basis."""
    edition = confirmed(city, "recording")
    rows = queries.rows_of(edition.pk)

    assert {"penalty-ordinary | site_inspection", "inspection | arrive"} <= set(rows)
    for values in rows.values():
        assert {
            "link",
            "way",
            "start",
            "content",
            "place",
            "stop",
            "retention",
            "legal_basis",
            "edition",
        } <= set(values)
    assert "/registers/shi-jg/recording" in text("/procedures/penalty-ordinary")
