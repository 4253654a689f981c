"""The flowchart says what the procedure file says, and nothing covers anything."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import pytest

from mingjing.kernel.procedure import Procedure, read
from mingjing.law import queries as law
from mingjing.web.ui.svg import flowchart
from mingjing.web.ui.svg.flow import flow_of
from mingjing.web.ui.svg.layout import HEAD_HEIGHT, HEAD_SIZE, Box, lay_out, wrap
from tests.makers import AT

PROCEDURES = ["penalty-ordinary", "penalty-summary"]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=PROCEDURES)
def procedure(request: Any) -> Procedure:
    return law.procedure(request.param, AT.date())


def drawn(procedure: Procedure, **given: Any) -> ET.Element:
    return ET.fromstring(flowchart.draw(procedure, paper_titles={}, **given))  # noqa: S314 - our own drawing


def nodes(root: ET.Element) -> dict[str, ET.Element]:
    return {element.attrib["data-node"]: element for element in root.iter() if "data-node" in element.attrib}


def test_every_step_but_the_aside_ones_is_drawn_once(procedure: Procedure) -> None:
    shown = {step.id for step in procedure.steps.values() if step.flow != "aside"}

    found = [node.step for node in flow_of(procedure, {}).nodes if node.step]

    assert sorted(found) == sorted(shown)
    assert shown <= set(nodes(drawn(procedure)))


def test_every_edge_joins_drawn_nodes_and_every_node_is_reached(procedure: Procedure) -> None:
    flow = flow_of(procedure, {})

    joined = {edge.source for edge in flow.edges} | {edge.target for edge in flow.edges}

    assert joined <= set(flow.by_id)
    starts = {node.id for node in flow.nodes if node.kind == "start"}
    assert {node.id for node in flow.nodes} - {edge.target for edge in flow.edges} <= starts


def test_a_question_has_a_yes_and_a_no(procedure: Procedure) -> None:
    flow = flow_of(procedure, {})

    for node in flow.nodes:
        if node.kind == "question":
            assert {edge.label for edge in flow.edges if edge.source == node.id if edge.label} == {"是", "否"}


def test_no_shape_covers_another_or_leaves_its_lane(procedure: Procedure) -> None:
    layout = lay_out(flow_of(procedure, {}))

    for one, other in combinations(layout.boxes, 2):
        assert not _overlap(one, other), (one.node.id, other.node.id)
    for box in layout.boxes:
        _, left, right = layout.lanes[box.node.lane]
        assert left < box.x < right


def test_the_title_of_every_lane_fits_its_head() -> None:
    """Two lines of fourteen points at most, however long an organ's name for a post."""
    for procedure in law.procedures(AT.date()):
        for title, left, right in lay_out(flow_of(procedure, {})).lanes:
            lines = wrap(title, int((right - left - 8) / HEAD_SIZE))
            assert len(lines) <= 2, (procedure.id, title)
            assert max(map(len, lines)) * HEAD_SIZE <= right - left, (procedure.id, title)
            assert len(lines) * (HEAD_SIZE + 3) <= HEAD_HEIGHT


def _overlap(one: Box, other: Box) -> bool:
    across = abs(one.x - other.x) < (one.width + other.width) / 2
    return across and abs(one.y - other.y) < (one.height + other.height) / 2


def test_no_line_crosses_a_shape(procedure: Procedure) -> None:
    layout = lay_out(flow_of(procedure, {}))

    for line in layout.lines:
        for start, end in zip(line.points, line.points[1:], strict=False):
            for box in layout.boxes:
                if box.node.id not in (line.edge.source, line.edge.target):
                    assert not _hits(start, end, box), (line.edge, box.node.id)


def _hits(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    # A question is a rhombus: its corners lie in the gutter, where lines may pass.
    half = box.width / 2 - (14 if box.node.kind == "question" else 0)
    across = left < box.x + half and right > box.x - half
    return across and top < box.y + box.height / 2 and bottom > box.y - box.height / 2


def test_ways_back_are_dashed_and_end_above(procedure: Procedure) -> None:
    layout = lay_out(flow_of(procedure, {}))
    back = [line for line in layout.lines if line.edge.kind == "return"]

    for line in back:
        assert line.points[-1][1] < line.points[0][1]
    dashed = flowchart.draw(procedure, paper_titles={}).count("stroke-dasharray")
    assert dashed == len(back) + 1  # and one in the legend


def test_terms_papers_and_recording_stand_beside(procedure: Procedure) -> None:
    text = "".join(drawn(procedure).itertext())

    assert "时限" in text
    assert "文书" in text
    assert "全程音像" in text
    if procedure.id == "penalty-ordinary":
        assert "立案起90日内" in text


def test_steps_link_to_the_guide_and_questions_do_not(procedure: Procedure) -> None:
    root = drawn(procedure, href=lambda step: f"#step-{step}")

    links = [element.attrib["href"] for element in root.iter(f"{SVG}a")]

    assert sorted(links) == sorted(f"#step-{s.id}" for s in procedure.steps.values() if s.flow != "aside")


def test_a_live_case_shows_where_it_stands(procedure: Procedure) -> None:
    first, second = [step.id for step in procedure.steps.values() if step.flow == "main"][:2]

    found = nodes(drawn(procedure, current={second}, done={first}))

    assert found[second].attrib["aria-current"] == "step"
    assert "aria-current" not in found[first].attrib
    assert flowchart.DONE_FILL[0] in ET.tostring(found[first], encoding="unicode")


def test_the_chart_can_be_read_aloud_and_keeps_the_content_policy(procedure: Procedure) -> None:
    root = drawn(procedure)
    text = ET.tostring(root, encoding="unicode")

    assert root.find(f"{SVG}title") is not None
    assert procedure.steps[next(iter(procedure.start_steps))].title in root.findtext(f"{SVG}desc", "")
    assert "style=" not in text
    assert "<script" not in text


def test_text_of_the_file_cannot_become_markup() -> None:
    data = {
        "id": "tiny",
        "title": "<b>小</b>",
        "act": "penalty",
        "in_force": AT.date(),
        "basis": "行政处罚法/51",
        "summary": "小",
        "stages": [{"id": "one", "title": "一"}],
        "lanes": [{"id": "all", "title": "甲&乙", "roles": ["handler"]}],
        "steps": {
            "go": {
                "title": "<script>",
                "stage": "one",
                "by": "handler",
                "start": True,
                "ends": "closed",
                "basis": "行政处罚法/51",
            }
        },
        "outcomes": {"closed": "结案"},
    }

    text = flowchart.draw(read(data, "tiny.toml"), paper_titles={})

    assert "<script>" not in text
    assert "甲&amp;乙" in text


@pytest.mark.parametrize(
    "text, length, lines",
    [
        ("立案", 9, ["立案"]),
        ("登记保存证据处理决定", 9, ["登记保存证", "据处理决定"]),
        ("现场检查（勘验）", 9, ["现场检查（勘验）"]),
        ("起15个工作日内", 4, ["起15个", "工作日内"]),
        ("", 9, []),
    ],
)
def test_text_is_wrapped_evenly_without_tearing_numbers(text: str, length: int, lines: list[str]) -> None:
    got = wrap(text, length)

    assert "".join(got) == text
    assert len(got) == len(lines)
    assert all("15" in line or "1" not in line for line in got)
