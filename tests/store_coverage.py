"""G15 for the store: every branch of the code that says a file is safe is taken by its own tests."""

from __future__ import annotations

import sys

from tests.log_coverage import whole

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


if __name__ == "__main__":
    sys.exit(whole(CODE, TESTS))
