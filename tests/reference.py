"""The reference pages under docs/reference, written from the codex and the code; ``--write`` renews them.

Without ``--write`` the pages on disk are compared with what would be written: a rule that changed without
its page is a failed check.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
ON = date(2026, 9, 1)  # a fixed day, so that the pages change only when the rules do
HEAD = "<!-- 由 make docs 生成，请勿手改。 -->\n\n"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or print how they differ."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.settings")
    django.setup()
    pages = {f"{name}.md": HEAD + text for name, text in _pages()}
    if "--write" in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    differing = [name for name, text in pages.items() if _differs(name, text)]
    return 1 if differing else 0


def _differs(name: str, text: str) -> bool:
    path = FOLDER / name
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if found == text:
        return False
    diff = difflib.unified_diff(
        found.splitlines(), text.splitlines(), f"docs/reference/{name}", "应为", lineterm="", n=1
    )
    print("\n".join(list(diff)[:40]))  # noqa: T201
    return True


def _pages() -> Iterable[tuple[str, str]]:
    from mingjing.law import queries as law
    from tests import reference_publicity
    from tests.reference_coverage import coverage
    from tests.reference_double import double_publicity

    yield "roles", _roles()
    yield "papers", _papers()
    yield "thresholds", _thresholds()
    yield "deadlines", _deadlines()
    yield "double-publicity", double_publicity(_table)
    yield "coverage", coverage(law.procedures(ON), _table)
    yield "publicity", reference_publicity.page(_table)
    for procedure in law.procedures(ON):
        yield f"procedure-{procedure.id}", _procedure(procedure)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "／").replace("\n", " ") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _roles() -> str:
    from mingjing.law import queries as law
    from mingjing.organs.roles import ROLES, role_title

    permissions = sorted(set().union(*(role.permissions for role in ROLES.values())))
    text = "# 岗位与权限\n\n" + _table(
        ["岗位", "说明"], [(role.title, role.about) for role in ROLES.values()]
    )
    text += "\n## 权限\n\n" + _table(
        ["权限", *(role.title for role in ROLES.values())],
        [
            (f"`{one}`", *("●" if one in role.permissions else "" for role in ROLES.values()))
            for one in permissions
        ],
    )
    for procedure in law.procedures(ON):
        text += f"\n## {procedure.title}：谁办理，谁批准\n\n" + _table(
            ["环节", "办理", "批准"],
            [
                (
                    step.title,
                    "、".join(role_title(one) for one in step.by),
                    role_title(step.approve) if step.approve else "",
                )
                for step in procedure.steps.values()
            ],
        )
    return text


def _papers() -> str:
    from mingjing.cases.papers import forms

    return "# 文书格式\n\n" + _table(
        ["编号", "名称", "文种", "对外", "必填要素", "依据"],
        [
            (
                form.code,
                form.title,
                form.wenzhong,
                "是" if form.outgoing else "",
                "、".join(field.label for field in form.fields if field.required),
                form.basis,
            )
            for form in forms.catalogue().values()
        ],
    )


def _thresholds() -> str:
    from mingjing.law import queries as law

    text = "# 各领域数额、期限和规则\n\n“来源”一栏：L 读过法条，P 读过公开页面，R 凭记忆待核，not-found 未查到（取从严值）。\n"
    for field, title in (("general", "一般规定"), *law.FIELDS.items()):
        if field == "general" and "general" in law.FIELDS:
            continue
        rows = law.profile_details(field, ON).values()
        text += f"\n## {title}\n\n" + _table(
            ["名称", "含义", "值", "依据", "来源"],
            [(f"`{one.name}`", one.title, one.value, one.basis, one.sure) for one in rows],
        )
    return text


def _deadlines() -> str:
    from mingjing.law import queries as law

    text = "# 期限一览\n"
    for procedure in law.procedures(ON):
        rows = []
        for step in procedure.steps.values():
            for duty in step.duties:
                if duty.within:
                    rows.append((duty.title, duty.within, f"{step.title}之日", duty.clock, duty.basis))
            rows += _rights(procedure, step)
        text += f"\n## {procedure.title}\n\n" + _table(["事项", "期限", "起算", "时钟", "依据"], rows)
    return text


def _rights(procedure, step) -> list[tuple[str, str, str, str, str]]:
    """The right to take a step, the time to be left free before it, and what prolongs a term."""
    names = {one.name: one.title for one in procedure.reckoned}
    names |= {field.name: field.label for _, field in procedure.fields()}
    names |= {one.stamps: f"{one.title}之日" for one in procedure.steps.values() if one.stamps}
    rows = []
    for what, rule, term in (
        ("权利", step.window, step.window and step.window.within),
        ("至少间隔", step.at_least, step.at_least and step.at_least.wait),
    ):
        if rule:
            since = names[rule.from_fact] if rule.from_fact else procedure.steps[rule.after].title
            until = f"至{names[rule.until_fact]}" if rule.until_fact else ""
            rows.append((f"{step.title}（{what}）", term or until, since, rule.clock, rule.basis))
    if step.extends:
        rows.append(
            (f"{step.title}（延长）", step.extends.by, "原期限届满", step.extends.clock, step.extends.basis)
        )
    return rows


def _procedure(procedure) -> str:
    from mingjing.cases.papers import forms

    titles = forms.catalogue()
    text = f"# {procedure.title}\n\n{procedure.summary}\n\n依据：{procedure.basis}　施行：{procedure.in_force}\n\n"
    text += _table(
        ["环节", "前提", "文书", "记录", "依据"],
        [
            (
                step.title,
                "、".join(procedure.steps[link.step].title for link in step.after),
                "、".join(titles[paper.form].title for paper in step.papers if paper.form in titles),
                {"none": "", "optional": "可选", "key": "音像", "full": "全程音像"}[step.recording],
                step.basis,
            )
            for step in procedure.steps.values()
        ],
    )
    text += "\n## 结案方式\n\n" + _table(["代码", "名称"], procedure.outcomes.items())
    return text + _guarantees(procedure)


def _guarantees(procedure) -> str:
    """What no case can escape, and what does not apply to which step, with the reason."""
    from mingjing.kernel.procedure import GUARANTEE_KINDS

    titles = {step.id: step.title for step in procedure.steps.values()}
    text = ""
    if procedure.guarantees:
        rows = [
            (one.title, titles[one.step], GUARANTEE_KINDS.get(one.kind, ""), one.basis)
            for one in procedure.guarantees
        ]
        text += "\n## 保证\n\n平台走遍本程序允许的每一种办法，证明没有一件可以绕过。\n\n"
        text += _table(["保证", "环节", "种类", "依据"], rows)
    if procedure.exemptions:
        rows = [
            (
                "、".join(titles[step] for step in one.steps),
                "、".join(GUARANTEE_KINDS[kind] for kind in one.kinds),
                one.reason,
                one.basis,
            )
            for one in procedure.exemptions
        ]
        text += "\n## 不适用的保证\n\n" + _table(["环节", "种类", "理由", "依据"], rows)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
