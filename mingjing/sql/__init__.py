"""How the rooms speak to the database where it is asked most: statements written once, rows within rows."""

from .kept import KEPT, Asked, Kept
from .nested import Rows
from .pairs import paired
from .writing import insert, insert_many, update

__all__ = ["KEPT", "Asked", "Kept", "Rows", "insert", "insert_many", "paired", "update"]
