"""统计年报 at the desk and before the public: figures, cells, locking, signing, collecting, publishing, files."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mingjing.oversight.models import AnnualReport
from tests.web.desk_world import World

pytestmark = pytest.mark.django_db
PAST = "/desk/reports?year=2025"
PLACE_OF_NONE = "/desk/reports/changes?year=2025&table=penalty-twelve&column=nothing"
COUNTS = {"place": "某某局", "year": 2025, "penalty": {"警告": 1, "罚款": 2, "合计": 4}}


def post(world: World, who: str, do: str, address: str = PAST, **more: Any) -> Any:
    return world.client(who).post(address, {"do": do, **more})


def report(**narrowed: Any) -> AnnualReport:
    return AnnualReport.objects.get(**narrowed)


def test_the_year_that_runs_is_shown_as_it_stands(world: World) -> None:
    page = world.client("li").get("/desk/reports").content.decode()

    assert "现在的数字" in page
    assert "行政处罚实施情况" in page
    assert "锁定数字" not in page


def test_a_report_goes_from_the_unit_to_the_public(world: World) -> None:
    post(world, "kezhang", "text", text="本年执法总体平稳。")
    post(world, "kezhang", "lock")
    post(world, "juzhang", "sign", report=report().pk)
    post(world, "gongshi", "publish", report=report().pk, note="不含涉密信息。")

    found = report()
    assert found.state == "published"
    public = Client()
    assert "2025年度" in public.get("/reports").content.decode()
    page = public.get(f"/reports/2025/{found.slug}").content.decode()
    assert "本年执法总体平稳。" in page
    assert found.figures_sha256 in page
    assert world.organ.name in public.get("/reports/2025").content.decode()


def test_a_report_of_zeros_reads_as_one(world: World) -> None:
    post(world, "kezhang", "lock")

    page = world.client("kezhang").get(PAST).content.decode()

    assert "已锁定，待签发" in page
    assert re.search(r'警告（宗）</th>\s*<td class="number">0</td>', page)
    assert "各栏之和与总数相符" in page


@pytest.mark.parametrize(
    ("who", "do", "status"), [("li", "sign", 403), ("kezhang", "publish", 403), ("juzhang", "lock", 403)]
)
def test_each_does_only_his_part(world: World, who: str, do: str, status: int) -> None:
    post(world, "kezhang", "lock")

    assert post(world, who, do, report=report().pk, note="x").status_code == status


def test_the_bureau_collects_and_returns(world: World) -> None:
    post(world, "kezhang", "lock")
    post(world, "juzhang", "sign", report=report().pk)
    bureau = world.client("jiandu")

    assert bureau.get("/desk/reports").status_code == 302
    page = bureau.get("/desk/reports/collection?year=2025&check=1").content.decode()
    assert "已报送" in page
    assert "各机关之和与全部案件的数字一致" in page
    address = f"/desk/reports?organ={world.organ.code}&year=2025"
    answer = bureau.post(address, {"do": "return", "report": report().pk, "reason": "数字不符。"})

    assert answer.status_code == 302
    assert report().state == "returned"
    assert "数字不符。" in world.client("kezhang").get(PAST).content.decode()
    post(world, "kezhang", "lock")
    assert sorted(AnnualReport.objects.values_list("edition", "state")) == [(1, "returned"), (2, "locked")]


def test_counts_of_an_earlier_year_are_taken_in_and_flagged(world: World, tmp_path: Any) -> None:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(COUNTS, ensure_ascii=False), encoding="utf-8")

    with path.open("rb") as file:
        answer = post(world, "kezhang", "import", file=file)

    assert answer.status_code == 302
    page = world.client("kezhang").get(PAST).content.decode()
    assert "由文件导入的以前年度数字" in page
    assert "“合计”写作 4，各栏相加为 3" in page


def test_a_file_that_is_none_is_refused_in_place(world: World) -> None:
    answer = post(world, "kezhang", "import")

    assert answer.status_code == 422
    assert "没有选择文件" in answer.content.decode()


@pytest.mark.parametrize("query", ["table=nothing&column=x", "table=staffing&column=rate", "table=license"])
def test_a_cell_that_is_not_there_is_not_found(world: World, query: str) -> None:
    assert world.client("li").get(f"/desk/reports/cell?{query}").status_code == 404


def test_a_cell_lists_its_acts(world: World) -> None:
    year = timezone.now().year

    page = (
        world.client("li").get(f"/desk/reports/cell?year={year}&table=staffing&column=total").content.decode()
    )

    assert "人员" in page


def test_a_cell_tells_which_cases_came_and_went(world: World) -> None:
    post(world, "kezhang", "lock")
    place = "/desk/reports/changes?year=2025&table=penalty-twelve&column=total"

    page = world.client("li").get(f"{place}&edition=1").content.decode()

    assert "增加的 0 件" in page
    assert "减少的 0 件" in page
    assert world.client("li").get(f"{place}&edition=7").status_code == 409
    assert world.client("li").get(f"{place}&edition=x").status_code == 409
    assert world.client("li").get(f"{PLACE_OF_NONE}&edition=1").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_reports_are_files_too(world: World, kind: str) -> None:
    post(world, "kezhang", "lock")
    post(world, "juzhang", "sign", report=report().pk)
    post(world, "gongshi", "publish", report=report().pk, note="不含涉密信息。")
    public = Client()

    for answer in (
        world.client("li").get(f"/desk/reports/file.{kind}?year=2025"),
        public.get(f"/reports/2025/{report().slug}.{kind}"),
        public.get(f"/reports/2025/all.{kind}"),
    ):
        assert answer.status_code == 200
        assert f".{kind}" in answer["Content-Disposition"]
        assert len(answer.content) > 200


def test_the_whole_report_is_a_file_that_can_be_verified(world: World) -> None:
    early = world.client("li").get("/desk/reports/file.pdf?year=2025")
    post(world, "kezhang", "lock")
    draft = world.client("li").get("/desk/reports/file.pdf?year=2025")
    post(world, "juzhang", "sign", report=report().pk)
    post(world, "gongshi", "publish", report=report().pk, note="不含涉密信息。")
    signed = b"".join(world.client("li").get("/desk/reports/file.pdf?year=2025").streaming_content)
    shown = b"".join(Client().get(f"/reports/2025/{report().slug}.pdf").streaming_content)

    assert early.status_code == 409
    assert draft.content.startswith(b"%PDF-")
    assert signed != shown
    for made in (signed, shown):
        digest = hashlib.sha256(made).hexdigest()
        answer = Client().get(f"/verify/{digest}", headers={"Accept": "application/json"}).json()
        assert answer["kind"] == "genuine"
        assert ["出具机关", world.organ.name] in answer["paper"]
        assert answer["address"].endswith(report().slug)
    AnnualReport.objects.update(state="returned")
    assert "退回更正" in Client().get(f"/verify/{digest}").content.decode()


@pytest.mark.parametrize(
    "path", ["/reports/1999", "/reports/2025/nothing", "/reports/2025/nothing.csv", "/reports/2025/all.csv"]
)
def test_what_is_not_published_is_not_there(world: World, path: str) -> None:
    post(world, "kezhang", "lock")

    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("query", ["year=²", "year=99999", "period=x", "scheme=%00", "organ=%00", "page=²"])
def test_strange_addresses_never_break_a_page(world: World, query: str) -> None:
    for path in ("/desk/reports", "/desk/reports/cell"):
        assert world.client("li").get(f"{path}?{query}").status_code in (200, 403, 404, 409, 422)
