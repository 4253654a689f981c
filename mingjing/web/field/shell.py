"""The installable shell: manifest, service worker, and the files that make up one version of the app."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# What the field pages are made of beside their own folder of scripts.
SHARED = (
    "tokens.css",
    "mj.css",
    "print.css",
    "first.js",
    "mj.js",
    "upload.js",
    "conditions.js",
    "signature.js",
    "mark.svg",
)
FOLDER = "field"
TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Every file of the shell by its name under the static address."""
    root = Path(str(finders.find(FOLDER)))
    own = [
        f"{FOLDER}/{path.relative_to(root).as_posix()}" for path in sorted(root.rglob("*")) if path.is_file()
    ]
    return {name: Path(str(finders.find(name))) for name in (*SHARED, *own)}


def _digest() -> str:
    found = hashlib.sha256()
    for path in (*_files().values(), *sorted(TEMPLATES.rglob("*.*"))):
        found.update(path.name.encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


_kept = lru_cache(maxsize=1)(_digest)


def version() -> str:
    """A digest of all that the shell is made of: another version is another set of files, never a mixture."""
    return _digest() if settings.DEBUG else _kept()


@require_safe
@never_cache
def service_worker(request: Any) -> HttpResponse:
    """The worker that keeps the shell and the day's pages on the device. It MUST be asked for anew each time."""
    context = {"version": version(), "files": [static(name) for name in _files()]}
    return render(request, "field/sw.js", context, content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: Any) -> JsonResponse:
    """What a phone needs to install the app. Source: W3C Web Application Manifest."""
    icons = [
        {"src": static(f"field/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    maskable = {**icons[-1], "src": static("field/icon-mask-512.png"), "purpose": "maskable"}
    body = {
        "id": "/field/",
        "name": "明镜 · 现场执法",
        "short_name": "现场执法",
        "lang": "zh-CN",
        "start_url": "/field/",
        "scope": "/field/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#0b2a52",
        "icons": [*icons, maskable],
        "shortcuts": [
            {"name": "当场处罚", "url": "/field/penalty"},
            {"name": "出示证件", "url": "/field/certificate"},
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
def offline(request: Any) -> HttpResponse:
    """What is shown for a page that the device has not kept, while there is no network."""
    return render(request, "field/offline.html", {"shell": version(), "officer": None})
