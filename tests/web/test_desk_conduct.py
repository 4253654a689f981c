"""亮证与告知 at the desk: what the head sees of it, the words to read out, the photograph of an officer."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from mingjing.law import queries as law
from tests.cases.filling import filled
from tests.web.desk_world import AT, World

pytestmark = pytest.mark.django_db


def visited(world: World, **changes: str) -> str:
    case = world.open()
    rule = law.procedure_edition(case.procedure, case.edition).steps["site_inspection"]
    officers = (world.officers["li"].pk, world.officers["wang"].pk)
    world.take(case, "site_inspection", filled(rule, {}, AT, officers, changes))
    return str(case.no)


def excepted(world: World) -> str:
    return visited(
        world,
        certificates_shown="no",
        identity_exception="nobody",
        identity_reason="到场时无人，已电话通知。",
        notice_reply="refused",
        notice_refusal="转身离开",
        notice_witness="邻某某",
    )


def page(world: World, tab: str = "", **given: str) -> str:
    return world.client("juzhang").get("/desk/conduct-watch", {"tab": tab, **given}).content.decode()


def test_the_head_sees_what_was_shown_and_what_was_not(world: World) -> None:
    shown, not_shown = visited(world), excepted(world)

    overview = page(world)
    assert "当事人和有关人员都不在场" in overview
    assert "待本地核定" in overview
    listed = page(world, "excepted")
    assert "到场时无人，已电话通知。" in listed
    assert f"/desk/cases/{not_shown}#" in listed
    assert f"/desk/cases/{shown}#" not in listed
    assert "转身离开" in page(world, "untold")
    assert "没有缺少亮证记录的环节" in page(world, "missing")


def test_each_number_leads_to_its_officers(world: World) -> None:
    excepted(world)

    drilled = page(world, organ=world.organ.code)

    assert world.officers["li"].name in drilled
    assert "没有不亮证的情形" in page(world, "excepted", code="urgent")


def test_a_form_refuses_a_visit_without_the_certificate(world: World) -> None:
    case = world.open()
    client = world.client("li")

    shown = client.get(f"/desk/cases/{case.no}/steps/site_inspection").content.decode()
    answer = client.post(
        f"/desk/cases/{case.no}/steps/site_inspection",
        {"version": case.version, "fact.certificates_shown": "no"},
    )

    assert "当场宣读的告知词" in shown
    assert "还没有经核定的彝语告知词" in shown
    assert answer.status_code == 422
    assert "没有出示的情形" in answer.content.decode()


def test_a_manager_enters_a_photograph_and_takes_it_away(world: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (480, 640), "grey").save(out, "PNG")
    address = f"/desk/officers/{world.officers['li'].pk}"
    client = world.client("guanli")
    assert client.get(f"{address}/photo").status_code == 404

    file = SimpleUploadedFile("照片.png", out.getvalue(), "image/png")
    answer = client.post(address, {"do": "photo", "fact.photo": file})

    assert answer.status_code == 302
    assert client.get(f"{address}/photo")["Content-Type"] == "image/jpeg"
    assert f'src="{address}/photo?' in client.get(address).content.decode()
    wrong = SimpleUploadedFile("照片.png", b"no picture", "image/png")
    refused = client.post(address, {"do": "photo", "fact.photo": wrong})
    assert "不是能打开的" in refused.content.decode()
    assert "没有选择照片" in client.post(address, {"do": "photo"}).content.decode()
    client.post(address, {"do": "no-photo"})
    assert client.get(f"{address}/photo").status_code == 404
