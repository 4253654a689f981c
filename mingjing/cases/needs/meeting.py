"""Conditions of meeting people: certificates shown or a reason why not, the code of an inspection scanned."""

from __future__ import annotations

import re

from mingjing.kernel import conduct
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .situation import Situation, need

SCHEME = "达州三项制度方案/3"
# What the law itself says, by act, where it leaves no way round showing the certificate.
STRICT = {"coercion": "行政强制法/18", "penalty": "行政处罚法/55(1)", "inspection": "行政处罚法/55(1)"}


@need
def identity_shown(situation: Situation) -> Refused | None:
    """Nobody acts upon people without showing who he is, unless an exception holds and its reason is given.

    Before the form is filled in there is nothing to judge: the form itself asks. 行政处罚法 art. 55 (1); 行政强制法
    art. 18 (3); 达州三项制度方案 3.
    """
    identity = situation.rule.identity
    shown = situation.facts.get(conduct.SHOWN)
    if identity is None or identity.level == "told" or shown in (None, True, "yes"):
        return None
    if identity.level == "always" or shown is False:
        return Refused(
            "identity-not-shown",
            f"没有出示执法证件，不得办理“{situation.rule.title}”；法律没有规定例外。",
            basis=STRICT.get(situation.act, SCHEME),
            remedy="请先向当事人或者有关人员出示执法证件。",
        )
    return _excepted(situation)


def _excepted(situation: Situation) -> Refused | None:
    """Why the exception that the form names does not stand in for showing the certificate; None where it does."""
    code, reason = (str(situation.facts.get(key) or "") for key in (conduct.EXCEPTION, conduct.REASON))
    allowed = {one.code: one for one in law.exceptions_of(situation.act)}
    if code not in allowed:
        listed = "、".join(one.title for one in allowed.values()) or "没有"
        return Refused(
            "no-exception",
            f"没有出示执法证件，也没有可以不出示的情形，不得办理“{situation.rule.title}”。",
            basis=SCHEME,
            remedy=f"请出示执法证件；本类行为可以选择的情形：{listed}。",
        )
    if not reason.strip():
        return Refused(
            "exception-without-reason",
            f"“{allowed[code].title}”没有写明理由。",
            basis=allowed[code].basis,
            remedy=allowed[code].help,
        )
    return None


@need
def inspection_code_scanned(situation: Situation) -> Refused | None:
    """An enterprise is inspected once a code was scanned, or it is said why none could be. 国办发〔2024〕54号.

    Which codes, of whom they are asked and what they look like is data of the place (``codex/conduct/codes.toml``).
    """
    rule = law.conduct().inspection_code
    kind, code = (str(situation.facts.get(key) or "") for key in ("scan_kind", "scan_code"))
    if not rule.required or not kind or situation.facts.get("party_kind") not in rule.party_kinds:
        return None
    if kind == "impossible":
        if str(situation.facts.get("scan_reason") or "").strip():
            return None
        return Refused(
            "code-not-scanned",
            "进入企业检查没有扫检查码，也没有写明为什么不能扫。",
            basis=rule.basis,
            remedy="请扫企业码、任务码或者亮人员码；没有条件的，写明原因。",
        )
    pattern = rule.patterns.get(kind)
    if pattern and not re.fullmatch(pattern, code.strip()):
        return Refused(
            "bad-inspection-code",
            f"“{code}”不是这一种检查码的样子。",
            basis=rule.basis,
            remedy="请重新扫码；扫不出的，选“没有条件扫码”并写明原因。",
        )
    return None
