"""登记与清单 on the desk: begin, fill, import, submit, confirm, return; what others see of it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from mingjing.publicity import actions
from mingjing.publicity.models import RegisterEdition, RevisionDuty
from mingjing.publicity.registers import queries
from tests import makers
from tests.makers import AT
from tests.publicity.registers import ITEM
from tests.web import desk_world
from tests.web.desk_world import World


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return desk_world.build()


def draft(world: World, kind: str = "random-inspection") -> RegisterEdition:
    return actions.open_draft(kind=kind, actor=world.actor("gongshi"), at=AT)


def filled(world: World) -> RegisterEdition:
    edition = draft(world)
    actions.put_row(edition_id=edition.pk, values=ITEM, actor=world.actor("gongshi"), at=AT)
    return edition


def post(world: World, who: str, edition: RegisterEdition, **given: Any) -> Any:
    return world.client(who).post(f"/desk/register-editions/{edition.pk}", given)


def text(world: World, who: str, path: str) -> str:
    answer = world.client(who).get(path)
    assert answer.status_code == 200, answer.status_code
    page: str = answer.content.decode()
    return page


def test_a_register_goes_from_draft_to_the_public(world: World) -> None:
    begun = world.client("gongshi").post("/desk/registers", {"kind": "random-inspection"})
    edition = RegisterEdition.objects.get()
    assert begun["Location"] == f"/desk/register-editions/{edition.pk}"

    row = {f"fact.{name}": value for name, value in ITEM.items()}
    world.client("gongshi").post(f"/desk/register-editions/{edition.pk}/row", row)
    assert "食品销售者进货查验" in text(world, "gongshi", f"/desk/register-editions/{edition.pk}")

    assert post(world, "gongshi", edition, do="submit", reason="首次编制。").status_code == 403
    assert post(world, "juzhang", edition, do="submit", reason="首次编制。").status_code == 302
    assert "首次编制。" in text(world, "jiandu", "/desk/register-queue")
    page = text(world, "jiandu", f"/desk/register-editions/{edition.pk}")
    assert "确认公布" in page
    assert "这是第一版" in page

    assert post(world, "juzhang", edition, do="confirm").status_code == 403
    assert post(world, "jiandu", edition, do="confirm", answer="同意。").status_code == 302
    assert queries.current_edition(edition.register_id, AT.date()) == edition
    assert "第 1 版" in text(world, "gongshi", "/desk/registers")


def test_a_returned_edition_shows_its_reasons_to_the_organ(world: World) -> None:
    edition = filled(world)
    post(world, "shenhe", edition, do="submit", reason="首次编制。")

    assert post(world, "jiandu", edition, do="return", answer="").status_code == 422
    post(world, "jiandu", edition, do="return", answer="没有写明频次。")

    page = text(world, "gongshi", f"/desk/register-editions/{edition.pk}")
    assert "没有写明频次。" in page
    assert "可以再次报送" in page


@pytest.mark.parametrize("do", ["submit", "recall", "confirm", "return", "drop", "refresh", "nonsense", ""])
def test_what_the_state_does_not_allow_is_told_on_the_page(world: World, do: str) -> None:
    edition = draft(world, "lenient")

    answer = post(world, "juzhang", edition, do=do, reason="报送。", answer="退回。")

    assert answer.status_code == (
        302 if do == "drop" else 403 if do in ("confirm", "return") else answer.status_code
    )
    assert answer.status_code < 500


def test_a_wrong_row_is_shown_again_with_what_was_typed(world: World) -> None:
    edition = draft(world)

    answer = world.client("gongshi").post(
        f"/desk/register-editions/{edition.pk}/row", {"fact.item": "某项", "fact.legal_basis": "食品法第/一"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "项需要更正" in page
    assert 'value="某项"' in page


def test_a_workbook_is_taken_in_row_by_row(world: World) -> None:
    edition = filled(world)
    lines = [
        "抽查类别,抽查事项,检查对象,事项类别,检查方式,检查主体,检查依据,抽查比例、频次",
        "食品,食品销售者进货查验,食品销售者,一般检查事项,实地核查,某某局,食品安全法/53,百分之三",
        "食品,餐饮原料控制,餐饮单位,重点检查事项,实地核查,某某局,《食品安全法》第55条,百分之五",
        "食品,缺了对象,,重点检查事项,实地核查,某某局,食品安全法/55,百分之五",
        "食品,依据不对,餐饮单位,特别重要,实地核查,某某局,五十五条/一,百分之五",
    ]
    file = SimpleUploadedFile("清单.csv", "\n".join(lines).encode())

    page = post(world, "gongshi", edition, do="import", file=file).content.decode()

    rows = queries.rows_of(edition.pk)
    assert "导入 2 行，未导入 2 行" in page
    assert set(rows) == {"食品销售者进货查验", "餐饮原料控制"}
    assert rows["食品销售者进货查验"]["weight"] == "general"
    assert rows["餐饮原料控制"]["legal_basis"] == "食品安全法/55"


def test_printed_benchmarks_are_taken_in_under_their_usual_headings(world: World) -> None:
    """国办发〔2022〕27号: benchmarks are published for every kind of act, also those that no table reckons with."""
    edition = draft(world, "benchmark-texts")
    lines = [
        "违法行为,裁量阶次,适用情形,处罚标准,处罚依据",
        "未按规定保存进货查验记录,从轻,初次违法,处5000元以上1万元以下罚款,食品安全法/126(1)",
        "未按规定保存进货查验记录,从重,拒不改正两次以上,处3万元以上5万元以下罚款,《食品安全法》第126条",
        "未按规定保存进货查验记录,从重,拒不改正两次以上,处4万元罚款,食品安全法/126(1)",
    ]
    file = SimpleUploadedFile("裁量基准.csv", "\n".join(lines).encode())

    page = post(world, "gongshi", edition, do="import", file=file).content.decode()

    rows = list(queries.rows_of(edition.pk).values())
    assert "导入 2 行，未导入 1 行" in page
    assert [row["tier"] for row in rows] == ["从轻", "从重"]
    assert rows[1]["legal_basis"] == "食品安全法/126"
    assert rows[0]["measure"] == "处5000元以上1万元以下罚款"


def test_what_is_exported_is_imported_unchanged(world: World) -> None:
    edition = filled(world)
    before = queries.rows_of(edition.pk)
    exported = world.client("gongshi").get(f"/desk/register-editions/{edition.pk}.xlsx")
    file = SimpleUploadedFile("清单.xlsx", exported.content)

    page = post(world, "gongshi", edition, do="import", file=file, replace="1").content.decode()

    assert "导入 1 行，未导入 0 行" in page
    assert queries.rows_of(edition.pk) == before


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", "姓名,年龄\n甲,1\n".encode()])
def test_a_file_that_is_no_such_list_is_refused(world: World, content: bytes) -> None:
    edition = filled(world)

    answer = post(world, "gongshi", edition, do="import", file=SimpleUploadedFile("x.xlsx", content))

    assert answer.status_code in (409, 422)
    assert list(queries.rows_of(edition.pk)) == [ITEM["item"]]


def test_drafts_of_another_organ_are_not_shown(world: World) -> None:
    edition = filled(world)
    neighbour = desk_world.makers.officer(("organ_head",), organ=world.officers["stranger"].organ)
    account = desk_world.Account(username="linju")
    account.set_unusable_password()
    account.save()
    neighbour.account = account
    neighbour.save()
    world.officers["linju"] = neighbour

    for path in (f"/desk/register-editions/{edition.pk}", f"/desk/registers/{edition.register_id}"):
        assert world.client("linju").get(path).status_code == 404


def amended(edition: RegisterEdition, days_late: int = 0) -> RevisionDuty:
    """A duty to revise, not saved."""
    return RevisionDuty(
        register_id=edition.register_id,
        edition=edition,
        cause="amended",
        text="《食品安全法》自 2026-11-01 起施行新的文本。",
        basis="食品安全法",
        things=["amended:food"],
        keys=[ITEM["item"]],
        since=AT.date(),
        opened_at=AT,
        due_on=AT.date() - timedelta(days=days_late),
    )


def test_the_list_of_late_revisions_says_where_it_is_cut(world: World) -> None:
    edition = filled(world)
    late = [amended(edition, days_late=1) for _ in range(queries.MOST_DUTIES)]
    RevisionDuty.objects.bulk_create(late)
    assert "只列逾期最久的" not in text(world, "jiandu", "/desk/register-queue")

    amended(edition, days_late=9).save()

    page = text(world, "jiandu", "/desk/register-queue")
    assert page.count("/desk/revisions/") == queries.MOST_DUTIES
    assert page.index(str(AT.date() - timedelta(days=9))) < page.index(str(AT.date() - timedelta(days=1)))
    assert f"只列逾期最久的 {queries.MOST_DUTIES} 项" in page


def test_a_duty_to_revise_is_shown_and_signed(world: World) -> None:
    edition = filled(world)
    post(world, "juzhang", edition, do="submit", reason="首次编制。")
    post(world, "jiandu", edition, do="confirm")
    duty = amended(edition)
    duty.save()

    assert "须修订（1 项）" in text(world, "gongshi", "/desk/registers")
    assert ITEM["item"] in text(world, "juzhang", f"/desk/revisions/{duty.pk}")
    assert "须修订的清单 1 项" in text(world, "juzhang", "/desk")
    world.client("juzhang").post(f"/desk/revisions/{duty.pk}", {"statement": "条文未动。"})

    duty.refresh_from_db()
    assert (duty.state, duty.statement) == ("unchanged", "条文未动。")


def test_two_editions_are_compared(world: World) -> None:
    first = filled(world)
    post(world, "juzhang", first, do="submit", reason="首次编制。")
    post(world, "jiandu", first, do="confirm")
    second = draft(world)
    actions.put_row(
        edition_id=second.pk,
        key=ITEM["item"],
        values={**ITEM, "share": "百分之八"},
        actor=world.actor("gongshi"),
        at=AT,
    )

    page = text(world, "gongshi", f"/desk/registers/{first.register_id}?old=1&new=2")

    assert "修改 1 行" in page
    assert "百分之八" in page
    assert "修改 1 行" in text(world, "gongshi", f"/desk/register-editions/{second.pk}?tab=changes")


def test_a_list_of_ones_own_is_added(world: World) -> None:
    given = {"title": "检查标准清单", "basis": "达州三项制度方案/2(2)", "columns": "事项\n标准\n依据"}

    wrong = world.client("gongshi").post("/desk/registers/new", {**given, "basis": "第五条/"})
    right = world.client("gongshi").post("/desk/registers/new", given)

    assert wrong.status_code == 422
    assert "检查标准清单" in wrong.content.decode()
    assert right.status_code == 302
    assert "检查标准清单" in text(world, "gongshi", "/desk/registers")


def test_the_desk_says_whom_a_confirmed_list_leaves_out(world: World) -> None:
    """达州三项制度方案 2(1): a certificate that the list lacks is valid and carries no act."""
    edition = draft(world, "officers")
    head, bureau = world.actor("juzhang"), world.actor("jiandu")
    before = text(world, "gongshi", "/desk/registers")
    actions.submit_draft(edition_id=edition.pk, reason="首次。", actor=head, at=AT)
    asked = text(world, "jiandu", f"/desk/register-editions/{edition.pk}")
    actions.confirm_register(edition_id=edition.pk, actor=bureau, at=AT)
    late = makers.certificate(officer=world.officers["gongshi"])

    pages = [text(world, "guanli", f"/desk/officers/{world.officers[who].pk}") for who in ("li", "gongshi")]

    assert "尚未约束执法" in before
    assert "不在其中的人员不能办案" in asked
    assert "不在现行版本中的不能办案" in text(world, "gongshi", "/desk/registers")
    assert ["未列入清单</span>" in page for page in pages] == [False, True]
    assert late.number in pages[1]


def test_a_list_of_any_name_can_be_taken_along(world: World) -> None:
    """Names of lists hold what names of sheets may not."""
    edition = actions.add_list(
        title="进企/入户[检查]事项：一览?",
        basis="达州三项制度方案/2(2)",
        columns=["事项"],
        actor=world.actor("gongshi"),
        at=AT,
    )

    answer = world.client("gongshi").get(f"/desk/register-editions/{edition.pk}.xlsx")

    assert answer.status_code == 200
    assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["进企－入户－检查－事项：一览－"]
