"""The virus scanner: what it says is written down, and its silence is no clean bill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.record.models import Entry
from mingjing.vault import actions, queries
from mingjing.vault.intake.clamd import Clamd, Verdict
from mingjing.vault.models import Screening
from mingjing.vault.queries.screening import require_not_infected
from tests.vault.keeping import AT, Store, build, kept
from tests.vault.scanner import SAMPLE, Scanner, scanning

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=10)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "clamd.sock"


@pytest.fixture
def scanner(place: Path, settings: Any) -> Iterator[Scanner]:
    with scanning(place) as running:
        settings.MINGJING_CLAMD = running.address
        yield running


@pytest.fixture
def store(db: None) -> Store:
    return build()


def test_a_file_waits_until_the_scanner_has_answered(store: Store, scanner: Scanner) -> None:
    clean, infected = kept(store.organ, b"film"), kept(store.organ, SAMPLE, subject="capture:2")
    assert queries.screening_of(clean) == "未查毒"

    told = actions.screen_waiting(at=AT)

    assert told == actions.Screened(2, 1, "")
    assert queries.screening_of(clean) == "未发现病毒"
    assert queries.screening_of(infected) == "发现病毒"
    row = Screening.objects.get(pk=infected)
    assert (row.what, row.engine) == ("Test.Sample.UNOFFICIAL", "ClamAV 1.4.6/27800/test")
    assert Entry.objects.filter(kind="evidence-screened").count() == 2
    require_not_infected(clean)
    with pytest.raises(Refused, match="发现病毒"):
        require_not_infected(infected)
    assert actions.screen_waiting(at=LATER) == actions.Screened(0, 0, "")


def test_a_silent_scanner_leaves_the_file_waiting_and_is_asked_again(
    store: Store, place: Path, settings: Any
) -> None:
    settings.MINGJING_CLAMD = f"unix:{place}"
    sha256 = kept(store.organ)

    told = actions.screen_waiting(at=AT)

    assert told.answered == 0
    assert "没有答复" in told.trouble
    assert queries.screening_of(sha256) == "未查毒"
    with scanning(place):
        assert actions.screen_waiting(at=LATER).answered == 1
    assert queries.screening_of(sha256) == "未发现病毒"


@pytest.mark.parametrize("answer", [b"stream: \0", b"\0", b"", b"UNKNOWN COMMAND\0"])
def test_an_answer_that_says_nothing_is_silence(
    store: Store, place: Path, settings: Any, answer: bytes
) -> None:
    with scanning(place, answer=answer) as running:
        settings.MINGJING_CLAMD = running.address
        sha256 = kept(store.organ)

        told = actions.screen_waiting(at=AT)

        assert "没有答复" in told.trouble
        assert queries.screening_of(sha256) == "未查毒"
        assert actions.screen_waiting(at=AT + timedelta(minutes=1)).answered == 0


def test_a_file_too_large_for_the_scanner_is_never_called_clean(
    store: Store, place: Path, settings: Any
) -> None:
    with scanning(place, limit=10) as running:
        settings.MINGJING_CLAMD = running.address
        sha256 = kept(store.organ, b"x" * 100)

        assert actions.screen_waiting(at=AT).answered == 1

    assert queries.screening_of(sha256) == "过大，未查毒"


def test_without_a_scanner_nothing_is_said(store: Store) -> None:
    sha256 = kept(store.organ)

    assert actions.screen_waiting(at=AT) == actions.Screened(0, 0, "")
    assert queries.screening_of(sha256) == ""


def test_the_organ_and_its_supervisor_see_what_is_not_clean(store: Store, scanner: Scanner) -> None:
    kept(store.organ, SAMPLE)
    kept(store.organ, b"film", subject="capture:2")
    actions.screen_waiting(at=AT)

    state = queries.screening_state(store.actor("supervisor"))

    assert state.scanner
    assert state.counts == {"未发现病毒": 1, "发现病毒": 1}
    assert [(row.state, label) for row, label in state.listed] == [("infected", "巡查录像.mp4")]
    assert queries.screening_state(store.actor("stranger")).listed == ()


@pytest.mark.parametrize("address", ["nowhere", "tcp:host", "tcp:host:port", "http://x"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(Refused, match="不认识") as refusal:
        Clamd(address).version()

    assert refusal.value.code == "bad-settings"


def test_a_scanner_at_a_port_that_nobody_listens_on_is_silent() -> None:
    with pytest.raises(Refused, match="没有答复"):
        Clamd("tcp:127.0.0.1:1").version()


def test_a_file_in_many_pieces_is_scanned_as_one(scanner: Scanner) -> None:
    halves = [SAMPLE[:10], SAMPLE[10:]]

    assert Clamd(scanner.address).scan(halves) == Verdict("infected", "Test.Sample.UNOFFICIAL")
