"""The evidence room: opening is an act on the record, playing is not; marks and clips leave the original alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases import actions
from mingjing.cases.models import Evidence, Paper
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.record.models import AppendOnlyError, Blob, Entry
from mingjing.vault.models import Custody, Derivative, Mark
from tests.makers import AT
from tests.web.desk_world import EVERYBODY, World, body
from tests.web.evidence_room import FILM, content_of, film, opened, piece_of

__all__ = ["film"]


@pytest.mark.parametrize("who, status", EVERYBODY)
def test_who_may_see_a_piece(world: World, film: Evidence, who: str, status: int) -> None:
    client = world.client(who)

    assert client.get(f"/desk/evidence/{film.pk}").status_code == status
    assert client.get(f"/desk/cases/{film.case.no}/evidence").status_code == status
    asked = client.post(f"/desk/evidence/{film.pk}/open", {"how": "play"})
    assert asked.status_code == (302 if status == 200 else status)


def test_looking_at_the_page_shows_no_content_and_leaves_no_line(world: World, film: Evidence) -> None:
    page = world.client("li").get(f"/desk/evidence/{film.pk}").content.decode()

    assert "尚未打开" in page
    assert film.sha256 in page
    assert "<video" not in page
    assert not Custody.objects.exists()


def test_content_without_having_opened_leads_to_the_page(world: World, film: Evidence) -> None:
    answer = world.client("li").get(f"/desk/evidence/{film.pk}/content")

    assert (answer.status_code, answer["Location"]) == (302, f"/desk/evidence/{film.pk}")


def test_a_playing_is_one_entry_however_many_ranges_are_read(world: World, film: Evidence) -> None:
    client = world.client("li")
    place = opened(client, film)
    page = client.get(place).content.decode()
    source = content_of(place, film)

    parts = [client.get(source, headers={"Range": f"bytes={at}-{at + 99}"}) for at in range(0, 1000, 100)]

    assert "<video" in page
    assert {one.status_code for one in parts} == {206}
    assert b"".join(body(one) for one in parts) == FILM[:1000]
    assert parts[0]["Content-Type"] == "video/mp4"
    assert parts[0]["Content-Disposition"].startswith("inline")
    line = Custody.objects.get()
    assert (line.kind, line.officer_id, line.sha256) == ("play", world.officers["li"].pk, film.sha256)
    entry = Entry.objects.get(pk=line.entry_id)
    assert (entry.kind, entry.subject) == ("custody.play", f"evidence:{film.pk}")


def test_opening_again_within_half_an_hour_adds_nothing(world: World, film: Evidence) -> None:
    who = world.actor("li")

    for minutes in (0, 10, 29):
        actions.open_evidence(evidence_id=film.pk, how="play", actor=who, at=AT + timedelta(minutes=minutes))
    assert Custody.objects.count() == 1
    actions.open_evidence(evidence_id=film.pk, how="play", actor=who, at=AT + timedelta(minutes=31))
    actions.open_evidence(evidence_id=film.pk, how="view", actor=who, at=AT)
    actions.open_evidence(evidence_id=film.pk, how="play", actor=world.actor("wang"), at=AT)
    assert Custody.objects.count() == 4


def test_every_download_says_what_for(world: World, film: Evidence) -> None:
    client = world.client("li")

    silent = client.post(f"/desk/evidence/{film.pk}/open", {"how": "download", "reason": " "})
    opened(client, film, "download", reason="移送法院。")
    file = client.get(opened(client, film, "download", reason="复制给当事人。"))

    assert silent.status_code == 422
    assert "下载须写明用途" in silent.content.decode()
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert body(file) == FILM
    assert [one.reason for one in Custody.objects.order_by("id")] == ["移送法院。", "复制给当事人。"]


def test_what_a_download_is_for_can_be_forgotten_on_the_record(world: World, film: Evidence) -> None:
    opened(world.client("li"), film, "download", reason="交当事人张某某。")

    line = Custody.objects.get()
    assert "张某某" not in bytes(Entry.objects.get(pk=line.entry_id).body).decode()
    assert record.personal(line.entry_id) == {"reason": "交当事人张某某。"}


@pytest.mark.parametrize("who", ["wang", "jiandu"])
def test_a_grant_is_its_persons_alone(world: World, film: Evidence, who: str) -> None:
    source = content_of(opened(world.client("li"), film), film)

    assert world.client(who).get(source).status_code == 302
    assert world.client("li").get(source).status_code == 302  # another session of the same person


def test_a_grant_is_for_its_piece_alone(world: World, film: Evidence) -> None:
    client = world.client("li")
    other = piece_of(world, film.case)
    source = content_of(opened(client, film), film).replace(f"/{film.pk}/", f"/{other.pk}/")

    assert client.get(source).status_code == 302


@pytest.mark.parametrize(
    "media, name", [("text/html", "页.html"), ("image/svg+xml", "图.svg"), ("x/y", "不明")]
)
def test_what_a_browser_might_run_only_downloads(world: World, media: str, name: str) -> None:
    evil = piece_of(world, world.open(), name, media)
    client = world.client("li")

    place = opened(client, evil, "view")
    file = client.get(content_of(place, evil))

    assert body(file) == FILM
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert "不能在浏览器里显示" in client.get(place).content.decode()


@pytest.mark.parametrize(
    "media, shown", [("image/png", "<img"), ("application/pdf", "在新窗口打开"), ("audio/mpeg", "<audio")]
)
def test_each_kind_is_shown_in_its_way(world: World, media: str, shown: str) -> None:
    piece = piece_of(world, world.open(), "材料", media)
    client = world.client("li")

    how = "play" if media.startswith("audio") else "view"

    assert shown in client.get(opened(client, piece, how)).content.decode()


def test_the_page_names_step_paper_and_custody(world: World, film: Evidence) -> None:
    opened(world.client("wang"), film)

    page = world.client("li").get(f"/desk/evidence/{film.pk}").content.decode()

    assert "证据提取" in page
    assert "wang某" in page
    assert "流转清单" in page


def test_the_page_costs_the_same_whatever_happened(
    world: World, film: Evidence, django_assert_num_queries: Any
) -> None:
    client = world.client("li")
    client.get(f"/desk/evidence/{film.pk}")
    for minutes in range(0, 300, 40):
        actions.open_evidence(
            evidence_id=film.pk, how="play", actor=world.actor("li"), at=AT + timedelta(minutes=minutes)
        )
        actions.mark_evidence(
            evidence_id=film.pk, second_ms=minutes, text="看", actor=world.actor("li"), at=AT
        )

    # Session, account with officer, the piece, its papers, custody, derivatives, marks, makings, the stored file,
    # how long it is kept (4), whom it was lent to (2), the scanner's word, the menu's figure.
    with django_assert_num_queries(17):
        client.get(f"/desk/evidence/{film.pk}")


def test_the_room_costs_the_same_whatever_its_number(
    world: World, film: Evidence, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        piece_of(world, film.case)
    client = world.client("li")
    client.get(f"/desk/cases/{film.case.no}/evidence")

    with django_assert_num_queries(10):
        page = client.get(f"/desk/cases/{film.case.no}/evidence")

    assert page.content.decode().count("piece-shape") == 5


# --- marks ---


def mark(world: World, film: Evidence, second_ms: int, text: str, who: str = "li", **more: Any) -> Mark:
    return actions.mark_evidence(
        evidence_id=film.pk, second_ms=second_ms, text=text, actor=world.actor(who), at=AT, **more
    )


def test_a_mark_is_noted_at_its_moment(world: World, film: Evidence) -> None:
    client = world.client("li")

    answer = client.post(f"/desk/evidence/{film.pk}/marks", {"moment": "1:02.5", "text": "当事人到场。"})

    assert answer.status_code == 302
    found = Mark.objects.get()
    assert (found.second_ms, found.text) == (62_500, "当事人到场。")
    assert "当事人到场" not in bytes(Entry.objects.get(pk=found.entry_id).body).decode()
    assert "当事人到场。" in client.get(f"/desk/evidence/{film.pk}").content.decode()


@pytest.mark.parametrize("moment", ["", "abc", "1:2:3:4", "-5"])
def test_a_moment_that_cannot_be_read_is_told_and_keeps_the_text(
    world: World, film: Evidence, moment: str
) -> None:
    answer = world.client("li").post(
        f"/desk/evidence/{film.pk}/marks", {"moment": moment, "text": "当事人到场。"}
    )

    assert answer.status_code == 422
    assert "当事人到场。" in answer.content.decode()
    assert not Mark.objects.exists()


def test_a_mark_is_corrected_by_a_further_one(world: World, film: Evidence) -> None:
    first = mark(world, film, 5_000, "开箱。")

    mark(world, film, 6_000, "开封条。", who="wang", corrects=first.pk)

    page = world.client("li").get(f"/desk/evidence/{film.pk}").content.decode()
    assert "<del>00:05 开箱。</del>" in page
    assert page.count('class="moment"') == 1
    with pytest.raises(Refused, match="已经更正过"):
        mark(world, film, 7_000, "封箱。", corrects=first.pk)
    with pytest.raises(AppendOnlyError):
        first.save()


def test_a_mark_of_another_piece_is_not_corrected_here(world: World, film: Evidence) -> None:
    other = mark(world, piece_of(world, film.case), 1, "看")

    with pytest.raises(Refused, match="没有要更正的标记"):
        mark(world, film, 1, "看", corrects=other.pk)


def paper_of(film: Evidence, **more: Any) -> Paper:
    """A paper of the case that says what the recording shows."""
    values = {
        "case": film.case, "step": film.step, "organ": film.case.organ, "form": "site-record", "form_code": "D-C1",
        "title": "现场笔录", "wenzhong": "", "year": AT.year, "verify_code": f"MARK{Paper.objects.count()}",
        "sha256": "0" * 64, "pages": 1, "issued_at": AT,
        "data": {"facts": {"site_findings": "当事人到场，货架上有\n三袋过期食品。"}},
    }  # fmt: skip
    return Paper.objects.create(**{**values, **more})


def test_a_mark_ties_a_moment_to_the_words_of_a_paper(world: World, film: Evidence) -> None:
    paper = paper_of(film)
    client = world.client("li")
    form = {"moment": "0:30", "text": "过期食品", "paper": str(paper.pk), "passage": "货架上有 三袋过期食品"}

    assert client.post(f"/desk/evidence/{film.pk}/marks", form).status_code == 302

    found = Mark.objects.get()
    assert (found.document, found.passage) == (f"paper:{paper.pk}", "货架上有 三袋过期食品")
    assert "三袋过期食品" not in bytes(Entry.objects.get(pk=found.entry_id).body).decode()
    for path in (f"/desk/evidence/{film.pk}", f"/desk/cases/{film.case.no}/evidence"):
        page = client.get(path).content.decode()
        assert "“货架上有 三袋过期食品”" in page
        assert f"/desk/papers/{paper.pk}.pdf" in page


def test_a_correction_speaks_of_the_same_words_and_a_void_paper_is_named_as_such(
    world: World, film: Evidence
) -> None:
    paper = paper_of(film)
    first = mark(world, film, 1_000, "看", paper_id=paper.pk, passage="当事人到场")

    again = mark(world, film, 2_000, "到场", corrects=first.pk)

    assert (again.document, again.passage) == (first.document, first.passage)
    room = f"/desk/cases/{film.case.no}/evidence"
    assert world.client("li").get(room).content.decode().count("“当事人到场”") == 1
    Paper.objects.filter(pk=paper.pk).update(voided_at=AT, void_reason="退回重办")
    assert "文书与音像对照" not in world.client("li").get(room).content.decode()
    assert "对应的文书已经作废" in world.client("li").get(f"/desk/evidence/{film.pk}").content.decode()


@pytest.mark.parametrize(
    ("passage", "code"),
    [
        ("没有这句话", "bad-passage"),
        ("当", "bad-passage"),
        ("", "bad-passage"),
        ("长" * 301, "bad-passage"),
        ("inspection", "bad-passage"),
    ],
)
def test_words_that_the_paper_does_not_say_are_not_tied(
    world: World, film: Evidence, passage: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        mark(world, film, 1_000, "看", paper_id=paper_of(film).pk, passage=passage)

    assert (refused.value.code, refused.value.basis) == (code, "达州三项制度方案/7(2)")
    assert not Mark.objects.exists()


def test_only_a_valid_paper_of_the_same_case_is_tied(world: World, film: Evidence) -> None:
    strange = paper_of(piece_of(world, world.open()))
    void = paper_of(film, voided_at=AT, void_reason="退回重办")

    for paper_id in (strange.pk, void.pk, None):
        with pytest.raises(Refused) as refused:
            mark(world, film, 1_000, "看", paper_id=paper_id, passage="当事人到场")
        assert refused.value.code == "bad-paper"


@pytest.mark.parametrize("who, code", [("jiandu", "other-organ"), ("stranger", "not-found")])
def test_only_the_organ_that_handles_the_case_marks(
    world: World, film: Evidence, who: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        mark(world, film, 1, "看", who=who)

    assert refused.value.code == code


# --- clips ---


def test_a_clip_is_a_place_in_the_original(world: World, film: Evidence) -> None:
    client = world.client("li")
    before = dict(Evidence.objects.values_list("pk", "sha256"))

    answer = client.post(
        f"/desk/evidence/{film.pk}/clips", {"start": "0:05", "end": "0:12", "name": "开箱取样"}
    )

    assert answer.status_code == 302
    made = Derivative.objects.get()
    assert (made.start_ms, made.end_ms, made.sha256) == (5_000, 12_000, "")
    assert made.derived_from == film.sha256
    assert Custody.objects.get().kind == "clip"
    assert dict(Evidence.objects.values_list("pk", "sha256")) == before
    with record.open_blob(film.sha256) as file:
        assert file.read() == FILM


@pytest.mark.parametrize("start, end", [("0:12", "0:05"), ("0:05", "0:05")])
def test_a_clip_that_ends_before_it_begins_is_refused(
    world: World, film: Evidence, start: str, end: str
) -> None:
    form = {"start": start, "end": end, "name": "开箱"}

    assert world.client("li").post(f"/desk/evidence/{film.pk}/clips", form).status_code == 422
    assert not Derivative.objects.exists()


def test_an_entry_of_custody_can_be_proved_to_those_who_may_read_the_case(
    world: World, film: Evidence
) -> None:
    from mingjing.record import actions as recording

    opened(world.client("li"), film)
    recording.seal(AT)
    entry = Custody.objects.get().entry_id

    assert world.client("zhao").get(f"/desk/entries/{entry}/proof.json").status_code == 200
    assert world.client("stranger").get(f"/desk/entries/{entry}/proof.json").status_code == 404


def test_a_piece_that_leaves_with_the_case_file_has_a_line(world: World, film: Evidence) -> None:
    answer = world.client("li").get(f"/desk/cases/{film.case.no}/dossier.zip")

    assert body(answer)
    line = Custody.objects.get()
    assert (line.kind, line.detail, line.piece) == ("export", {"form": "zip"}, f"evidence:{film.pk}")


def test_what_was_destroyed_cannot_be_opened_and_its_page_says_so(world: World, film: Evidence) -> None:
    Blob.objects.filter(pk=film.sha256).update(destroyed_at=AT)
    client = world.client("li")

    asked = client.post(f"/desk/evidence/{film.pk}/open", {"how": "play"})
    page = client.get(f"/desk/evidence/{film.pk}").content.decode()

    assert asked.status_code == 409
    assert "鉴定销毁" in page
    assert film.sha256 in page
    assert not Custody.objects.exists()
