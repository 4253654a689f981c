"""``make check``: every check that is not a test, run to the end and counted.

Runs all of them even if one fails, so that a contributor sees the whole list at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.run import surroundings

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
    """Run every check, as many at once as there are cores; the exit code is 1 if any failed."""
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as together:
        for (title, _), done in zip(CHECKS, together.map(run, CHECKS), strict=True):
            tell(f"{'通过' if done.returncode == 0 else '未通过'}  {title}")
            if done.returncode:
                failed += 1
                tell((done.stdout + done.stderr).strip())
    tell(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run(check: tuple[str, list[str]]) -> subprocess.CompletedProcess[str]:
    """One check, with a var folder of its own."""
    _, (program, *arguments) = check
    with tempfile.TemporaryDirectory(prefix="mingjing-check-") as var:
        return subprocess.run(
            [str(BIN / program), *arguments],
            cwd=ROOT,
            env=surroundings({"MINGJING_VAR": var, "DJANGO_SETTINGS_MODULE": "mingjing.settings"}),
            capture_output=True,
            text=True,
            check=False,
        )


def tell(text: str) -> None:
    """Print a line at once, so that a long check shows where it is."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
