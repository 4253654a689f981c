"""Fixtures of the whole suite, and what property tests go by."""

import hypothesis

from tests.databases import django_db_setup, lay_tables
from tests.walls import nothing_kept, own_record_folders, walls_fall_before_rows_are_cleared

__all__ = [
    "django_db_setup",
    "lay_tables",
    "nothing_kept",
    "own_record_folders",
    "walls_fall_before_rows_are_cleared",
]

# By default an example that takes 200 ms fails, and so do ten that take long to be thought of: on a busy machine
# that says nothing about the code. With CI set, every run has the same examples (hypothesis's own profile "ci").

hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")
