"""What becomes of the matters of the demo city: every stage, every kind of desk has some, some late, some due soon.

A plan says how long ago a matter was opened, what was out of the ordinary, and what was done last; the days
are counted back from the day on which the city is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Days = tuple[int, int]  # at least and at most so many days ago
SPOT, ORDINARY = "penalty-summary", "penalty-ordinary"

# Taken only in matters whose plan names them.
SPECIAL = frozenset(
    {
        "decline_filing", "transfer_out", "preserve_evidence", "testing_commission", "correction_order",
        "correction_check", "suspend", "recusal_request", "handling_notice", "statement", "statement_recheck",
        "hearing_request", "resubmit", "remedy_outcome", "withdraw_publication",
    }
)  # fmt: skip
_HEARD = ("hearing_request",)
_SPOKEN = ("statement", "statement_recheck")
_CORRECTED = ("correction_order", "correction_check")


@dataclass(frozen=True)
class Plan:
    """One fate. ``held`` delays single steps until so many days ago; ``stop`` is the last step taken.

    ``pending``: the last step was submitted and waits for its approver. ``size``: which fines are asked.
    ``grows``: the procedure of a matter that is opened out of this one after its last step.
    ``field``: the only field in which such a matter occurs.
    """

    opened: Days
    stop: str = ""
    held: dict[str, Days] = field(default_factory=dict)
    pending: bool = False
    special: tuple[str, ...] = ()
    size: Literal["any", "minor", "major"] = "any"
    proposal: str = "penalize"
    problems: bool = False
    grows: str = ""
    field: str = ""
    procedure: str = ORDINARY


def _at(step: str, least: int, most: int, *, opened: Days, **more: Any) -> Plan:
    """A matter whose last step is ``step``, taken between ``least`` and ``most`` days ago."""
    return Plan(opened, step, {step: (least, most)}, **more)


LIVE = (
    # leads and filing
    _at("register", 0, 3, opened=(0, 3)),
    _at("register", 1, 9, opened=(1, 9)),
    _at("register", 3, 14, opened=(3, 14)),
    _at("file", 0, 2, opened=(3, 8), pending=True),
    _at("file", 1, 4, opened=(5, 9), pending=True),
    # investigation: young, nearly out of time, out of time (行政处罚法/60: ninety days from filing)
    _at("interview", 2, 12, opened=(14, 40)),
    _at("evidence_extract", 3, 20, opened=(30, 60)),
    Plan((94, 99), "evidence_extract", {"file": (88, 91)}),
    Plan((101, 140), "evidence_extract", {"file": (92, 108)}),
    _at("correction_order", 4, 12, opened=(18, 40), special=_CORRECTED),
    _at("preserve_evidence", 4, 9, opened=(14, 30), special=("preserve_evidence",)),
    _at("preserve_evidence", 9, 13, opened=(18, 30), special=("preserve_evidence",)),
    _at("testing_commission", 5, 20, opened=(26, 60), special=("testing_commission",)),
    _at("evidence_extract", 0, 4, opened=(14, 30), grows="transfer-crime"),
    _at("recusal_request", 0, 4, opened=(12, 30), special=("recusal_request",)),
    _at("handling_notice", 2, 9, opened=(6, 14), special=("handling_notice",), field="traffic"),
    _at("suspend", 8, 40, opened=(60, 90), special=("suspend",)),
    # review: waiting, sent back, back again
    _at("conclude", 0, 6, opened=(25, 55), size="major"),
    _at("legal_review", 1, 6, opened=(30, 60), size="major", special=("resubmit",), problems=True),
    _at("resubmit", 0, 4, opened=(35, 60), size="major", special=("resubmit",), problems=True),
    # notice, statements, hearing
    _at("conclude", 0, 5, opened=(20, 50), size="minor"),
    _at("advance_notice", 0, 2, opened=(22, 50), size="minor", pending=True),
    _at("advance_notice", 0, 4, opened=(24, 50), size="minor"),
    _at("serve_notice", 0, 5, opened=(26, 55), size="minor"),
    _at("statement", 0, 4, opened=(28, 60), size="minor", special=_SPOKEN),
    _at("hearing_request", 0, 4, opened=(30, 60), size="major", special=_HEARD),
    _at("hearing_notice", 1, 9, opened=(35, 70), size="major", special=_HEARD),
    # decision: to be discussed, ready, ready and nearly late
    _at("serve_notice", 9, 14, opened=(40, 75), size="major"),
    _at("serve_notice", 9, 14, opened=(30, 60), size="minor"),
    Plan((94, 99), "serve_notice", {"file": (86, 90)}, size="minor"),
    # after the decision
    _at("decide", 1, 9, opened=(40, 80), size="minor"),
    _at("decide", 9, 14, opened=(40, 80), size="minor"),
    _at("serve_decision", 4, 13, opened=(45, 85), size="minor"),
    _at("serve_decision", 2, 8, opened=(40, 85), size="minor", special=(*_SPOKEN, *_CORRECTED)),
    _at("publish", 10, 19, opened=(55, 95), size="minor"),
    _at("close", 0, 3, opened=(60, 100), size="minor", pending=True),
    _at("close", 1, 7, opened=(60, 100), size="minor"),
)  # fmt: skip

ENDED = (
    Plan((70, 150), size="minor"),
    Plan((80, 150), size="minor", special=(*_SPOKEN, *_CORRECTED)),
    Plan((90, 150), size="major"),
    Plan((60, 150), proposal="no_penalty"),
    Plan((60, 150), proposal="not_proven"),
    Plan((10, 140), special=("decline_filing",)),
    Plan((10, 140), special=("decline_filing",)),
    Plan((20, 140), special=("transfer_out",)),
    # overturned: taken off the site, and to be taken off
    Plan((100, 150), size="minor", special=("remedy_outcome", "withdraw_publication")),
    Plan(
        (100, 150), "remedy_outcome", {"remedy_outcome": (0, 1)},
        size="minor", special=("remedy_outcome",),
    ),
)  # fmt: skip

ON_THE_SPOT = (
    Plan((20, 150), procedure=SPOT),
    Plan((20, 150), procedure=SPOT),
    Plan((3, 90), procedure=SPOT),
    _at("spot_decision", 0, 3, opened=(0, 3), procedure=SPOT),
    _at("report_to_organ", 3, 11, opened=(3, 11), procedure=SPOT),
    _at("publish", 4, 16, opened=(10, 18), procedure=SPOT),
    _at("close", 0, 3, opened=(15, 30), pending=True, procedure=SPOT),
)

PLANS = (*LIVE, *ENDED, *ON_THE_SPOT, *ON_THE_SPOT, *ON_THE_SPOT)
