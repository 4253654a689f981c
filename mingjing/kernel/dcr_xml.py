"""Procedures as DCR XML, the exchange format of DCR editors, and back.

Written is the graph proper: events, labels, roles, the five relations with their guards and deadlines, and the
initial marking. What our files say beyond DCR (forms, papers, windows, bases) travels in a ``custom`` element
of its own that other editors keep: read back, the relations drawn in the editor prevail, the rest is as it was.

Source: Marquard, Shahzad and Slaats, Web-Based Modelling and Collaborative Simulation of Declarative
Processes (BPM 2015). Deadlines are ISO 8601 durations; ours that are not (working days, named terms) stand in
the relation's description, where our reader finds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET  # only to build; reading is done by the caller, safely

from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import is_identifier

KEPT = "mingjing"
# key in the file, element of a group, its group, whether our step is the target of the relation
_RELATIONS = (
    ("after", "condition", "conditions", True),
    ("not_while", "milestone", "milestones", True),
    ("duties", "response", "responses", False),
    ("opens", "include", "includes", False),
    ("closes", "exclude", "excludes", False),
)
_GROUPS = (
    "conditions",
    "responses",
    "coresponses",
    "excludes",
    "includes",
    "milestones",
    "updates",
    "spawns",
)
_ISO_UNITS = {"d": "P{}D", "m": "P{}M", "y": "P{}Y", "h": "PT{}H"}
_TERM = re.compile(r"(\d+)(d|m|y|h)")
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:\d+M)?(?:\d+S)?)?")


def to_xml(data: Mapping[str, Any]) -> str:
    """The DCR XML of a procedure file's (assembled) data."""
    root = ET.Element("dcrgraph", title=data["title"])
    specification = ET.SubElement(root, "specification")
    resources = ET.SubElement(specification, "resources")
    expressions: dict[str, str] = {}
    constraints = _constraints(data, expressions)
    _events(resources, data)
    _labels(resources, data)
    _roles(resources, data)
    listed = ET.SubElement(resources, "expressions")
    for text, name in expressions.items():
        ET.SubElement(listed, "expression", id=name, value=text)
    _keep(ET.SubElement(resources, "custom"), _beyond_dcr(data))
    specification.append(constraints)
    _marking(root, data)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _events(resources: ET.Element, data: Mapping[str, Any]) -> None:
    events = ET.SubElement(resources, "events")
    for name, step in data["steps"].items():
        event = ET.SubElement(events, "event", id=name)
        custom = ET.SubElement(event, "custom")
        roles = ET.SubElement(custom, "roles")
        for role in _texts(step["by"]):
            ET.SubElement(roles, "role").text = role
        rest = {
            key: value
            for key, value in step.items()
            if key not in (*_RELATION_KEYS, "title", "by", "included")
        }
        _keep(custom, rest)


def _labels(resources: ET.Element, data: Mapping[str, Any]) -> None:
    labels, mappings = ET.SubElement(resources, "labels"), ET.SubElement(resources, "labelMappings")
    for name, step in data["steps"].items():
        label = step["title"]
        ET.SubElement(labels, "label", id=label)
        ET.SubElement(mappings, "labelMapping", eventId=name, labelId=label)


def _roles(resources: ET.Element, data: Mapping[str, Any]) -> None:
    custom = ET.SubElement(ET.SubElement(resources, "custom"), "roles")
    for role in dict.fromkeys(role for step in data["steps"].values() for role in _texts(step["by"])):
        ET.SubElement(custom, "role").text = role


def _constraints(data: Mapping[str, Any], expressions: dict[str, str]) -> ET.Element:
    constraints = ET.Element("constraints")
    groups = {group: ET.SubElement(constraints, group) for group in _GROUPS}
    for name, step in data["steps"].items():
        for key, element, group, is_target in _RELATIONS:
            for link in step.get(key, []):
                _relation(groups[group], element, name, _as_table(link), is_target, expressions)
    return constraints


def _relation(
    group: ET.Element,
    element: str,
    step: str,
    link: Mapping[str, Any],
    is_target: bool,
    expressions: dict[str, str],
) -> None:
    source, target = (link["step"], step) if is_target else (step, link["step"])
    relation = ET.SubElement(group, element, sourceId=source, targetId=target, filterLevel="1")
    if "when" in link:
        relation.set("expressionId", expressions.setdefault(link["when"], f"when{len(expressions) + 1}"))
    if (within := link.get("within")) is not None:
        relation.set("description", within)
        match = _TERM.fullmatch(within)
        if match:
            relation.set("time", _ISO_UNITS[match[2]].format(match[1]))
    rest = {key: value for key, value in link.items() if key not in ("step", "when", "within")}
    if rest:
        _keep(relation, rest)


def _marking(root: ET.Element, data: Mapping[str, Any]) -> None:
    marking = ET.SubElement(ET.SubElement(root, "runtime"), "marking")
    ET.SubElement(marking, "globalStore")
    ET.SubElement(marking, "executed")
    included = ET.SubElement(marking, "included")
    for name, step in data["steps"].items():
        if step.get("included", True):
            ET.SubElement(included, "event", id=name)
    ET.SubElement(marking, "pendingResponses")


# --- reading ---


def from_xml(root: Any, *, on: date) -> dict[str, Any]:
    """The data of a procedure file drawn in a DCR editor; ``root`` is its document element, parsed safely.

    ``on`` becomes the day of effect of a graph that names none. Events without our own additions get what every
    step must have (title, role); the missing bases are told by ``problems``. Raises: Refused ``bad-dcr``.
    """
    if _tag(root) != "dcrgraph":
        raise Refused(
            "bad-dcr", f"文件的根是 {_tag(root)}，不是 dcrgraph。", remedy="请从 DCR 编辑器导出 XML。"
        )
    labels = {one.get("eventId"): one.get("labelId") for one in _all(root, "labelMapping")}
    steps = dict(_steps(root, labels))
    if not steps:
        raise Refused("bad-dcr", "图中没有任何事件（event）。", remedy="请核对导出的文件是否完整。")
    names = dict(_names(root))
    _read_relations(root, steps, names)
    kept = _kept(next(_all(root, "resources"), root))
    title = root.get("title") or "未命名程序"
    base = {"id": "imported", "title": title, "act": "other", "in_force": on, "basis": "待补"}
    return {**base, **kept, "title": title, "steps": steps}


def _names(root: Any) -> Iterator[tuple[str, str]]:
    """Each event's id and the name of its step: ids that cannot name a step are numbered."""
    for number, event in enumerate(_event_elements(root), 1):
        identifier = event.get("id") or ""
        yield identifier, identifier if is_identifier(identifier) else f"step_{number}"


def _event_elements(root: Any) -> list[Any]:
    events = next(_all(root, "events"), None)
    return [] if events is None else [one for one in events.iter() if _tag(one) == "event" and one.get("id")]


def _steps(root: Any, labels: Mapping[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    marking = next(_all(root, "included"), None)
    included = None if marking is None else {one.get("id") for one in marking}
    names = dict(_names(root))
    for event in _event_elements(root):
        roles = [
            role.text.strip() for role in event.iter() if _tag(role) == "role" and (role.text or "").strip()
        ]
        step = {
            "title": labels.get(event.get("id")) or event.get("id"),
            "by": roles or ["handler"],
            **_kept(event),
        }
        if included is not None and event.get("id") not in included:
            step["included"] = False
        yield names[event.get("id")], step


def _read_relations(root: Any, steps: dict[str, dict[str, Any]], names: Mapping[str, str]) -> None:
    expressions = {one.get("id"): one.get("value") for one in _all(root, "expression")}
    for key, element, group, is_target in _RELATIONS:
        for relation in (one for holder in _all(root, group) for one in holder if _tag(one) == element):
            source, target = names.get(relation.get("sourceId")), names.get(relation.get("targetId"))
            if source is None or target is None:
                raise Refused(
                    "bad-dcr",
                    f"关系 {element} 指向不存在的事件：{relation.get('sourceId')} → {relation.get('targetId')}。",
                    remedy="请在编辑器中删去这一关系后重新导出。",
                )
            own, other = (target, source) if is_target else (source, target)
            steps[own].setdefault(key, []).append(_link(other, relation, expressions))


def _link(step: str, relation: Any, expressions: Mapping[Any, Any]) -> Any:
    link: dict[str, Any] = {"step": step, **_kept(relation)}
    when = expressions.get(relation.get("expressionId"))
    if when:
        link["when"] = when
    within = (relation.get("description") or "").strip() or _term_of(relation.get("time"))
    if within and _tag(relation) == "response":
        link["within"] = within
    return step if len(link) == 1 else link


def _term_of(duration: str | None) -> str:
    """An ISO 8601 duration as our term; whole hours, days, months or years only."""
    match = _ISO.fullmatch(duration or "")
    if match is None:
        return ""
    years, months, weeks, days, hours = (int(part or 0) for part in match.groups())
    if years or months:
        return f"{years}y" if not months else f"{years * 12 + months}m"
    if weeks or days:
        return f"{weeks * 7 + days}d"
    return f"{hours}h" if hours else ""


# --- what travels beyond DCR ---


_RELATION_KEYS = tuple(key for key, *_ in _RELATIONS)


def _beyond_dcr(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in ("steps", "title")}


def _keep(parent: ET.Element, rest: Mapping[str, Any]) -> None:
    if rest:
        ET.SubElement(parent, KEPT).text = json.dumps(rest, ensure_ascii=False, default=_dated)


def _kept(parent: Any) -> dict[str, Any]:
    """What was kept directly in this element or in its ``custom`` children."""
    found: dict[str, Any] = {}
    for child in parent:
        inner = [child] if _tag(child) == KEPT else list(child) if _tag(child) == "custom" else []
        for one in inner:
            if _tag(one) == KEPT:
                found |= json.loads(one.text or "{}", object_hook=_undated)
    return found


def _dated(value: object) -> dict[str, str]:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    raise TypeError(f"{value!r} cannot travel in a procedure file")


def _undated(item: dict[str, Any]) -> Any:
    return date.fromisoformat(item["date"]) if set(item) == {"date"} else item


def _as_table(link: Any) -> Mapping[str, Any]:
    return {"step": link} if isinstance(link, str) else link


def _texts(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else value


def _all(root: Any, tag: str) -> Iterator[Any]:
    return (one for one in root.iter() if _tag(one) == tag)


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
