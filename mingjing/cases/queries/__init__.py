"""Reading matters: lists, the case page, papers and payments. Values out, never rows that can be saved."""

from .finding import (
    case_for,
    case_id_of,
    case_work,
    evidence_for,
    paper_by_code,
    paper_for,
    papers_by_hash,
    submission_case,
)
from .lists import (
    CaseFilters,
    CaseRow,
    DoneRow,
    TodoCounts,
    TodoFilters,
    TodoRow,
    case_list,
    done,
    todo,
    todo_counts,
)
from .page import ActionView, CasePage, EventView, FactLine, ObligationView, PaperView, case_page, step_view

__all__ = [
    "ActionView",
    "CaseFilters",
    "CasePage",
    "CaseRow",
    "DoneRow",
    "EventView",
    "FactLine",
    "ObligationView",
    "PaperView",
    "TodoCounts",
    "TodoFilters",
    "TodoRow",
    "case_for",
    "case_id_of",
    "case_list",
    "case_page",
    "case_work",
    "done",
    "evidence_for",
    "paper_by_code",
    "paper_for",
    "papers_by_hash",
    "step_view",
    "submission_case",
    "todo",
    "todo_counts",
]
