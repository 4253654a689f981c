"""Our decisions in the field sets of 双公示: what the matrix lets out, as confirmed, and back again field by field."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from mingjing import cli
from mingjing.exchange import double_export
from mingjing.exchange.actions import import_file
from mingjing.exchange.double_decisions import told_of
from mingjing.exchange.models import CreditRecord
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import Placement
from tests.office import Matter, Office, company, open_matter, person, refused, to_decision

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 13)
SPAN = {"first": date(2026, 4, 1), "last": date(2026, 4, 30), "today": APRIL}


def decided(office: Office, **party: object) -> Matter:
    of = person(**party) if party.get("kind") == "person" else company(**party)
    made = to_decision(open_matter(office, party=of), APRIL)
    made.do("publish")
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    return made


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    return decided(office, code="91350100M000100Y43", code_kind="credit_code", code_valid=True)


def credit(matter: Matter) -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel="credit")


def test_a_decision_goes_out_and_comes_back_field_by_field(matter: Matter, tmp_path: Path) -> None:
    told = double_export.export(tmp_path / "out.xlsx", **SPAN)
    import_file("double-publicity", tmp_path / "out.xlsx", at=matter.at)

    assert told.counts == {"penalty": 1}
    kept = CreditRecord.objects.get()
    assert kept.values == dict(told_of(credit(matter), APRIL).values)
    assert kept.organ == matter.office.organ


def test_the_record_tells_what_was_confirmed_and_when_its_display_ends(matter: Matter) -> None:
    facts = told_of(credit(matter), APRIL)

    assert facts.text("CF_XDR_LB") == "法人及非法人组织"
    assert facts.text("CF_CFLB").startswith("罚款")
    assert facts.values["CF_NR_FK"] == matter.case.facts["fine_fen"]
    assert facts.text("CF_GSJZQ") == "2027-04-13"  # general: one year from the decision
    assert not [one for one in facts.doubts if one.code.startswith(("amount", "unit"))]


def test_a_natural_person_goes_masked_and_without_numbers(office: Office) -> None:
    made = decided(office, kind="person", name="张某某")

    facts = told_of(credit(made), APRIL)

    assert facts.text("CF_XDR_LB") == "自然人"
    assert "张某某" not in facts.name
    assert not {"CF_XDR_ZJHM", "CF_XDR_ZJLX", "CF_FRDB"} & facts.values.keys()


def test_a_withdrawn_decision_says_so(matter: Matter, tmp_path: Path) -> None:
    publisher = matter.office.actor("publisher", matter.at)
    publicity.sent(placement_id=credit(matter).pk, actor=publisher, at=matter.at)
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=APRIL.isoformat())
    matter.do("withdraw_publication")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    told = double_export.export(tmp_path / "out.xlsx", **SPAN)

    assert told.withdrawn == 1
    facts = told_of(credit(matter), APRIL)
    assert facts.text("BZ").startswith("已撤下")
    assert facts.text("CF_SY") == ""


def test_what_is_not_confirmed_stays_and_is_counted(office: Office, tmp_path: Path) -> None:
    made = to_decision(open_matter(office, party=company()), APRIL)
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)

    told = double_export.export(tmp_path / "out.xlsx", **SPAN)

    assert told.not_confirmed == 1
    assert sum(told.counts.values()) == Placement.objects.filter(channel="credit", state="approved").count()


def test_csv_holds_one_kind(tmp_path: Path) -> None:
    with refused("one-kind-only"):
        double_export.export(tmp_path / "out.csv", form="csv", **SPAN)
    with refused("bad-span"):
        double_export.export(tmp_path / "out.xlsx", first=APRIL, last=date(2026, 4, 1), today=APRIL)


def test_the_command_writes_and_tells(
    matter: Matter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    arguments = ["--from", "2026-04-01", "--to", "2026-04-30", "--kind", "penalty", "--format", "csv"]
    code = cli.main(["export", "double-publicity", *arguments, "--out", str(out), "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"penalty": 1}
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith("CF_XDR_MC,")
