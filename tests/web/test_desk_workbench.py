"""The workbench: a procedure read in each way, editions compared, a procedure walked in the browser."""

from __future__ import annotations

import hashlib
import html
import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingjing.kernel import procedure as procedures
from mingjing.law import actions as law_actions
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.web.ui import edition_diff
from tests.makers import AT
from tests.web.desk_world import World

ORDINARY = "/desk/procedures/penalty-ordinary"


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def carried(response: Any) -> str:
    """The walk that the page's form carries."""
    found = re.search(r'name="walk" value="([^"]*)"', response.content.decode())
    assert found is not None
    return html.unescape(found[1])


@pytest.mark.parametrize(
    "view, said",
    [
        ("table", "两名以上持有效执法证件的人员"),
        ("text", "由承办人办理"),
        ("flow", "<svg"),
        ("editions", "法典文件"),
    ],
)
def test_a_procedure_is_read_in_each_way(world: World, view: str, said: str) -> None:
    assert said in text(world.client("shenhe").get(ORDINARY, {"view": view}))


def test_an_edition_that_nobody_knows_is_told(world: World) -> None:
    response = world.client("shenhe").get(ORDINARY, {"edition": "0123"})

    assert response.status_code == 409
    assert "没有版本 0123" in text(response)


def changed(text: str, *pairs: tuple[str, str]) -> procedures.Procedure:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return procedures.read(procedures.read_collected(text), "新版")


def test_two_editions_are_compared_in_words() -> None:
    old = law.edition("penalty-summary", AT.date())
    new = changed(
        old.text,
        ('within = "15d", clock = "PEN-PAY"', 'within = "20d", clock = "PEN-PAY"'),
        ("in_force = 2021", "in_force = 2027"),
    )

    found = edition_diff.compare(old.procedure, new, {})

    assert found[0].title == "整部程序"
    assert {aspect.head for aspect in found[0].aspects} == {"施行"}
    said = [line for one in found[1:] for aspect in one.aspects for line in (*aspect.gone, *aspect.new)]
    assert any("15日" in line for line in said)
    assert any("20日" in line for line in said)


def test_equal_editions_do_not_differ() -> None:
    one = law.edition("penalty-ordinary", AT.date())

    assert edition_diff.compare(one.procedure, one.procedure, {}) == []
    assert edition_diff.raw(one.text, one.text) == []
    assert ("new", "+# 附注") in edition_diff.raw(one.text, one.text + "\n# 附注")


def test_a_procedure_is_walked_step_by_step(world: World) -> None:
    load_codex(AT)
    client = world.client("shenhe")
    begun = client.get(f"{ORDINARY}/walk")
    assert "线索登记" in text(begun)

    form = {"walk": carried(begun), "profile": "food", "person": "0", "at": "2026-03-02T09:00"}
    chosen = client.post(f"{ORDINARY}/walk", {**form, "step": "register"})
    assert "办理这一步" in text(chosen)

    facts = {"fact.found_on": "2026-03-02", "fact.lead_received_at": "2026-03-02T08:30"}
    taken = client.post(f"{ORDINARY}/walk", {**form, **facts, "step": "register", "do": "take"})

    assert json.loads(carried(taken))[0][1] == "register"
    assert "核查并决定是否立案" in text(taken)
    assert 'step = "register"' in text(taken)
    filed = client.post(f"{ORDINARY}/walk", {**form, "walk": carried(taken), "step": "file", "do": "take"})
    assert "2026年6月1日" in text(filed)  # 90 days to decide end on Sunday 31 May; 行政处罚法/60
    back = client.post(f"{ORDINARY}/walk", {**form, "walk": carried(taken), "do": "undo"})
    assert carried(back) == "[]"


def test_a_step_that_may_not_be_taken_says_why_and_changes_nothing(world: World) -> None:
    form = {"walk": "[]", "at": "2026-03-02T09:00", "step": "decide", "do": "take"}
    response = world.client("shenhe").post(f"{ORDINARY}/walk", form)

    assert carried(response) == "[]"
    assert "refusal" in response.content.decode() or "不能" in text(response)


@pytest.mark.parametrize(
    "walk", ["{", "[[1]]", '[["2026-03-02T09:00", "no_such", {}]]', '[["x", "register", {}]]', "[" * 5000]
)
def test_a_walk_that_the_page_did_not_write_is_refused(world: World, walk: str) -> None:
    response = world.client("shenhe").post(f"{ORDINARY}/walk", {"walk": walk})

    assert response.status_code == 200
    assert "读不出来" in text(response)


def test_time_does_not_run_back(world: World) -> None:
    client = world.client("shenhe")
    walk = json.dumps([["2026-03-02T09:00", "register", {"found_on": "2026-03-02"}]])
    form = {"walk": walk, "at": "2026-03-01T09:00", "step": "file", "do": "take"}

    assert "时间早于上一步" in text(client.post(f"{ORDINARY}/walk", form))


# --- new editions ---


def small(name: str = "litigation") -> str:
    """A procedure file that is examined at once."""
    return law.edition(name, AT.date()).text.partition("\n# ==== 共用部分")[0]


def upload(world: World, content: str, **given: str) -> Any:
    values = {"in_force": "2026-12-01", "reason": "程序法修改。", **given}
    file = SimpleUploadedFile("新版.toml", content.encode())
    return world.client("shenhe").post("/desk/procedures/litigation/propose", {**values, "file": file})


def test_a_new_edition_is_uploaded_compared_and_confirmed_by_another(world: World) -> None:
    load_codex(AT)
    sent = upload(world, small().replace("title = ", 'title = "新"  # ', 1))
    assert sent.status_code == 302
    address = sent["Location"]

    assert "新" in text(world.client("jiandu").get(address))
    assert world.client("shenhe").post(address, {"do": "confirm"}).status_code == 403
    assert world.client("jiandu").post(address, {"do": "confirm"}).status_code == 302

    assert law.edition_in_force("litigation", date(2026, 12, 1)).procedure.title == "新"
    assert "上传确认" in text(world.client("shenhe").get("/desk/procedures/litigation", {"view": "editions"}))


def test_what_is_wrong_with_an_upload_is_listed_and_nothing_kept(world: World) -> None:
    response = upload(world, small().replace("by = ", "bye = ", 1))

    assert response.status_code == 422
    assert "处问题，没有报送" in text(response)
    assert law.proposals("litigation") == []


def test_the_day_in_force_must_be_a_day(world: World) -> None:
    assert "不是日期" in text(upload(world, small(), in_force="明年"))


def test_running_cases_are_shown_before_they_are_moved(world: World) -> None:
    load_codex(AT)
    case = world.open()
    edition = law.edition("penalty-ordinary", AT.date())
    changed = f"# 新版\n{edition.text}"
    digest = hashlib.sha256(changed.encode()).hexdigest()
    row = law_actions.lay_edition(
        procedure="penalty-ordinary",
        sha256=digest,
        in_force=AT.date(),
        text=changed,
        file_name="新版.toml",
        reason="试验",
        findings=[],
        actor=world.actor("shenhe"),
        at=AT,
    )
    law_actions.confirm_edition(proposal_id=row.pk, actor=world.actor("jiandu"), at=AT)
    address = f"{ORDINARY}/migrate?edition={digest[:12]}"
    client = world.client("shenhe")

    assert "期限和职责不变" in text(client.get(address))
    assert "没有写明换用版本的理由" in text(client.post(address, {"case": [case.no], "reason": " "}))
    assert "已换用" in text(client.post(address, {"case": [case.no], "reason": "新规定更便民。"}))

    case.refresh_from_db()
    assert case.edition == digest
    assert "换用程序版本" in text(world.client("li").get(f"/desk/cases/{case.no}"))


# --- reckoning by hand ---


def test_a_statutory_term_is_reckoned_by_its_number(world: World) -> None:
    page = text(world.client("shenhe").get("/desk/reckon", {"start": "2026-03-02", "clock": "PEN-90"}))

    assert "2026年6月1日" in page  # the ninetieth day, 31 May, is a Sunday
    assert "作出处罚决定：自立案起算" in page


def test_time_is_left_out_only_with_its_document(world: World) -> None:
    asked = {
        "start": "2026-03-02",
        "count": "10",
        "unit": "d",
        "out_from": "2026-03-05",
        "out_until": "2026-03-09",
    }
    client = world.client("shenhe")

    assert "2026年3月17日" in text(
        client.get("/desk/reckon", {**asked, "out_cause": "检测", "out_document": "检测期间告知书"})
    )
    assert client.get("/desk/reckon", asked).status_code == 422
