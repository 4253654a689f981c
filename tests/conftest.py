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

# By default an example that takes 200 ms fails: on a busy machine that says nothing about the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
