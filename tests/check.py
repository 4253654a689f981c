"""``make check``: every check that is not a test, run to the end and counted.

Runs all of them even if one fails, so that a contributor sees the whole list at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("代码风格", ["ruff", "check", "."]),
    ("排版", ["ruff", "format", "--check", "."]),
    ("类型（内核严格）", ["mypy", "mingjing"]),
    ("房间次序", ["lint-imports", "--config", "importlinter.ini"]),
    ("页面模板", ["python", "-m", "tests.check_templates"]),
    ("法典", ["mingjing", "codex", "check"]),
    ("参考页与代码一致", ["python", "-m", "tests.reference"]),
    ("文书样张是现在的格式", ["python", "-m", "tests.paper_sheets"]),
    ("日志代码的分支都测到", ["python", "-m", "tests.log_coverage"]),
    ("文件库的每个分支都有测试", ["python", "-m", "tests.store_coverage"]),
    ("没有遗漏的迁移", ["python", "-m", "django", "makemigrations", "--check", "--dry-run"]),
)


def main() -> int:
    """Run every check; the exit code is 1 if any failed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="mingjing-check-") as var:
        environment = {**os.environ, "MINGJING_VAR": var, "DJANGO_SETTINGS_MODULE": "mingjing.settings"}
        for title, command in CHECKS:
            done = subprocess.run(
                [str(BIN / command[0]), *command[1:]],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            tell(f"{'通过' if done.returncode == 0 else '未通过'}  {title}")
            if done.returncode:
                failed.append(title)
                tell((done.stdout + done.stderr).strip())
    tell(f"{len(CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def tell(text: str) -> None:
    """Print a line at once, so that a long check shows where it is."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
