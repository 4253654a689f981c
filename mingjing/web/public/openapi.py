"""The public lists as an OpenAPI 3.1 document, made from their declarations.

Source: OpenAPI Specification 3.1.0; JSON Schema 2020-12; RFC 9457 (problem+json); RFC 9110 (ETag).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from .lists import Column, Listing, Parameter

VERSION = "1.0.0"
_SHAPES: Mapping[str, Mapping[str, str]] = {
    "text": {"type": "string"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "number": {"type": "integer"},
    "yesno": {"type": "boolean"},
    "address": {"type": "string", "format": "uri"},
}
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def document(lists: Iterable[Listing]) -> dict[str, Any]:
    """The description of every list in every form."""
    found = tuple(lists)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "行政执法信息公示开放接口",
            "version": VERSION,
            "description": "公示的清单，免登记、免密钥。每个清单有 JSON（分页）、JSON Lines、CSV（全部）和 RSS（最新）四种形式。",
        },
        "servers": [{"url": settings.MINGJING_PUBLIC_URL}],
        "tags": [{"name": one.id, "description": one.title} for one in found],
        "paths": {address: each for one in found for address, each in _paths(one).items()},
        "components": {
            "schemas": {_name(one): _record(one) for one in found} | {"Problem": _problem()},
            "responses": {
                "Problem": {
                    "description": "问的内容有误；说明哪里有误、怎样改正（RFC 9457）",
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
                        "text/html": {"schema": {"type": "string"}},
                    },
                }
            },
        },
    }


def _name(listing: Listing) -> str:
    return "".join(part.capitalize() for part in listing.id.split("-"))


def _paths(listing: Listing) -> dict[str, Any]:
    asked = [_parameter(one) for one in listing.parameters]
    paging = [
        _parameter(Parameter("after", "翻页标记", note="上一页答案中的 next")),
        {
            "name": "limit",
            "in": "query",
            "description": "每页条数",
            "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000},
        },
    ]
    text = {"type": "string"}
    return {
        f"{listing.path}.json": _get(listing, "json", "分页", asked + paging, "application/json", _page(listing)),
        f"{listing.path}.jsonl": _get(listing, "jsonl", "全部，每行一条", asked, "application/jsonl", text),
        f"{listing.path}.csv": _get(listing, "csv", "全部，UTF-8 带 BOM", asked, "text/csv", text),
        f"{listing.path}.rss": _get(listing, "rss", "最新 50 条", asked, "application/rss+xml", text),
    }  # fmt: skip


def _get(
    listing: Listing, form: str, said: str, parameters: list[Any], media_type: str, schema: Any
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": f"{listing.id}-{form}",
            "summary": f"{listing.title}（{form.upper()}，{said}）",
            "description": listing.about,
            "tags": [listing.id],
            "parameters": parameters,
            "responses": {
                "200": {"description": "答案", "content": {media_type: {"schema": schema}}},
                "304": {"description": "与 If-None-Match 所带的 ETag 相同，没有变化"},
                "422": _PROBLEM,
            },
        }
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    said = f"{one.title}。{one.note}" if one.note else one.title
    schema: dict[str, Any] = dict(_SHAPES[one.kind])
    if one.allowed:
        schema["enum"] = list(one.allowed)
    return {"name": one.name, "in": "query", "description": said, "schema": schema}


def _page(listing: Listing) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["columns", "items", "next"],
        "additionalProperties": False,
        "properties": {
            "columns": {
                "type": "object",
                "description": "各字段的中文名称",
                "additionalProperties": {"type": "string"},
            },
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{_name(listing)}"}},
            "next": {"type": ["string", "null"], "description": "下一页的翻页标记；到末页为空"},
        },
    }


def _record(listing: Listing) -> dict[str, Any]:
    return {
        "type": "object",
        "title": listing.title,
        "required": [column.key for column in listing.columns],
        "additionalProperties": False,
        "properties": {column.key: _column(column) for column in listing.columns},
    }


def _column(column: Column) -> dict[str, Any]:
    shape: dict[str, Any] = dict(_SHAPES[column.kind])
    if column.optional:
        shape["type"] = [shape["type"], "null"]
    return shape | {"title": column.title} | ({"description": column.note} if column.note else {})


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["title", "status", "detail", "code"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "哪里有误"},
            "code": {"type": "string"},
            "remedy": {"type": "string", "description": "怎样改正"},
        },
    }
