"""Reading matters: lists, the case page, papers and payments. Values out, never rows that can be saved."""

from .approvals import ApprovalRow, approvals
from .ended import lasting_checks
from .evidence import EvidencePage, EvidenceRoom, Piece, evidence_page, evidence_room, shape_of
from .field import BlockRow, number_blocks, version_after
from .filming import FilmedCase, FilmedStep, TakenStep, my_filmed_cases, taken_steps
from .finding import (
    case_for,
    case_id_of,
    case_work,
    entry_of_case,
    evidence_for,
    open_slip,
    paper_by_code,
    paper_for,
    papers_by_hash,
    submission_case,
    work_of,
)
from .going_back import back_plan
from .growing import Origin, carried, may_grow, origin_for
from .lists import (
    COUNTED,
    CaseFilters,
    CaseRow,
    DoneRow,
    OrganFigures,
    TodoCounts,
    TodoFilters,
    TodoRow,
    by_organ,
    case_list,
    done,
    open_count,
    todo,
    todo_counts,
)
from .meeting import (
    ExceptionCount,
    Meetings,
    card_scans,
    excepted,
    exception_counts,
    meetings,
    unacknowledged,
    unshown,
)
from .merging import LeadingRow, may_lead
from .migrating import MigrationRow, migration_rows
from .money import SlipRow, slips
from .notices import NoticeRow, notices
from .objects import ActOfObject, MatterOfObject, ObjectPage, object_page
from .page import case_page, returned_facts, step_view
from .previewing import draft, preview
from .sharing import ShareView, shares_of, shares_to_answer
from .similar import Similar, SimilarCase, similar
from .since import since_last
from .telling import fact_lines, in_words
from .views import ActionView, CasePage, CheckLine, EventView, FactLine, ObligationView, PaperView
from .watching import PAGE as WATCHED
from .watching import (
    Coverage,
    WatchedRow,
    excuses,
    late_entries,
    late_recordings,
    recording_coverage,
    unrecorded,
)

__all__ = [
    "COUNTED",
    "WATCHED",
    "ActOfObject",
    "ActionView",
    "ApprovalRow",
    "BlockRow",
    "CaseFilters",
    "CasePage",
    "CaseRow",
    "CheckLine",
    "Coverage",
    "DoneRow",
    "EventView",
    "EvidencePage",
    "EvidenceRoom",
    "ExceptionCount",
    "FactLine",
    "FilmedCase",
    "FilmedStep",
    "LeadingRow",
    "MatterOfObject",
    "Meetings",
    "MigrationRow",
    "NoticeRow",
    "ObjectPage",
    "ObligationView",
    "OrganFigures",
    "Origin",
    "PaperView",
    "Piece",
    "ShareView",
    "Similar",
    "SimilarCase",
    "SlipRow",
    "TakenStep",
    "TodoCounts",
    "TodoFilters",
    "TodoRow",
    "WatchedRow",
    "approvals",
    "back_plan",
    "by_organ",
    "card_scans",
    "carried",
    "case_for",
    "case_id_of",
    "case_list",
    "case_page",
    "case_work",
    "done",
    "draft",
    "entry_of_case",
    "evidence_for",
    "evidence_page",
    "evidence_room",
    "excepted",
    "exception_counts",
    "excuses",
    "fact_lines",
    "in_words",
    "lasting_checks",
    "late_entries",
    "late_recordings",
    "may_grow",
    "may_lead",
    "meetings",
    "migration_rows",
    "my_filmed_cases",
    "notices",
    "number_blocks",
    "object_page",
    "open_count",
    "open_slip",
    "origin_for",
    "paper_by_code",
    "paper_for",
    "papers_by_hash",
    "preview",
    "recording_coverage",
    "returned_facts",
    "shape_of",
    "shares_of",
    "shares_to_answer",
    "similar",
    "since_last",
    "slips",
    "step_view",
    "submission_case",
    "taken_steps",
    "todo",
    "todo_counts",
    "unacknowledged",
    "unrecorded",
    "unshown",
    "version_after",
    "work_of",
]
