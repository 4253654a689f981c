"""监督 → 证据保管: what is stored, what is wrong, what is held, and destroying by two persons, on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.record import store as disk
from mingjing.record.models import Blob
from mingjing.vault import classes
from mingjing.vault.models import Deletion, Hold, Screening
from tests.makers import AT
from tests.vault.keeping import kept
from tests.web import desk_world
from tests.web.desk_world import World

PAGE = "/desk/vault"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: AT)
    return desk_world.build()


@pytest.fixture
def film(world: World) -> str:
    """A recording of the office whose term is over."""
    return kept(world.organ, at=AT - timedelta(days=400))


def text(client: Any, path: str = PAGE) -> str:
    return str(client.get(path).content.decode())


def test_an_empty_store_says_so(world: World) -> None:
    shown = text(world.client("dangan"))

    assert "还没有保管的文件" in shown
    assert "没有期满的文件" in shown
    assert "还没有销毁清册" in shown


def test_the_page_shows_classes_costs_and_what_is_over(world: World, film: str, settings: Any) -> None:
    settings.MINGJING_STORAGE_FEN_PER_GB_YEAR = 60
    kept(world.organ, b"x" * 100, subject="case:1", retention=classes.CASE_FILE, at=AT)

    shown = text(world.client("dangan"))

    assert "未发现问题、未立案" in shown
    assert "每年费用" in shown
    assert "巡查录像.mp4" in shown
    assert "提请销毁所选文件" in shown
    assert "提请销毁所选文件" not in text(world.client("juzhang"))
    assert "巡查录像.mp4" not in text(world.client("guanli"))


def test_faults_and_quarantine_raise_an_alarm(world: World, film: str, settings: Any) -> None:
    settings.MINGJING_CLAMD = "unix:/nowhere"
    Blob.objects.update(fault="changed")
    Screening.objects.create(blob_id=film, state="infected", what="Test.Sample")

    shown = text(world.client("jiandu"))

    assert "缺失或者损坏的文件" in shown
    assert "内容改变" in shown
    assert "Test.Sample" in shown
    assert "发现病毒 1 个" in shown


def test_a_hold_is_placed_on_a_file_and_lifted(world: World, film: str) -> None:
    archivist = world.client("dangan")

    done = archivist.post(f"{PAGE}/holds", {"what": film.upper(), "reason": "行政诉讼。", "until": ""})

    assert done.status_code == 302
    row = Hold.objects.get()
    assert row.subject == f"blob:{film}"
    shown = text(archivist)
    assert "行政诉讼。" in shown
    assert "没有期满的文件" in shown

    done = archivist.post(f"{PAGE}/holds/{row.pk}/lift", {"reason": "判决生效。"})
    assert done.status_code == 302
    assert "没有正在停止销毁的文件" in text(archivist)


def test_a_hold_is_placed_on_a_case(world: World) -> None:
    case = world.open()
    kept(world.organ, subject=f"case:{case.pk}", retention=classes.CASE_FILE, at=AT)

    world.client("dangan").post(
        f"{PAGE}/holds", {"what": case.no, "reason": "行政复议。", "until": "2027-01-01"}
    )

    assert Hold.objects.get().subject == f"case:{case.pk}"


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"what": ""}, "没有写明案号或者文件"),
        ({"what": "0" * 64}, "没有保管这样的文件"),
        ({"reason": ""}, "须写明理由"),
        ({"until": "明天"}, "看不懂"),
    ],
)
def test_a_hold_that_cannot_be_placed_says_why_and_keeps_what_was_typed(
    world: World, film: str, changes: dict[str, str], told: str
) -> None:
    form = {"what": film, "reason": "行政诉讼第九号。", "until": "", **changes}

    response = world.client("dangan").post(f"{PAGE}/holds", form)

    shown = response.content.decode()
    assert 400 <= response.status_code < 500
    assert told in shown
    assert form["reason"] in shown


def propose(world: World, film: str) -> Deletion:
    done = world.client("dangan").post(f"{PAGE}/deletions", {"file": film, "reason": "期满无用。"})
    assert done.status_code == 302
    return Deletion.objects.get()


def test_two_persons_destroy(world: World, film: str) -> None:
    place = f"{PAGE}/deletions/{propose(world, film).pk}"
    assert "撤回提请" in text(world.client("dangan"), place)
    assert "批准销毁" not in text(world.client("dangan"), place)
    assert "批准销毁" in text(world.client("juzhang"), place)
    assert "批准销毁" not in text(world.client("jiandu"), place)

    done = world.client("juzhang").post(place, {"what": "approve", "opinion": "同意销毁。"})

    assert done.status_code == 302
    assert not disk.blob_path(film).exists()
    shown = text(world.client("juzhang"), place)
    assert "已销毁" in shown
    assert "名称已随内容销毁" in shown
    assert film in shown


@pytest.mark.parametrize("what, state", [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_a_list_is_sent_back_or_taken_back(world: World, film: str, what: str, state: str) -> None:
    place = f"{PAGE}/deletions/{propose(world, film).pk}"
    who = "juzhang" if what == "reject" else "dangan"

    assert world.client(who).post(place, {"what": what, "opinion": "尚在复查。"}).status_code == 302

    assert Deletion.objects.get().state == state
    assert disk.blob_path(film).exists()
    assert "没有销毁" in text(world.client("jiandu"), place)


@pytest.mark.parametrize(
    "who, form, status",
    [
        ("juzhang", {"what": "approve", "opinion": ""}, 422),
        ("juzhang", {"what": "nothing"}, 422),
        ("dangan", {"what": "approve", "opinion": "同意。"}, 403),
    ],
)
def test_an_answer_that_does_not_stand_is_told(
    world: World, film: str, who: str, form: dict[str, str], status: int
) -> None:
    place = f"{PAGE}/deletions/{propose(world, film).pk}"

    response = world.client(who).post(place, form)

    assert response.status_code == status
    assert disk.blob_path(film).exists()


def test_nothing_ticked_is_told(world: World, film: str) -> None:
    response = world.client("dangan").post(f"{PAGE}/deletions", {"reason": "期满。"})

    assert response.status_code == 422
    assert "现选了 0 个" in response.content.decode()
