"""Sign-in, sessions, password and the demo's switch-user page, through the door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mingjing.organs import queries
from mingjing.organs.models import Account
from tests import makers
from tests.makers import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return makers.account(makers.officer(("handler",)), username="lihandler")


def enter(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"username": "lihandler", "password": password, **more})


def test_the_form_can_be_filled_without_scripts(client: Client) -> None:
    page = client.get("/sign-in").content.decode()

    assert 'autocomplete="current-password"' in page
    assert "csrfmiddlewaretoken" in page


def test_signing_in_leads_to_the_desk_with_a_fresh_session(client: Client, account: Account) -> None:
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    planted_key = session.session_key

    answer = enter(client)

    assert answer.status_code == 302
    assert answer["Location"] == "/desk"
    assert client.session.session_key != planted_key
    assert "planted" not in client.session
    assert [row.session_key for row in queries.sessions_of(account.pk, timezone.now())] == [
        client.session.session_key
    ]


@pytest.mark.parametrize(
    "wanted, leads_to",
    [("/desk/account", "/desk/account"), ("https://evil.example/", "/desk"), ("//evil.example", "/desk")],
)
def test_afterwards_one_goes_only_to_pages_of_ours(
    client: Client, account: Account, wanted: str, leads_to: str
) -> None:
    assert enter(client, next=wanted)["Location"] == leads_to


def test_a_wrong_password_says_how_many_tries_are_left(client: Client, account: Account) -> None:
    answer = enter(client, "wrong")

    assert answer.status_code == 403
    assert "还可以再试 4 次" in answer.content.decode()
    assert 'value="lihandler"' in answer.content.decode()


def test_the_lock_is_shown_with_the_minutes_left(client: Client, account: Account) -> None:
    for _ in range(5):
        enter(client, "wrong")

    answer = enter(client)

    assert answer.status_code == 429
    assert "分钟解锁" in answer.content.decode()


def test_a_first_password_must_be_changed_first(client: Client) -> None:
    makers.account(makers.officer(), username="lihandler", must_change_password=True)

    assert enter(client)["Location"] == "/desk/account/password"


def test_signing_out_ends_the_session(client: Client, account: Account) -> None:
    enter(client)

    client.post("/sign-out")

    assert queries.sessions_of(account.pk, timezone.now()) == []
    assert client.get("/desk/account").status_code == 302


def test_one_may_end_a_session_elsewhere_and_it_is_over_at_once(account: Account) -> None:
    here, there = Client(), Client()
    enter(there)
    [elsewhere] = queries.sessions_of(account.pk, timezone.now())
    enter(here)

    here.post(f"/desk/account/sessions/{elsewhere.pk}/end")

    assert there.get("/desk/account").status_code == 302
    assert here.get("/desk/account").status_code == 200


def test_changing_the_password_keeps_this_session_and_ends_the_others(account: Account) -> None:
    here, there = Client(), Client()
    enter(there)
    enter(here)

    answer = here.post(
        "/desk/account/password",
        {"old": PASSWORD, "new": "Bright-mirror-7", "again": "Bright-mirror-7"},
        follow=True,
    )

    assert "密码已修改" in answer.content.decode()
    assert there.get("/desk/account").status_code == 302
    assert len(queries.sessions_of(account.pk, timezone.now())) == 1


def test_a_weak_new_password_is_explained(client: Client, account: Account) -> None:
    enter(client)

    answer = client.post("/desk/account/password", {"old": PASSWORD, "new": "short", "again": "short"})

    assert answer.status_code == 422
    assert "至少 10 位" in answer.content.decode()


def test_the_account_page_shows_person_roles_and_sessions_and_is_never_kept(
    client: Client, account: Account
) -> None:
    enter(client)

    answer = client.get("/desk/account")

    page = answer.content.decode()
    assert "李某某" in page
    assert "承办人" in page
    assert "本机" in page
    assert "no-store" in answer["Cache-Control"]


def test_switching_users_exists_in_the_demo_only(client: Client, account: Account, settings: Any) -> None:
    settings.MINGJING_DEMO = False
    assert client.get("/desk/switch").status_code == 404
    assert client.post("/desk/switch", {"username": "lihandler"}).status_code == 404

    settings.MINGJING_DEMO = True
    assert "lihandler" in client.get("/desk/switch").content.decode()
    client.post("/desk/switch", {"username": "lihandler"})
    assert "李某某" in client.get("/desk/account").content.decode()


def test_switching_to_nobody_is_refused(client: Client, settings: Any) -> None:
    settings.MINGJING_DEMO = True

    assert client.post("/desk/switch", {"username": "nobody"}).status_code == 404


def test_the_actor_costs_two_queries_and_looking_costs_no_write(
    client: Client, account: Account, django_assert_max_num_queries: Any
) -> None:
    enter(client)

    # session, account with its officer, sessions, the figure in the menu
    with django_assert_max_num_queries(4) as made:
        client.get("/desk/account")

    assert not [query for query in made.captured_queries if query["sql"].startswith("UPDATE")]
