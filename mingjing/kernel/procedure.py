"""Procedures of the codex: read a file with ``load`` or its data with ``read``, examine it with ``problems``.

A procedure is a timed DCR graph (Hildebrandt and Mukkamala 2010): it says what the rules are, not one path
through them. ``read`` finds faults of writing, ``problems`` explores every way a case can go.
"""

from mingjing.kernel.explore import broken_guarantees, problems
from mingjing.kernel.guarantees import KINDS as GUARANTEE_KINDS
from mingjing.kernel.guarantees import Exemption, Guarantee
from mingjing.kernel.procedure_assembly import collected, read_collected
from mingjing.kernel.procedure_parts import (
    AtLeast,
    Derived,
    DutyRule,
    Extends,
    Field,
    Lane,
    Link,
    MatterRule,
    PaperRule,
    Procedure,
    ProcedureErrors,
    Stage,
    Step,
    WindowRule,
    Yearly,
)
from mingjing.kernel.procedure_reading import PARTS, load, read
from mingjing.kernel.procedure_references import named_terms
from mingjing.kernel.tables import Problem

__all__ = [
    "GUARANTEE_KINDS",
    "PARTS",
    "AtLeast",
    "Derived",
    "DutyRule",
    "Exemption",
    "Extends",
    "Field",
    "Guarantee",
    "Lane",
    "Link",
    "MatterRule",
    "PaperRule",
    "Problem",
    "Procedure",
    "ProcedureErrors",
    "Stage",
    "Step",
    "WindowRule",
    "Yearly",
    "broken_guarantees",
    "collected",
    "load",
    "named_terms",
    "problems",
    "read",
    "read_collected",
]
