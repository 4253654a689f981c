"""登记机关和人员: what a manager enters, what is refused, what becomes of the people's access."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mingjing.organs import queries as organs
from mingjing.organs.models import Account, Officer, Organ
from mingjing.organs.passwords import faults, generated
from mingjing.record import queries as record
from tests.makers import AT
from tests.web.desk_world import World

NEW_ORGAN = {
    "fact.code": "dz-new", "fact.name": "达州市某某新局", "fact.short_name": "某某新局", "fact.kind": "organ",
    "fact.region": "511700", "fact.paper_prefix": "达新", "fact.field": "food",
    "fact.organ_fields": ["food", "market"], "fact.confirmed_on": "2026-01-05",
}  # fmt: skip
NEW_PERSON = {"fact.name": "寅某某", "fact.unit": "执法二科", "fact.is_principal": "false"}
CERTIFICATE = {
    "do": "certificate",
    "fact.certificate_number": "23179001",
    "fact.certificate_kind": "enforcement",
    "fact.certificate_from": "2026-01-01",
    "fact.certificate_until": "2030-12-31",
}


def post(world: World, path: str, data: dict[str, Any]) -> Any:
    return world.client("guanli").post(path, data)


def person(world: World, **data: Any) -> Officer:
    """A new person of the organ, entered at the desk; ``data`` are further posts to the person's page."""
    answer = post(world, f"/desk/organs/{world.organ.code}/officers/new", NEW_PERSON)
    assert answer.status_code == 302, answer.content.decode()
    return Officer.objects.latest("pk")


def secret(page: str) -> str:
    found = re.search(r"初始密码：<code>([^<]+)</code>", page)
    assert found, page
    return found.group(1)


def test_a_new_organ_stands_in_the_tree_with_what_its_papers_need(world: World) -> None:
    answer = post(world, "/desk/organs/new", NEW_ORGAN | {"fact.parent": world.organ.code})

    organ = Organ.objects.get(code="dz-new")
    assert answer["Location"] == "/desk/organs?organ=dz-new"
    assert (organ.path, organ.organ_fields) == (f"{world.organ.path}dz-new/", ["food", "market"])
    assert organ.confirmed_on is not None
    assert record.history(f"organ:{organ.pk}")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fact.code": "达州"}, "小写字母"),
        ({"fact.credit_code": "91511702MA1234567I"}, "统一社会信用代码"),
        ({"fact.name": ""}, "名称"),
        ({"fact.confirmed_on": "2026-02-30"}, "确认日期"),
    ],
)
def test_a_wrong_organ_is_told_and_nothing_is_lost(world: World, wrong: dict[str, str], said: str) -> None:
    answer = post(world, "/desk/organs/new", NEW_ORGAN | wrong)
    page = answer.content.decode()

    assert answer.status_code in (409, 422)
    assert said in page
    assert 'value="达新"' in page
    assert not Organ.objects.filter(paper_prefix="达新").exists()


def test_an_organ_changes_but_keeps_its_code_and_place(world: World) -> None:
    address = f"/desk/organs/{world.organ.code}/edit"
    page = world.client("guanli").get(address).content.decode()

    answer = post(world, address, NEW_ORGAN | {"fact.phone": "0818-1234567", "fact.code": "stolen"})

    assert "fact.code" not in page
    assert answer.status_code == 302
    changed = Organ.objects.get(pk=world.organ.pk)
    assert (changed.phone, changed.code, changed.path) == ("0818-1234567", world.organ.code, world.organ.path)


def test_a_person_is_entered_certified_appointed_and_signs_in(world: World) -> None:
    officer = person(world)
    address = f"/desk/officers/{officer.pk}"
    assert post(world, address, CERTIFICATE).status_code == 302
    role = {"do": "role", "fact.role": "handler", "fact.role_since": AT.date().isoformat()}
    assert post(world, address, role).status_code == 302

    page = post(world, address, {"do": "account", "fact.username": "new-handler"}).content.decode()

    actor = organs.actor_of_officer(officer.pk, AT.date())
    assert (actor.roles, actor.certificates[0].number) == ({"handler"}, "23179001")
    browser = Client()
    entered = browser.post("/sign-in", {"username": "new-handler", "password": secret(page)})
    assert entered["Location"] == "/desk/account/password"
    assert secret(page) not in world.client("guanli").get(address).content.decode()


def test_a_reset_password_ends_every_session_and_must_be_changed(world: World) -> None:
    li = world.officers["li"]
    browser = world.client("li")

    page = post(world, f"/desk/officers/{li.pk}", {"do": "reset"}).content.decode()

    account = Account.objects.get(officer=li)
    assert account.must_change_password
    assert account.check_password(secret(page))
    assert browser.get("/desk").status_code == 302


def test_who_leaves_can_sign_in_no_more(world: World) -> None:
    li = world.officers["li"]
    browser = world.client("li")

    form = {"do": "person", "fact.name": li.name, "fact.is_principal": "false", "fact.active": "false"}
    assert post(world, f"/desk/officers/{li.pk}", form).status_code == 302

    assert not Account.objects.get(officer=li).is_active
    assert browser.get("/desk").status_code in (302, 403)
    assert li.name in world.client("guanli").get(f"/desk/organs?organ={world.organ.code}").content.decode()


def test_a_suspended_certificate_keeps_the_officer_from_acting(world: World) -> None:
    li = world.officers["li"]
    held = li.certificates.first()
    assert held is not None
    form = {
        "do": "state",
        "fact.state_number": held.number,
        "fact.state": "suspended",
        "fact.state_reason": "培训未参加。",
    }

    assert post(world, f"/desk/officers/{li.pk}", form).status_code == 302

    assert organs.officer_by_certificate(held.number, AT.date())["valid"] is False


def test_a_term_ends_on_its_last_day(world: World) -> None:
    li = world.officers["li"]
    since = li.appointments.get(role="handler").since
    last = AT.date() - timedelta(days=1)
    form = {
        "do": "role",
        "fact.role": "handler",
        "fact.role_since": since.isoformat(),
        "fact.role_until": last.isoformat(),
    }

    assert post(world, f"/desk/officers/{li.pk}", form).status_code == 302

    assert organs.actor_of_officer(li.pk, AT.date()).roles == frozenset()
    assert organs.actor_of_officer(li.pk, last).roles == {"handler"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CERTIFICATE | {"fact.certificate_until": "2025-01-01"}, "早于起始日"),
        (
            {"do": "state", "fact.state_number": "1", "fact.state": "lost", "fact.state_reason": "遗失"},
            "不是该人员的证件",
        ),
        ({"do": "account", "fact.username": "x"}, "已有账号"),
        ({"do": "role", "fact.role": "king", "fact.role_since": "2026-01-01"}, "需要更正"),
        ({"do": "no-such"}, "没有这种更改"),
    ],
    ids=["validity", "certificate", "account", "role", "unknown"],
)
def test_a_change_that_cannot_be_is_told(world: World, data: dict[str, str], said: str) -> None:
    answer = post(world, f"/desk/officers/{world.officers['li'].pk}", data)

    assert answer.status_code >= 400
    assert said in answer.content.decode()


def test_a_manager_does_not_lock_himself_out(world: World) -> None:
    answer = post(world, f"/desk/officers/{world.officers['guanli'].pk}", {"do": "stop"})

    assert "不能停用自己的账号" in answer.content.decode()


def test_a_supervisor_reads_but_changes_nothing(world: World) -> None:
    supervisor = world.client("jiandu")
    address = f"/desk/officers/{world.officers['li'].pk}"

    page = supervisor.get(address).content.decode()

    assert "登记证件" not in page
    assert supervisor.post(address, {"do": "reset"}).status_code == 403


@pytest.mark.parametrize("username", ["", "scjg-li", "abcdefgh", "Z9"])
def test_a_generated_password_meets_the_rules(username: str) -> None:
    made = {generated(username) for _ in range(200)}

    assert len(made) == 200
    assert all(not faults(one, username) for one in made)


EXAM = {
    "do": "qualification", "fact.q_kind": "exam", "fact.q_title": "2026年度执法资格考试", "fact.q_held_on": "2026-05-10",
    "fact.q_passed": "no", "fact.q_organizer": "某某司法局", "fact.q_proof": "某某通知〔2026〕1号",
}  # fmt: skip


def test_an_examination_is_entered_shown_and_voided_on_the_persons_page(world: World) -> None:
    path = f"/desk/officers/{world.officers['li'].pk}"

    assert post(world, path, EXAM).status_code == 302
    failed = world.client("guanli").get(path).content.decode()
    assert "考试不合格，不能使用" in failed
    assert "2026年度执法资格考试" in failed
    row = world.officers["li"].qualifications.get()
    post(world, path, {"do": "void-qualification", "fact.q_row": str(row.pk), "fact.q_reason": "登记错人"})
    post(world, path, {**EXAM, "fact.q_kind": "training", "fact.q_hours": "12"})

    page = world.client("jiandu").get(path).content.decode()
    assert "登记错人" in page
    assert "2026 年培训 12 学时" in page
    assert "登记考试、免试或者培训" not in page


def test_an_examination_without_its_result_is_not_taken(world: World) -> None:
    path = f"/desk/officers/{world.officers['li'].pk}"

    answer = post(world, path, {**EXAM, "fact.q_passed": ""})

    assert answer.status_code == 422
    assert not world.officers["li"].qualifications.exists()
