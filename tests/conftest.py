"""Fixtures of the whole suite."""

from tests.walls import own_record_folders, walls_fall_before_rows_are_cleared

__all__ = ["own_record_folders", "walls_fall_before_rows_are_cleared"]
