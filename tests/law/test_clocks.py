"""The catalogue of terms: complete, sound, and the only source of the numbers that procedures name."""

from __future__ import annotations

from datetime import date

from mingjing.cases import checks
from mingjing.kernel.case_dates import settled
from mingjing.kernel.terms import parse_length
from mingjing.law import queries as law
from tests.procedure_samples import procedure_of


def test_every_number_is_unique_and_every_length_can_be_reckoned():
    clocks = law.clocks()

    assert len({clock.id for clock in clocks}) == len(clocks) == 123
    assert all(parse_length(clock.length) for clock in clocks if clock.length)


def test_a_term_without_length_or_not_confirmed_says_why():
    silent = [
        clock.id
        for clock in law.clocks()
        if (not clock.length or clock.sure in ("R", "G")) and not clock.note
    ]

    assert silent == []


def test_a_procedure_may_only_name_terms_of_the_catalogue():
    end = {"end": {"ends": "closed"}}
    sample = procedure_of({"a": {"duties": [{"step": "end", "within": "9d", "clock": "PEN-91"}]}, **end})

    (problem,) = checks._clock_problems(sample, "procedures/sample.toml")
    assert "PEN-91" in problem.message
    assert "PEN-90" in problem.remedy


def test_what_a_procedure_says_of_a_term_agrees_with_the_catalogue():
    """Where a duty names a general term with a fixed length, the catalogue has the same length."""
    known = {clock.id: clock for clock in law.clocks()}
    on = date(2026, 8, 15)
    ordinary = law.procedure("penalty-ordinary", on)
    fields = {
        "PEN-90": "general", "PEN-PS-30": "public_security", "PEN-DELIV-PS": "public_security", "PUB-7": "general",
        "PUB-20": "general", "WDR-1": "general", "WDR-3": "general", "PEN-TRAF-24H": "traffic",
        "PEN-TRAF-3": "traffic", "PEN-TRAF-7": "traffic", "PEN-PAY-TRAF": "traffic", "PEN-HR-PS": "public_security",
    }  # fmt: skip
    fixed = {
        duty.clock: settled(duty.within, law.constants(fields[duty.clock], on, person=True))
        for step in ordinary.steps.values()
        for duty in step.duties
        if duty.within and duty.clock in fields and duty.step != "accept_hearing"
    }

    assert fixed.keys() == fields.keys()
    assert fixed == {name: known[name].length for name in fixed}
