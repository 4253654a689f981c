"""The least a case page could cost: its rows by five plain queries, written into a bare template.

What our page costs beyond this is rules, wording, rights and layout.
"""

from __future__ import annotations

import uuid

from jinja2 import Environment

_PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="zh-CN"><title>{{ case[1] }}</title><h1>{{ case[1] }}</h1>
<table>{% for row in steps %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>
<table>{% for row in duties %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>
<ul>{% for row in papers %}<li>{{ row[0] }} {{ row[1] }} {{ row[2] }}</li>{% endfor %}</ul>
<ul>{% for row in files %}<li>{{ row[0] }} {{ row[1] }} {{ row[2] }}</li>{% endfor %}</ul></html>"""
)


def page(case_id: uuid.UUID) -> str:
    """The page of a case. Cost: 5 queries."""
    from mingjing.cases.models import Case, Evidence, Obligation, Paper, Step

    return _PAGE.render(
        case=Case.objects.values_list("no", "title", "facts", "marking").get(pk=case_id),
        steps=list(
            Step.objects.filter(case=case_id).values_list("seq", "title", "at", "by_name", "note", "facts")
        ),
        duties=list(Obligation.objects.filter(case=case_id).values_list("title", "due_at", "basis", "state")),
        papers=list(Paper.objects.filter(case=case_id).values_list("title", "number", "issued_at")),
        files=list(Evidence.objects.filter(case=case_id).values_list("name", "size_bytes", "sha256")),
    )
