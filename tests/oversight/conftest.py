"""Every test here may work with the office."""

from tests.office_fixtures import office

__all__ = ["office"]
