"""Every template compiles, and none needs what the content security policy forbids."""

from __future__ import annotations

import re
import sys

import django
from django.template import engines

# A page for saving is a download, never shown from here: it must carry its script, as it has nothing beside it.
SAVED = {"public/verify_offline.html": "内联脚本"}

# Inline handlers and styles would be refused by the browser under our policy; foreign addresses by our promise.
FORBIDDEN = (
    (re.compile(r"\son[a-z]+\s*=", re.I), "内联事件处理"),
    (re.compile(r"\sstyle\s*=", re.I), "内联样式"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I), "内联脚本"),
    (re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.I), "外部地址"),
)


def main() -> int:
    """Compile and read all templates; print what is wrong."""
    django.setup()
    environment = engines["jinja2"].env
    faults = []
    for name in sorted(environment.list_templates(extensions=["html", "svg", "txt", "xml"])):
        environment.get_template(name)
        source, _, _ = environment.loader.get_source(environment, name)
        for number, line in enumerate(source.splitlines(), 1):
            faults += [
                f"{name}:{number} {what}：{line.strip()}"
                for rule, what in FORBIDDEN
                if rule.search(line) and SAVED.get(name) != what
            ]
    for fault in faults:
        print(fault)  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
