"""G15: mutation score of the log's own code — ``python -m bench.mutation [module …]``, by hand, many minutes.

Needs mutmut: ``.venv/bin/pip install mutmut`` (the extra ``mutation``).

mutmut changes one operator, constant or call at a time and asks whether any test notices. The code is
copied with its own tests into a folder of its own: the log's without Django and without the rest of the
platform, the store's with the room ``record`` alone. A run sees what ``tests.log_coverage`` and
``tests.store_coverage`` measure. Survivors are listed with their change; the goal is 90 %.
Mutants that only reword a message (letters doubled or in another case) count neither way.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests import store_coverage
from tests.log_coverage import CODE, ROOT, TESTS

GOAL = 0.90
BESIDE = ("mingjing/__init__.py", "mingjing/kernel/__init__.py", "mingjing/kernel/refused.py",
          "mingjing/record/__init__.py", "mingjing/record/verifier/__init__.py", "tests/__init__.py",
          "tests/record/__init__.py", "tests/record/asking.py", "tests/record/bundles.py")  # fmt: skip
# Which tests judge which code: mutmut would find out, but a small choice makes a run several times faster.
JUDGES = {
    "canonical": (
        "tests/kernel/test_canonical.py",
        "tests/kernel/test_log_vectors.py",
        "tests/kernel/test_log_refusals.py",
    ),
    "checkpoint": (
        "tests/kernel/test_checkpoint.py",
        "tests/kernel/test_log_vectors.py",
        "tests/kernel/test_log_refusals.py",
    ),
    "merkle": ("tests/kernel/test_merkle.py", "tests/kernel/test_log_vectors.py"),
    "note": (
        "tests/kernel/test_checkpoint.py",
        "tests/kernel/test_log_vectors.py",
        "tests/kernel/test_log_refusals.py",
    ),
    "policy": ("tests/kernel/test_policy.py",),
    "tiles": ("tests/kernel/test_merkle.py", "tests/kernel/test_log_vectors.py"),
    # One test runs the verifier with the standard library alone, where there is no mutmut.
    "mingjing_verify": (
        "tests/record/test_verifier.py",
        "tests/record/test_verifier_growth.py",
        "tests/record/test_verifier_policies.py",
        "--deselect=tests/record/test_verifier.py::test_the_verifier_runs_alone_and_needs_nothing",
    ),
}
# ``place`` says what a place for files must be able to do and does nothing itself.
STORE = {Path(path).stem: path for path in store_coverage.CODE if not path.endswith("/place.py")}
# What the store's code and tests need beside themselves.
WITH_STORE = ("mingjing/__init__.py", "mingjing/settings.py", "mingjing/sql.py", "mingjing/sql", "mingjing/kernel",
              "mingjing/record", "tests/__init__.py", "tests/walls.py", "tests/record", "bench/__init__.py",
              "bench/record_only.py")  # fmt: skip
SETTINGS = """[tool.pytest.ini_options]
addopts = "-q -x -p no:cacheprovider {django} -p no:randomly -p no:xdist"
pythonpath = ["."]
[tool.mutmut]
source_paths = ["mingjing"]
only_mutate = ["{code}"]
also_copy = ["tests", "bench"]
pytest_add_cli_args_test_selection = {tests}
"""
# Few examples and the same ones in every run: a mutant that lives is then one for want of a test, not of luck.
PROFILE = """
import pytest
from mingjing.kernel import note
from hypothesis import settings, HealthCheck
settings.register_profile("mutation", max_examples=25, derandomize=True, deadline=None, database=None,
                          suppress_health_check=list(HealthCheck))
settings.load_profile("mutation")

# What was kept before the code was changed must not answer for it.
@pytest.fixture(autouse=True)
def nothing_is_kept():
    note.is_sound_public_key.cache_clear()
"""


def main() -> int:
    """Mutate the modules named, or all; the exit code is 1 below the goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutation")
    parser.add_argument("modules", nargs="*", choices=[[], *JUDGES, *STORE], help="只测这些模块")
    parser.add_argument("--keep", type=Path, help="在这个文件夹里进行并保留")
    wanted = parser.parse_args()
    total: Counter[str] = Counter()
    for module in wanted.modules or (*JUDGES, *STORE):
        with tempfile.TemporaryDirectory(prefix="mingjing-mutation-") as name:
            folder = (wanted.keep or Path(name)) / module
            total += mutate(module, folder)
    return 0 if tell("合计", total) >= GOAL else 1


def mutate(module: str, folder: Path) -> Counter[str]:
    """The fates of the mutants of one module, and its survivors on the terminal."""
    shutil.rmtree(folder, ignore_errors=True)
    if module in STORE:
        code, tests, django = STORE[module], list(store_coverage.TESTS), "--ds bench.record_only"
        copied = {path for path in WITH_STORE if (ROOT / path).exists()}
    else:
        code, tests, django = (
            next(path for path in CODE if Path(path).stem == module),
            list(JUDGES[module]),
            "-p no:django",
        )
        copied = {*CODE, *BESIDE, *TESTS}
    for path in copied:
        copy(ROOT / path, folder / path)
    for room in ("bench", "early"):
        (folder / room).mkdir(exist_ok=True)
    for room in ("bench", "mingjing"):
        (folder / "early" / room).symlink_to(folder / "mutants" / room)
    (folder / "tests" / "conftest.py").write_text(PROFILE)
    (folder / "pyproject.toml").write_text(SETTINGS.format(code=code, tests=tests, django=django))
    mutmut(folder, "run", "--max-children", str(os.cpu_count() or 1))
    fates = re.findall(r"^\s+(\S+): (.+)$", mutmut(folder, "results", "--all", "true"), re.MULTILINE)
    count = Counter(fate for _, fate in fates)
    for mutant, fate in fates:
        if fate in ("survived", "no tests"):
            shown = mutmut(folder, "show", mutant).splitlines()[3:]
            if is_wording(shown):
                count[fate] -= 1
                count["wording"] += 1
            else:
                print("\n".join(shown))
    tell(module, count)
    return count


def copy(source: Path, target: Path) -> None:
    """A file or a folder, where it stands in the project."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def is_wording(diff: list[str]) -> bool:
    """Whether a mutant only rewords a message for people, which may be worded in many ways."""
    before, after = ([line[1:] for line in diff if line.startswith(sign)] for sign in "-+")
    texts = [" ".join(lines).replace("XX", "").casefold() for lines in (before, after)]
    return texts[0] == texts[1] and (not texts[0].isascii() or "error(" in texts[0])


def mutmut(folder: Path, *arguments: str) -> str:
    """Run mutmut in the folder; what it printed."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    # pytest-django looks for the settings before pytest reads its own paths, and mutmut takes the folder of
    # mutants off the path; the mutants are therefore to be found by another name of the same folders.
    environment = {**os.environ, "PYTHONPATH": str(folder / "early"), "MINGJING_VAR": str(folder / "var")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and arguments[0] == "run" and "mutations/second" not in done.stdout:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def tell(name: str, count: Counter[str]) -> float:
    """One line for a module; the score: mutants found, out of those that were tried."""
    found = count["killed"] + count["timeout"] + count["suspicious"] + count["segfault"]
    score = found / max(1, sum(count.values()) - count["skipped"] - count["wording"])
    print(f"{name}: {score:.1%}（{dict(count)}）", flush=True)
    return score


if __name__ == "__main__":
    sys.exit(main())
