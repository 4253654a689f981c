"""公示 on the desk and for readers: the queue, one placement, exemptions, corrections, and what is withheld."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions
from mingjing.publicity.models import Correction, Exemption, Placement, Publication
from tests import makers
from tests.office import Matter, Office, signed_in
from tests.publicity.acts import asked, decided, proposed

pytestmark = pytest.mark.django_db


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


@pytest.fixture
def matter(office: Office) -> Matter:
    return decided(office)


def on(matter: Matter, channel: str) -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel=channel)


def test_the_queue_lists_what_is_owed_with_lamps_and_reasons(matter: Matter) -> None:
    client = signed_in(matter.office, "publisher")
    text = read(client, "/desk/publications")
    assert text.count("data-row") == 3
    assert "超期" in text
    assert "应公示" in text
    one = read(client, f"/desk/publications/{on(matter, 'credit').pk}")
    assert "信用修复管理办法" in one
    assert "决定公示" in one
    held = read(client, "/desk/publications?list=withheld")
    assert "法律没有要求在这个渠道公示" in held
    late = read(client, "/desk/publications?list=late&channel=portal")
    assert late.count("data-row") == 1


def test_the_queue_asks_the_same_number_of_queries_however_long_it_is(
    matter: Matter, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        decided(matter.office)
    client = signed_in(matter.office, "publisher")
    read(client, "/desk/publications")
    with django_assert_max_num_queries(14):
        read(client, "/desk/publications")


def test_receipts_are_entered_by_hand(matter: Matter) -> None:
    matter.do("publish")
    client = signed_in(matter.office, "publisher")
    path = f"/desk/publications/{on(matter, 'province').pk}"
    assert client.post(path, {"do": "sent", "batch": "20260311"}).status_code == 302
    assert client.post(path, {"do": "refused", "reason": ""}).status_code == 409
    assert client.post(path, {"do": "accepted", "number": "S1", "on": "2026-03-12"}).status_code == 302
    assert (on(matter, "province").state, on(matter, "province").shown_on) == ("shown", date(2026, 3, 12))
    assert "S1" in read(client, path)
    assert client.post(path, {"do": "nonsense"}).status_code == 422


def test_a_publisher_proposes_and_the_head_approves(matter: Matter) -> None:
    client, head = signed_in(matter.office, "publisher"), signed_in(matter.office, "organ_head")
    path = f"/desk/publications/{on(matter, 'portal').pk}"
    post = {"do": "exempt", "ground": "business_secret", "reason": "配方属于商业秘密。"}
    assert client.post(path, post).status_code == 302
    row = Exemption.objects.get()
    page = "/desk/publications?list=exemptions"
    assert "配方属于商业秘密" in read(head, page)
    answer = client.post(page, {"do": "approve", "exemption": row.pk})
    assert answer.status_code in (403, 409)
    assert head.post(page, {"do": "approve", "exemption": row.pk}).status_code == 302
    assert on(matter, "portal").state == "withheld"
    assert head.post(page, {"do": "keep", "exemption": row.pk}).status_code in (409, 422)
    done = head.post(page, {"do": "lift", "exemption": row.pk, f"opinion-{row.pk}": "权利人同意。"})
    assert done.status_code == 302
    assert on(matter, "portal").state == "owed"


def test_the_case_page_shows_every_channel(matter: Matter) -> None:
    text = read(signed_in(matter.office, "handler"), f"/desk/cases/{matter.case.no}")
    assert "国家企业信用信息公示系统" in text
    assert "placements-title" in text


def test_a_reader_asks_for_a_correction_and_reads_the_answer(office: Office) -> None:
    matter = decided(office)
    matter.do("publish")
    slug = Publication.objects.get(case_id=matter.case_id).slug
    public = Client()
    assert f"/decisions/{slug}/correct" in read(public, f"/decisions/{slug}")
    form = read(public, f"/decisions/{slug}/correct")
    assert "要求更正" in form
    typed = {"role": "party", "asker": "甄某某", "contact": "13900000000", "text": "案由写错了。"}
    told = public.post(f"/decisions/{slug}/correct", typed).content.decode()
    row = Correction.objects.get()
    assert row.code in told
    assert public.post(f"/decisions/{slug}/correct", {**typed, "contact": "x"}).status_code == 422

    client = signed_in(office, "publisher")
    page = f"/desk/publications/corrections/{row.pk}"
    assert "13900000000" in read(client, page)
    assert client.post(page, {"do": "verify", "finding": "确有错误。"}).status_code == 302
    seen = re.search(r'name="seen" value="(\w+)"', read(client, page))
    assert seen
    typed = {"do": "correct", "summary.title": "改正后的案由", "answer": "已经更正。", "seen": seen[1]}
    assert client.post(page, typed).status_code == 409  # nobody said that it was looked through
    assert client.post(page, {**typed, "reviewed": "yes"}).status_code == 302

    answer = read(public, f"/corrections?code={row.code}")
    assert "已经更正" in answer
    assert "甄某某" not in answer
    assert "13900000000" not in answer
    cache.clear()  # the page is kept for some seconds
    assert "已于" in read(public, f"/decisions/{slug}")
    read(public, "/corrections?code=nonsense", 404)


def test_nobody_walks_the_form(office: Office) -> None:
    matter, _ = asked(office)
    slug = Publication.objects.get(case_id=matter.case_id).slug
    public = Client(REMOTE_ADDR="203.0.113.77")
    answers = {public.post(f"/decisions/{slug}/correct", {}).status_code for _ in range(31)}
    assert 429 in answers


def test_an_ended_display_is_a_tombstone_before_and_after_the_job(office: Office) -> None:
    matter = decided(office)
    matter.do("publish", publication_until="2026-04-01")
    slug = Publication.objects.get(case_id=matter.case_id).slug
    public = Client()
    before = read(public, f"/decisions/{slug}")
    assert "公示期满" in before
    assert "某某食品有限公司" not in before
    assert public.get(f"/decisions/{slug}/text.pdf").status_code == 409
    actions.end_displays(at=makers.AT)
    after = read(public, f"/decisions/{slug}")
    assert "公示期满" in after
    read(public, f"/decisions/{slug}/correct")
    assert slug not in read(public, "/decisions")


def test_readers_are_told_how_much_is_withheld(office: Office) -> None:
    for _ in range(5):
        matter = decided(office)
        row = proposed(office, matter)
        head = office.actor("organ_head", matter.at)
        actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=head, at=matter.at)
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    text = read(Client(), f"/withheld?year={matter.at.year}")
    assert "商业秘密" in text
    assert ">5<" in text


def crowd_of_exemptions(matter: Matter) -> None:
    """More proposals than a page holds, for the beginning of the next year."""
    common = {"case": matter.case, "organ": matter.office.organ, "ground": "privacy", "kind": "decision"}
    told = {"reason": "某某", "proposed_at": matter.at, "proposed_by": matter.office.people["publisher"]}
    for n in range(60):
        Exemption.objects.create(
            paper=makers.paper(matter.case, step=matter.case.steps.first()),
            review_on=date(2027, 1, 1 + n // 30),
            **common,
            **told,
        )


def test_every_correction_and_exemption_is_on_exactly_one_page(matter: Matter) -> None:
    """More than a page of each, many due on one day: turning pages shows every one once."""
    matter.do("publish")
    shown, at = Publication.objects.get(case_id=matter.case_id), matter.at
    common: dict[str, Any] = {
        "publication": shown,
        "organ": matter.office.organ,
        "role": "other",
        "asked_at": at,
    }
    Correction.objects.bulk_create(
        Correction(code=f"code-{n}", due_at=at + timedelta(days=n // 40), **common) for n in range(110)
    )
    crowd_of_exemptions(matter)
    client = signed_in(matter.office, "publisher")

    corrections = turned(client, "corrections", r"/corrections/(\d+)")
    exemptions = turned(client, "exemptions", r'id="exemption-(\d+)"')

    assert sorted(corrections) == sorted(Correction.objects.values_list("pk", flat=True))
    assert sorted(exemptions) == sorted(Exemption.objects.values_list("pk", flat=True))
    for after in ("x", "2027-01-01", f"2027-01-01|{9**40}", "|²", "2027-01-01T00:00:00|1"):
        read(client, f"/desk/publications?list=exemptions&after={quote(after)}", 422)


def test_a_duty_of_the_to_do_leads_to_the_very_exemption_however_many_there_are(matter: Matter) -> None:
    """Of more than a page of exemptions the link of one opens that one, and says where all are once it is done."""
    row, head = proposed(matter.office, matter), signed_in(matter.office, "organ_head")
    [link] = re.findall(r'href="([^"]*list=exemptions[^"]*)"', read(head, "/desk"))
    link = html.unescape(link)
    crowd_of_exemptions(matter)

    page = read(head, link)
    assert f'id="exemption-{row.pk}"' in page
    assert page.count('class="exemption"') == 1
    assert head.post(link, {"do": "approve", "exemption": row.pk}).status_code == 302
    head.post(link, {"do": "lift", "exemption": row.pk, f"opinion-{row.pk}": "权利人同意。"})
    done = read(head, link)
    assert "这件不公示事项已经办结" in done
    assert 'href="/desk/publications?list=exemptions"' in done


def turned(client: Client, which: str, row: str) -> list[int]:
    """The keys of all rows of a list, page by page, in order."""
    found: list[int] = []
    path = f"/desk/publications?list={which}"
    while path:
        text = read(client, path)
        found += [int(key) for key in dict.fromkeys(re.findall(row, text))]
        following = re.search(r'href="([^"]*after=[^"]*)"', text)
        path = html.unescape(following[1]) if following else ""
    return found
