"""G15: every branch of the log's own code is taken by its own tests, in well under a minute.

The code that decides whether a proof holds is small and must be exercised whole: hashes, tiles, notes, heads,
policies, canonical bytes, and the verifier that strangers run. ``make check`` calls this; it prints what is
missing and fails below 100 % of statements and branches.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = (
    "mingjing/kernel/canonical.py",
    "mingjing/kernel/checkpoint.py",
    "mingjing/kernel/merkle.py",
    "mingjing/kernel/note.py",
    "mingjing/kernel/policy.py",
    "mingjing/kernel/tiles.py",
    "mingjing/record/verifier/mingjing_verify.py",
)
TESTS = (
    "tests/kernel/test_canonical.py",
    "tests/kernel/test_checkpoint.py",
    "tests/kernel/test_merkle.py",
    "tests/kernel/test_policy.py",
    "tests/kernel/test_log_refusals.py",
    "tests/kernel/test_log_vectors.py",
    "tests/record/test_verifier.py",
    "tests/record/test_verifier_growth.py",
    "tests/record/test_verifier_policies.py",
)


def whole(code: Sequence[str], tests: Sequence[str]) -> int:
    """Run the tests under measurement; 0 if they pass and nothing of the code was left out."""
    with tempfile.TemporaryDirectory(prefix="mingjing-coverage-") as folder:
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data"), "MINGJING_VAR": folder}
        run = ["run", "--branch", f"--include={','.join(code)}", "-m", "pytest", "-p", "no:xdist", *tests]
        return coverage(run, environment) or coverage(
            ["report", "--show-missing", "--fail-under=100"], environment
        )


def coverage(arguments: list[str], environment: dict[str, str]) -> int:
    """One run of coverage.py; the exit code."""
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(whole(CODE, TESTS))
