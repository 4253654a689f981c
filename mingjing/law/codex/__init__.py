"""法典化资料: the jurists' files of this room (statutes, powers, benchmarks, profiles), read and checked."""

from mingjing.law.codex.checks import problems
from mingjing.law.codex.files import Problem

__all__ = ["Problem", "problems"]
