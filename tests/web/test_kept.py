"""What was typed survives the end of a session and an old form; what strangers send does not."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from mingjing.cases.models import Step, Submission
from tests import makers
from tests.web.desk_world import FILE, World, form_of

OURS = {"headers": {"origin": "http://testserver"}}
STRANGE = {"headers": {"origin": "http://elsewhere.example"}}


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden inputs of a page by name."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(world: World) -> None:
    case = world.open()
    account = world.officers["li"].account
    assert account is not None
    account.set_password(makers.PASSWORD)
    account.save()
    client = Client()
    address = f"/desk/cases/{case.no}/steps/file"

    asked = client.post(address, form_of({**FILE, "cause": "写了很久的案由"}, case.version), **OURS)
    page = asked.content.decode()
    entered = client.post(
        "/sign-in", {**hidden(page), "username": "li", "password": makers.PASSWORD}
    ).content.decode()
    shown = client.post(address, hidden(entered)).content.decode()

    assert asked.status_code == 401
    assert "登录后回到原来的表单" in page
    assert "回到刚才填写的表单" in entered
    assert 'value="写了很久的案由"' in shown
    assert not Submission.objects.exists()


def test_a_wrong_password_does_not_lose_it_either(world: World) -> None:
    case = world.open()
    client = Client()
    page = client.post(f"/desk/cases/{case.no}/steps/file", form_of(FILE, case.version), **OURS)

    again = client.post(
        "/sign-in", {**hidden(page.content.decode()), "username": "li", "password": "wrong"}
    ).content.decode()

    assert hidden(again)["kept.fact.cause"] == [FILE["cause"]]


@pytest.mark.parametrize("sent_by", [STRANGE, {}], ids=["another site", "nobody knows"])
def test_what_others_sent_is_not_offered_as_ones_own(world: World, sent_by: dict[str, Any]) -> None:
    case = world.open()

    asked = Client().post(f"/desk/cases/{case.no}/steps/file", form_of(FILE, case.version), **sent_by)

    assert asked.status_code == 302
    assert asked["Location"].startswith("/sign-in")


def test_an_old_form_is_shown_again_as_it_was(world: World) -> None:
    case = world.open()
    client = Client(enforce_csrf_checks=True)
    account = world.officers["li"].account
    assert account is not None
    client.force_login(account)
    address = f"/desk/cases/{case.no}/steps/file"

    stale = client.post(address, form_of(FILE, case.version), **OURS)
    page = stale.content.decode()
    shown = client.post(address, hidden(page)).content.decode()

    assert stale.status_code == 409
    assert "没有丢失" in page
    assert FILE["filing_reason"] in shown
    assert "需要更正" not in shown
    assert Step.objects.filter(case=case).count() == 1
    assert not Submission.objects.exists()


def test_words_of_a_form_that_cannot_be_shown_again_can_be_copied(world: World) -> None:
    case = world.open()
    taken = world.take(case, "file", FILE)
    client = Client(enforce_csrf_checks=True)
    account = world.officers["juzhang"].account
    assert account is not None
    client.force_login(account)

    page = client.post(
        f"/desk/submissions/{taken.submission_id}/return", {"opinion": "管辖依据写得不清楚，请补充。"}, **OURS
    ).content.decode()

    assert "管辖依据写得不清楚，请补充。" in page
    assert "回到刚才填写的表单" not in page


def test_a_password_is_never_kept(world: World) -> None:
    client = Client(enforce_csrf_checks=True)

    page = client.post("/sign-in", {"username": "li", "password": "secret-of-li"}, **OURS).content.decode()

    assert "secret-of-li" not in page


def test_a_fragment_asked_for_after_the_session_ended_says_so_and_leaves_the_page(world: World) -> None:
    case = world.open()

    asked = Client().post(
        f"/desk/cases/{case.no}/steps/file/aid", headers={"hx-request": "true", "origin": "http://testserver"}
    )

    assert asked.status_code == 401
    assert "您填写的内容还在本页" in asked.content.decode()
