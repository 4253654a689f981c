"""DCR XML: what leaves comes back the same, and what another editor drew or changed is read."""

from __future__ import annotations

import tomllib
from xml.etree import ElementTree as ET

import pytest

from mingjing.kernel import dcr_xml, procedure
from mingjing.kernel.procedure import collected, read_collected
from mingjing.kernel.refused import Refused
from tests.procedure_samples import CODEX

FILES = sorted((CODEX / "procedures").glob("*.toml"))
DRAWN = """<?xml version="1.0" encoding="utf-8"?>
<dcrgraph title="Loan">
  <meta><graph id="1"/></meta>
  <specification>
    <resources>
      <events>
        <event id="apply"><custom><visualization/><roles><role>clerk</role></roles></custom></event>
        <event id="Activity 1"><custom><roles/></custom></event>
        <event id="pay"/>
      </events>
      <labels><label id="Apply"/><label id="Decide"/><label id="Pay out"/></labels>
      <labelMappings>
        <labelMapping eventId="apply" labelId="Apply"/>
        <labelMapping eventId="Activity 1" labelId="Decide"/>
        <labelMapping eventId="pay" labelId="Pay out"/>
      </labelMappings>
      <expressions><expression id="granted" value="granted"/></expressions>
    </resources>
    <constraints>
      <conditions><condition sourceId="apply" targetId="Activity 1" filterLevel="1" description="" time=""/></conditions>
      <responses><response sourceId="apply" targetId="Activity 1" time="P14D" filterLevel="1"/></responses>
      <excludes><exclude sourceId="Activity 1" targetId="apply"/></excludes>
      <includes><include sourceId="Activity 1" targetId="pay" expressionId="granted"/></includes>
      <milestones><milestone sourceId="Activity 1" targetId="pay"/></milestones>
    </constraints>
  </specification>
  <runtime><marking><executed/><included><event id="apply"/><event id="Activity 1"/></included><pendingResponses/></marking></runtime>
</dcrgraph>
"""


def data_of(path):
    parts = {
        name: (path.parent / "parts" / f"{name}.toml").read_text("utf-8")
        for name in tomllib.loads(path.read_text("utf-8")).get("uses", [])
    }
    return read_collected(collected(path.read_text("utf-8"), parts))


def read_back(text, path):
    data = dcr_xml.from_xml(ET.fromstring(text), on=path)  # noqa: S314 - written a line before
    return data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_procedure_of_the_codex_comes_back_the_same(path):
    original = procedure.load(path)

    back = procedure.read(read_back(dcr_xml.to_xml(data_of(path)), original.in_force), path.name)

    assert back.steps == original.steps
    assert (back.id, back.act, back.basis, back.in_force) == (
        original.id,
        original.act,
        original.basis,
        original.in_force,
    )
    assert (back.stages, back.lanes, back.derived) == (original.stages, original.lanes, original.derived)
    assert back.outcomes == original.outcomes


def test_a_graph_of_another_editor_is_read_with_its_relations_roles_and_marking(tmp_path):
    from datetime import date

    data = read_back(DRAWN, date(2026, 1, 1))
    apply, decide, pay = data["steps"]["apply"], data["steps"]["step_2"], data["steps"]["pay"]

    assert (data["title"], data["in_force"]) == ("Loan", date(2026, 1, 1))
    assert (apply["title"], apply["by"], decide["title"], decide["by"]) == (
        "Apply",
        ["clerk"],
        "Decide",
        ["handler"],
    )
    assert apply["duties"] == [{"step": "step_2", "within": "14d"}]
    assert (decide["after"], decide["closes"]) == (["apply"], ["apply"])
    assert decide["opens"] == [{"step": "pay", "when": "granted"}]
    assert (pay["not_while"], pay["included"], apply.get("included")) == (["step_2"], False, None)


def test_what_another_editor_changed_prevails_and_the_rest_is_kept():
    path = CODEX / "procedures" / "penalty-summary.toml"
    root = ET.fromstring(dcr_xml.to_xml(data_of(path)))  # noqa: S314 - our own text
    group = next(root.iter("conditions"))
    ET.SubElement(group, "condition", sourceId="hear_party", targetId="convert")

    steps = dcr_xml.from_xml(root, on=procedure.load(path).in_force)["steps"]

    assert "hear_party" in [
        link if isinstance(link, str) else link["step"] for link in steps["convert"]["after"]
    ]
    assert steps["convert"]["facts"]["convert_reason"]["label"] == "说明"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<bpmn/>", "不是 dcrgraph"),
        ("<dcrgraph title='x'/>", "没有任何事件"),
        (DRAWN.replace('targetId="pay"/></milestones>', 'targetId="gone"/></milestones>'), "不存在的事件"),
    ],
)
def test_what_is_no_such_graph_is_refused_in_words(text, words):
    from datetime import date

    with pytest.raises(Refused, match=words):
        read_back(text, date(2026, 1, 1))
