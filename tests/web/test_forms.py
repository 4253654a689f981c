"""Forms from procedure fields: what is shown, what is read back."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import engines
from django.utils.datastructures import MultiValueDict

from mingjing.kernel.conditions import parse
from mingjing.kernel.procedure import Field
from mingjing.law import queries as law
from mingjing.web.ui import forms
from mingjing.web.ui.conditions import Vocabulary, as_json, in_words
from tests.makers import AT


def field(name: str, kind: str, **given: Any) -> Field:
    values: dict[str, Any] = {
        "label": f"{name}的名称",
        "required": True,
        "help": "",
        "max": None,
        "choices": (),
        "when": None,
        "personal": False,
        "default_fact": None,
    }
    return Field(name=name, kind=kind, **{**values, **given})


def rendered(
    fields: list[Field], values: dict[str, Any], errors: dict[str, str], **options: Any
) -> ET.Element:
    template = engines["jinja2"].env.from_string(
        '{% import "macros/form.html" as form %}<form>{{ form.error_summary(errors, labels) }}'
        "{{ form.fields(fields, values, errors, options) }}</form>"
    )
    labels = {one.name: one.label for one in fields}
    html = template.render(fields=fields, values=values, errors=errors, labels=labels, options=options)
    for void in ("required", "checked", "selected", "multiple", "data-focus"):
        html = html.replace(f" {void}>", f' {void}="">').replace(f" {void} ", f' {void}="" ')
    return ET.fromstring(_closed(html))  # noqa: S314 - our own template


def _closed(html: str) -> str:
    """The void element ``input`` closed, so that an XML parser reads the page."""
    parts = html.split("<input")
    return parts[0] + "".join("<input" + part.replace(">", "/>", 1) for part in parts[1:])


KINDS = [
    ("text", "张某某"),
    ("long", "长文"),
    ("date", "2026-03-12"),
    ("datetime", "2026-03-12T09:30"),
    ("money", 500050),
    ("number", 3),
    ("decimal", "1.5"),
    ("choice", "a"),
    ("choices", ["a"]),
    ("bool", True),
    ("officers", [7]),
    ("provision", "行政处罚法/64(1)"),
    ("power", "FOOD-01"),
]


@pytest.mark.parametrize("kind, value", KINDS, ids=[kind for kind, _ in KINDS])
def test_what_is_shown_is_read_back(kind: str, value: Any) -> None:
    one = field("x", kind, choices=(("a", "甲"), ("b", "乙")))
    root = rendered([one], {"x": value}, {}, x=[("7", "李某某"), ("8", "王某某")])

    post = QueryDict(mutable=True)
    for element in root.iter():
        if "name" in element.attrib:
            for sent in _sent(element):
                post.appendlist(element.attrib["name"], sent)
    got = forms.read_post([one], post)["x"]

    expected = {"money": "5000.50", "number": "3", "officers": ["7"]}.get(kind, value)
    assert got == expected


def _sent(element: ET.Element) -> list[str]:
    kind = element.attrib.get("type", "")
    if kind in ("radio", "checkbox"):
        return [element.attrib["value"]] if "checked" in element.attrib else []
    if element.tag == "select":
        return [option.attrib["value"] for option in element if "selected" in option.attrib]
    return [element.text or ""] if element.tag == "textarea" else [element.attrib.get("value", "")]


def test_an_empty_form_gives_no_facts() -> None:
    fields = [field(f"f{number}", kind) for number, (kind, _) in enumerate(KINDS)]

    assert forms.read_post(fields, QueryDict("fact.f0=%20&fact.f9=maybe")) == {}


def test_files_come_as_a_list_and_strangers_inputs_are_ignored() -> None:
    files = MultiValueDict(
        {"fact.scan": [SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2")]}
    )

    raw = forms.read_post([field("scan", "files")], QueryDict("scan=x&fact.other=y"), files)

    assert [file.name for file in raw["scan"]] == ["a.pdf", "b.pdf"]
    assert set(raw) == {"scan"}


def test_a_wrong_value_is_shown_again_as_it_was_typed() -> None:
    root = rendered([field("fine_fen", "money")], {"fine_fen": "五千"}, {"fine_fen": "不是金额"})

    [shown] = root.findall(".//input")

    assert shown.attrib["value"] == "五千"
    assert shown.attrib["aria-invalid"] == "true"


def test_errors_are_listed_with_anchors_and_tied_to_their_inputs() -> None:
    fields = [field("cause", "text", help="写明违法行为"), field("kind", "choice", choices=(("a", "甲"),))]
    root = rendered(fields, {}, {"cause": "此项必填", "kind": "此项必填"})

    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    anchors = [element.attrib["href"].lstrip("#") for element in root.iter("a")]
    described = [
        name for element in root.iter() for name in element.attrib.get("aria-describedby", "").split()
    ]

    assert anchors == ["fact-cause", "fact-kind"]
    assert set(anchors) <= ids
    assert set(described) <= ids
    assert {"fact-cause-help", "fact-cause-error", "fact-kind-error"} <= set(described)


def test_every_input_has_a_label() -> None:
    fields = [field(f"f{number}", kind, choices=(("a", "甲"),)) for number, (kind, _) in enumerate(KINDS)]
    root = rendered(fields, {}, {}, f10=[("7", "李某某")])

    labelled = {element.attrib.get("for") for element in root.iter("label")}
    wrapped = {id(inner) for element in root.iter("label") for inner in element.iter()}

    for element in root.iter():
        if element.tag in ("input", "select", "textarea"):
            assert element.attrib.get("id") in labelled or id(element) in wrapped


def test_a_conditional_field_carries_its_condition_and_is_never_required_by_the_browser() -> None:
    one = field("fine_fen", "money", when=parse("kind == 'fine'"))

    [box] = [element for element in rendered([one], {}, {}).iter() if "data-when" in element.attrib]

    assert json.loads(box.attrib["data-when"]) == ["==", ["name", "kind"], ["value", "fine"]]
    assert not [element for element in box.iter() if "required" in element.attrib]


def test_a_fresh_form_starts_with_what_the_case_knows() -> None:
    fields = [field("fine_fen", "money", default_fact="noticed_fine_fen"), field("cause", "text")]

    assert forms.starting_values(fields, {"noticed_fine_fen": 1, "other": 2}) == {"fine_fen": 1}
    assert forms.starting_values(fields, {"noticed_fine_fen": 1, "fine_fen": 3}) == {"fine_fen": 3}


def test_conditions_are_told_in_the_words_of_the_file() -> None:
    words = Vocabulary(law.procedure("penalty-ordinary", AT.date()))

    assert in_words(parse("proposal == 'penalize'"), words) == "处理建议为给予行政处罚"
    assert "较大数额罚款" in in_words(parse("large_fine and not hearing_held"), words)
    assert in_words(parse("fact_nobody_named"), words) == ""
    assert in_words(None, words) == ""


def test_a_condition_travels_to_the_browser_as_json() -> None:
    tree = json.loads(as_json(parse("not (a in ('x', 'y') or b + 1 > 2.5) and 'z' in c")))

    assert tree == [
        "and",
        [
            "not",
            [
                "or",
                ["among", ["name", "a"], ["x", "y"]],
                [">", ["+", ["name", "b"], ["value", 1]], ["value", 2.5]],
            ],
        ],
        ["in", ["value", "z"], ["name", "c"]],
    ]
