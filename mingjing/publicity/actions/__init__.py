"""What is done to what the public sees: decisions put before it and taken off again."""

from .publishing import SHOWN, WITHDRAWN, decision_of, publish, withdraw

__all__ = ["SHOWN", "WITHDRAWN", "decision_of", "publish", "withdraw"]
