"""强制权: what statutes let an organ take, and every way in which a measure has none."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.law import queries as law
from mingjing.law.codex import checks, files

MARCH = date(2026, 3, 2)
AUTUMN = date(2026, 9, 1)  # after the environment code took effect


def code(power, kinds, **given):
    values = {"field": "food", "organ_field": "food", "item": None, "on": MARCH}
    refused = law.why_no_coercion(power, kinds, **{**values, **given})
    if refused is None:
        return None
    assert refused.remedy
    assert refused.basis
    return refused.code


@pytest.mark.parametrize(
    ("power", "kinds", "given"),
    [
        ("QZ-FOOD-1", ["impound"], {}),
        ("QZ-FOOD-1", ["impound", "seal_goods"], {"item": "FOOD-04"}),
        ("QZ-FOOD-2", ["seal_place"], {}),
        ("QZ-MED-1", ["impound"], {"field": "medicine", "item": "MED-02"}),
        ("QZ-ENV-0", ["seal_goods"], {"field": "environment", "organ_field": "environment"}),
        ("QZ-ENV-1", ["impound"], {"field": "environment", "organ_field": "environment", "on": AUTUMN}),
        ("QZ-GEN-2", ["substitute_at_once"], {"field": "traffic", "organ_field": "traffic"}),
        ("QZ-TAX-1", ["freeze"], {"field": "general", "organ_field": "tax"}),
    ],
)
def test_a_measure_that_a_statute_gives_is_allowed(power, kinds, given):
    assert code(power, kinds, **given) is None


@pytest.mark.parametrize(
    ("refusal", "power", "kinds", "given"),
    [
        ("no-such-power", "", ["impound"], {}),
        ("no-such-power", "QZ-X", ["impound"], {}),
        # 行政强制法 art. 17 (1): only the organ that the statute names.
        ("no-statutory-power", "QZ-FOOD-1", ["impound"], {"organ_field": "environment"}),
        ("no-statutory-power", "QZ-TAX-1", ["freeze"], {}),
        ("no-statutory-power", "QZ-TRAF-2", ["impound"], {}),
        # 药品管理法 art. 100 is about medicines: not in a food case, not for another violation.
        ("no-statutory-power", "QZ-MED-1", ["impound"], {"item": "FOOD-04"}),
        ("power-not-for-item", "QZ-MED-1", ["impound"], {"field": "medicine", "item": "MED-09"}),
        ("power-not-for-item", "QZ-MED-1", ["impound"], {"field": "medicine"}),
        # 食品安全法 art. 110: places may be sealed; nobody may freeze accounts.
        ("kind-not-in-power", "QZ-FOOD-2", ["impound"], {}),
        ("kind-not-in-power", "QZ-FOOD-1", ["impound", "freeze"], {}),
        # The code took effect on 2026-08-15, and article 25 of the old law went out of force.
        (
            "power-not-in-force",
            "QZ-ENV-1",
            ["impound"],
            {"field": "environment", "organ_field": "environment"},
        ),
        (
            "power-not-in-force",
            "QZ-ENV-0",
            ["impound"],
            {"field": "environment", "organ_field": "environment", "on": AUTUMN},
        ),
    ],
)
def test_a_measure_without_a_statutory_power_is_refused(refusal, power, kinds, given):
    assert code(power, kinds, **given) == refusal


def test_the_environment_code_replaces_the_old_power_on_its_day():
    def of(on):
        found = law.coercive_powers(field="environment", organ_field="environment", on=on)
        return [power.code for power in found if "impound" in power.kinds]

    assert of(date(2026, 8, 14)) == ["QZ-ENV-0"]
    assert of(date(2026, 8, 15)) == ["QZ-ENV-1"]


def test_no_organ_of_the_six_fields_may_freeze_accounts():
    """行政强制法 art. 29: freezing only by the organs that a statute names."""
    for field in law.FIELDS:
        for power in law.coercive_powers(field=field, organ_field=field, on=AUTUMN):
            assert "freeze" not in power.kinds


def test_every_measure_and_means_of_execution_is_given_by_some_statute():
    given = {
        kind
        for organ in ("food", "environment", "work_safety", "public_security", "traffic", "general", "tax")
        for field in (*law.FIELDS, "general")
        for power in law.coercive_powers(field=field, organ_field=organ, on=AUTUMN)
        for kind in power.kinds
    }

    assert given == set(law.KINDS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kinds": ["confiscate"]}, "不是强制的种类"),
        ({"items": ["FOOD-99"]}, "没有编号为“FOOD-99”的事项"),
        ({"approver": "anybody"}, "“anybody”不认识"),
        ({"basis": "食品安全法/999"}, "只有154条"),
        ({"basis": "环境保护法/25"}, "不再施行"),
    ],
)
def test_a_wrong_power_is_told_with_file_and_remedy(tmp_path, settings, change, told):
    source = settings.MINGJING_CODEX
    for folder in ("statutes", "powers", "benchmarks", "profiles", "calendars"):
        (tmp_path / folder).symlink_to(source / folder)
    (tmp_path / "coercion").mkdir()
    power = {
        "code": "QZ-X",
        "title": "某项强制权",
        "kinds": ["impound"],
        "basis": "食品安全法/110",
        "objects": "某物",
        "in_force": date(2015, 10, 1),
        "sure": "L",
        **change,
    }
    lines = [f"{key} = {value if isinstance(value, date) else repr(value)}" for key, value in power.items()]
    text = 'title = "样例"\nfield = "food"\n\n[[powers]]\n' + "\n".join(lines).replace("'", '"')
    (tmp_path / "coercion" / "sample.toml").write_text(text + "\n", encoding="utf-8")
    settings.MINGJING_CODEX = tmp_path

    found = [one for one in checks.problems() if one.file == "codex/coercion/sample.toml"]

    assert told in "".join(one.message for one in found)
    assert all(one.remedy for one in found)
    assert files.root() == tmp_path
