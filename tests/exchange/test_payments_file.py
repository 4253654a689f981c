"""A bank's reconciliation file: each line closes one slip once, or says why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mingjing.cases.models import Payment
from mingjing.exchange.actions import import_file
from mingjing.exchange.payments_file import read_line
from mingjing.exchange.report import Report
from mingjing.exchange.tables import Cell, Row
from mingjing.kernel.refused import Refused
from tests.office import Matter, Office, open_matter, to_decision

from . import sheets

pytestmark = pytest.mark.django_db
HEADER = ["缴款码", "金额（元）", "缴款日期", "流水号"]


@pytest.fixture
def matter(office: Office) -> Matter:
    found = to_decision(open_matter(office))
    found.do("serve_decision")
    return found.move_to(date(2026, 3, 20))


def slip(matter: Matter) -> Payment:
    return Payment.objects.get(case_id=matter.case_id)


def run(path: Path, matter: Matter, who: str = "cashier") -> Report:
    report = import_file("payments", path, at=matter.at, actor=matter.office.actor(who, matter.at))
    assert isinstance(report, Report)
    return report


def bank_file(path: Path, *rows: list[object]) -> Path:
    return sheets.xlsx(path, [["某某银行代收对账单"], HEADER, *rows])


def test_a_line_closes_its_slip(tmp_path: Path, matter: Matter) -> None:
    paid = slip(matter)

    report = run(bank_file(tmp_path / "a.xlsx", [paid.code, "5,000.00", "2026-03-18", "L001"]), matter)

    paid.refresh_from_db()
    assert (report.accepted, report.rejected) == (1, 0)
    assert (paid.state, paid.paid_fen, paid.paid_on, paid.bank_reference) == (
        "paid",
        500_000,
        date(2026, 3, 18),
        "L001",
    )


def test_a_second_run_and_a_repeated_line_pay_nothing_twice(tmp_path: Path, matter: Matter) -> None:
    line = [slip(matter).code, 5000, "20260318", "L001"]
    path = bank_file(tmp_path / "a.xlsx", line, line)

    first, second = run(path, matter), run(path, matter)

    assert (first.accepted, first.unchanged, first.rejected) == (1, 1, 0)
    assert (second.accepted, second.unchanged, second.rejected) == (0, 2, 0)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (4000, ("5,000元", "4,000元")),
        (6000, ("5,000元", "6,000元")),
        (0, ("0",)),
        (-5, ("负数",)),
        ("五千块左右", ("五千块左右",)),
    ],
)
def test_a_wrong_amount_is_told_with_both_sums(
    tmp_path: Path, matter: Matter, amount: object, told: tuple[str, ...]
) -> None:
    path = bank_file(tmp_path / "a.xlsx", [slip(matter).code, amount, "2026-03-18", "L001"])

    report = run(path, matter)

    (reason,) = report.reasons
    assert all(part in reason for part in told)
    assert slip(matter).state == "open"


def test_each_line_stands_for_itself(tmp_path: Path, matter: Matter) -> None:
    path = bank_file(
        tmp_path / "a.xlsx",
        ["NOSUCHCODE", 5000, "2026-03-18", "L001"],
        [slip(matter).code, 5000, "2026-03-18", ""],
        [slip(matter).code, 5000, "2027-01-01", "L002"],
        ["合计", 5000, "", ""],
        [slip(matter).code, 5000, "2026-03-18", "L003"],
    )

    report = run(path, matter)

    assert (report.accepted, report.rejected) == (1, 4)
    assert slip(matter).bank_reference == "L003"


def test_only_the_cashier_may_take_in_a_bank_file(tmp_path: Path, matter: Matter) -> None:
    path = bank_file(tmp_path / "a.xlsx", [slip(matter).code, 5000, "2026-03-18", "L001"])

    for who in ("handler", "organ_head", "manager"):
        with pytest.raises(Refused) as refused:
            run(path, matter, who)
        assert refused.value.code == "no-permission"


def row(units: dict[str, str] | None = None, **cells: str) -> Row:
    return Row("", 2, {name: Cell(text, text) for name, text in cells.items()}, units or {})


@pytest.mark.parametrize(
    ("unit", "amount", "fen"),
    [("元", "5000", 500_000), ("万元", "0.5", 500_000), ("分", "500000", 500_000), ("", "5,000.00", 500_000)],
)
def test_the_unit_stands_in_the_header(unit: str, amount: str, fen: int) -> None:
    line = read_line(
        row({"amount": unit} if unit else {}, code="A1", amount=amount, paid_on="2026-03-18", reference="L1"),
        date(2026, 3, 20),
    )

    assert line.amount_fen == fen


@pytest.mark.parametrize(
    "text", ["2026-03-18", "2026/3/18", "20260318", "20260318103000", "2026年3月18日", "46099"]
)
def test_the_day_is_read_however_banks_write_it(text: str) -> None:
    line = read_line(row(code="A1", amount="1", paid_on=text, reference="L1"), date(2026, 3, 20))

    assert line.paid_on == date(2026, 3, 18)


def test_a_reference_that_lost_its_digits_is_refused() -> None:
    cells = {
        "code": Cell("A1", "A1"),
        "amount": Cell("1", "1"),
        "paid_on": Cell("2026-03-18", "2026-03-18"),
        "reference": Cell("2.02603E+19", "2.02603E+19", "该单元格以科学计数法保存，末尾数字已丢失"),
    }

    with pytest.raises(Refused) as refused:
        read_line(Row("", 2, cells, {}), date(2026, 3, 20))

    assert refused.value.code == "row-damaged"
