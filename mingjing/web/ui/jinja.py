"""The Jinja2 environment of all doors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from mingjing.organs.roles import role_title

from . import conditions, english, flash, forms, wording


def environment(**options: Any) -> Environment:
    """The environment with our filters and globals; a name that a view forgot is an error, not a blank."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(**{**options, "autoescape": True})  # noqa: S701 - it is switched on here
    env.globals.update(
        static=static,
        url=_url,
        demo=settings.MINGJING_DEMO,
        site_address=settings.MINGJING_PUBLIC_URL,
        flashes=flash.take,
        law_refs=wording.law_refs,
        input_name=forms.input_name,
        input_id=forms.input_id,
        shown_value=forms.shown_value,
        condition_json=conditions.as_json,
        **english.GLOBALS,
    )
    env.filters.update(
        on=wording.on,
        at=wording.at,
        long_date=wording.long_date,
        weekday=wording.weekday,
        money=wording.money,
        counted=wording.counted,
        size=wording.size,
        span=wording.span,
        act=wording.act_title,
        field_title=wording.field_title,
        recording=wording.recording_title,
        role=role_title,
    )
    return env


@lru_cache(maxsize=20_000)
def _url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page; kept, because a page of ours writes the same dozens of addresses every time."""
    return reverse(name, args=args, kwargs=kwargs)
