"""Public pages are the same for everybody: rendered once in a while, confirmed by ETag in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from mingjing.web.ui.large import enlarged

View = Callable[..., HttpResponse]

# Short, so that a withdrawn decision is gone at once for every practical purpose.
KEPT_SECONDS = 5


def public_page(view: View) -> View:
    """A page without cookie or sign-in: kept for a moment, revalidated by everybody on each visit.

    A visit within that moment, conditional or not, costs no query. Only complete answers are kept.
    """

    # Safe to compress: nothing on a public page is secret or belongs to one reader.
    @gzip_page
    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        large = getattr(request, "large", False)
        key = "page:" + hashlib.sha256(f"{large}{request.get_full_path()}".encode()).hexdigest()
        kept = cache.get(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming:
                return response
            enlarged(request, response)
            etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            kept = (response.content, response["Content-Type"], etag)
            cache.set(key, kept, KEPT_SECONDS)
        content, content_type, etag = kept
        fresh = HttpResponse(content, content_type=content_type)
        fresh["Cache-Control"] = "public, no-cache"
        fresh["ETag"] = etag
        fresh.enlarged = True  # type: ignore[attr-defined]
        answer = get_conditional_response(request, etag=etag, response=fresh)
        assert answer is not None
        return answer

    return shown
