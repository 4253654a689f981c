"""The bound case file: order, page numbers, catalogue, outline, PDF/A."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from mingjing.archives import binding, dossier, pdfa
from mingjing.archives.orders import order_named
from mingjing.cases.papers.render import render
from mingjing.kernel.refused import Refused
from tests.cases.paper_samples import full
from tests.cases.test_papers_forms import form_named
from tests.office import MONDAY, Matter, Office, open_matter, to_notice

from .files import scan, under_way, with_files

pytestmark = pytest.mark.django_db


def bound(matter: Matter) -> PdfReader:
    content = dossier.bound(matter.office.actor("handler", matter.at), matter.case.no, matter.at)
    return PdfReader(io.BytesIO(content))


def text(page: PageObject) -> str:
    return "".join(page.extract_text().split())


def numbers(page: PageObject) -> list[tuple[str, float, float]]:
    """The texts of the page with their place, from the lower left corner."""
    found: list[tuple[str, float, float]] = []

    def visit(words: str, matrix: Any, inner: Any, *_: Any) -> None:
        if words.strip():
            found.append((words.strip(), matrix[4] + inner[4] * matrix[0], matrix[5] + inner[5] * matrix[3]))

    page.extract_text(visitor_text=visit)
    return found


def test_the_catalogue_of_a_running_case_gives_every_page(office: Office) -> None:
    matter = under_way(office)
    file = dossier.dossier_for(office.actor("handler", matter.at), matter.case.no)
    lines = file.catalogue()["main"]

    assert [(line.first, line.last) for line in lines[:1]] == [(1, lines[0].piece.pages)]
    assert all(later.first == line.last + 1 for line, later in pairwise(lines))
    assert {"进货票据.pdf", "现场照片.jpg"} <= {line.piece.title for line in lines}
    assert {"现场检查录像.mp4", "破损.pdf"} <= {piece.title for piece in file.media}


def test_pages_bear_their_number_in_the_outside_corner_and_frames_none(office: Office) -> None:
    matter = under_way(office)
    file = dossier.dossier_for(office.actor("handler", matter.at), matter.case.no)
    reader = bound(matter)
    starts = dossier.bind(file, "某某", matter.at).starts

    for line in file.catalogue()["main"]:
        for offset in range(line.piece.pages):
            number = line.first + offset
            page = reader.pages[starts[line.piece.key] - 1 + offset]
            corner = [x for words, x, y in numbers(page) if words == str(number) and y < 40]
            assert len(corner) == 1, (line.piece.title, number, numbers(page)[-3:])
            assert (corner[0] > 500) == (number % 2 == 1)
    assert "卷内文件目录" in text(reader.pages[1])
    assert not [words for words, _, y in numbers(reader.pages[0]) if y < 40]


def test_the_closing_note_counts_and_lists_what_no_page_holds(office: Office) -> None:
    matter = under_way(office)
    film = next(one for one in matter.case.evidence.all() if one.kind == "audiovisual")
    note = next(text(page) for page in bound(matter).pages if "卷内备考表" in text(page)).replace(
        "\u200b", ""
    )

    assert "现场检查录像.mp4" in note
    assert film.sha256 in note
    assert f"{film.sha256[:2]}/{film.sha256[2:4]}" in note
    assert "破损.pdf" in note


def test_the_outline_leads_to_volumes_and_papers(office: Office) -> None:
    reader = bound(under_way(office))
    top = [one for one in reader.outline if not isinstance(one, list)]
    below = next(one for one in reader.outline if isinstance(one, list))

    assert [one.title for one in top] == ["正卷", "副卷"]
    assert below[0].title == "卷内文件目录"
    assert below[-1].title == "卷内备考表"


def test_the_whole_is_pdfa_although_strangers_files_are_not(office: Office) -> None:
    matter = under_way(office)
    content = dossier.bound(office.actor("handler", matter.at), matter.case.no, matter.at)

    assert pdfa.faults(io.BytesIO(content)) == []
    strangers = next(one for one in matter.case.evidence.all() if one.name == "进货票据.pdf")
    assert strangers.sha256 in "".join(text(page) for page in PdfReader(io.BytesIO(content)).pages)


def test_equal_files_are_bound_to_equal_bytes(office: Office) -> None:
    matter = under_way(office)
    actor = office.actor("handler", matter.at)

    assert dossier.bound(actor, matter.case.no, matter.at) == dossier.bound(actor, matter.case.no, matter.at)


def test_a_receipt_lies_behind_what_it_served(office: Office) -> None:
    matter = to_notice(open_matter(office))
    file = dossier.dossier_for(office.actor("handler", matter.at), matter.case.no)
    forms = [line.piece.form for line in file.catalogue()["main"]]

    assert forms.index("service-receipt") == forms.index("advance-notice") + 1


def test_internal_papers_lie_in_the_second_volume_unless_the_organ_keeps_one(office: Office) -> None:
    matter = to_notice(with_files(open_matter(office)))
    file = dossier.dossier_for(office.actor("handler", matter.at), matter.case.no)
    assert "investigation-report" in [line.piece.form for line in file.catalogue()["secondary"]]

    one = order_named("process-one-volume")

    assert {one.volume_of(piece) for piece in file.all_pieces} == {"main"}


def test_an_empty_dossier_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        binding.bound({"main": []}, full(form_named("dossier-cover")), at=MONDAY)

    assert refusal.value.code == "empty-dossier"


def test_the_look_at_pdfa_finds_what_breaks_it() -> None:
    good = render("dossier-cover", full(form_named("dossier-cover"))).pdf
    assert pdfa.faults(io.BytesIO(good)) == []
    assert {fault.split()[0] for fault in pdfa.faults(io.BytesIO(scan()))} >= {"6.6.2", "6.2.3"}
    assert pdfa.faults(io.BytesIO(good + b"more"))
    assert pdfa.faults(io.BytesIO(good.replace(b"pdfaid:part", b"pdfaid:xart")))
    assert pdfa.faults(io.BytesIO(b"no pdf"))
