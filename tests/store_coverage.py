"""G15 for the store: every branch of the code that says a file is safe is taken by its own tests."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.log_coverage import coverage

CODE = (
    "mingjing/record/actions/keeping.py",
    "mingjing/record/backends.py",
    "mingjing/record/measuring.py",
    "mingjing/record/place.py",
    "mingjing/record/s3.py",
    "mingjing/record/store.py",
    "mingjing/record/verification/blobs.py",
)
TESTS = (
    "tests/record/test_bucket.py",
    "tests/record/test_destroying.py",
    "tests/record/test_durability.py",
    "tests/record/test_keeping.py",
    "tests/record/test_measuring.py",
    "tests/record/test_store.py",
)


def main() -> int:
    """Run the tests under measurement; 0 if nothing of the code was left out."""
    with tempfile.TemporaryDirectory(prefix="mingjing-coverage-") as folder:
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data"), "MINGJING_VAR": folder}
        run = ["run", "--branch", f"--include={','.join(CODE)}", "-m", "pytest", "-p", "no:xdist", *TESTS]
        code = coverage(run, environment)
        return code or coverage(["report", "--show-missing", "--fail-under=100"], environment)


if __name__ == "__main__":
    sys.exit(main())
