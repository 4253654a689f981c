"""委托代理: which roles an officer may have another act in, and why the others are for the person alone."""

from __future__ import annotations

from mingjing.kernel.refused import Refused

from .roles import role_title

# Longer absences are for a new appointment.
MOST_DAYS = 180
# Roles that hang on the person: a certificate, a legal qualification, not having investigated; with the article.
IN_PERSON: dict[str, tuple[str, str, str]] = {
    "handler": (
        "调查取证由持证的承办人本人进行",
        "行政处罚法/42; 行政处罚法/55",
        "请移交案件，或者增加办案人员。",
    ),
    "reviewer": ("法制审核由具备资格的审核人员本人进行", "行政处罚法/58(2)", "请由其他审核人员审核。"),
    "hearing_host": ("听证由指定的主持人本人主持", "行政处罚法/64(4)", "请另行指定主持人。"),
    "drawer": ("随机抽取由抽取员本人进行", "行政处罚法/42", "请由其他抽取员进行。"),
    "supervisor": ("执法监督由监督员本人进行", "行政处罚法/75", "请由其他监督员办理。"),
    "manager": ("系统管理由管理员本人进行", "", "请另行任命系统管理员。"),
}


def why_not_lend(role: str) -> Refused | None:
    """Why nobody may act in this role for another, or None."""
    found = IN_PERSON.get(role)
    if found is None:
        return None
    why, basis, remedy = found
    return Refused(
        "in-person",
        f"“{role_title(role)}”不能委托代理：{why}。",
        basis=basis or None,
        remedy=remedy,
    )
