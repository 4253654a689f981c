"""A procedure as sentences a lawyer can read: one paragraph for each step, with terms, conditions and articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mingjing.kernel.conditions import Condition
from mingjing.kernel.procedure import Link, Procedure, Step
from mingjing.organs.roles import role_title

from .conditions import Vocabulary, in_words
from .terms import term, terms_of


def paragraphs(procedure: Procedure, paper_titles: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Each step's title with its sentences, in file order."""
    speaker = _Speaker(procedure, paper_titles)
    return [(step.title, list(speaker.sentences(step))) for step in procedure.steps.values()]


def as_text(procedure: Procedure, paper_titles: Mapping[str, str]) -> list[str]:
    """The whole procedure as lines of plain text."""
    lines = [
        procedure.title,
        f"依据：{procedure.basis}。自 {procedure.in_force} 起施行。",
        procedure.summary,
        "",
    ]
    for number, (title, sentences) in enumerate(paragraphs(procedure, paper_titles), 1):
        lines.append(f"{number}. {title}")
        lines += [f"   {sentence}" for sentence in sentences]
    lines += ["", "结束方式：" + "；".join(procedure.outcomes.values()) + "。"]
    return lines


class _Speaker:
    def __init__(self, procedure: Procedure, paper_titles: Mapping[str, str]) -> None:
        self.procedure = procedure
        self.papers = paper_titles
        self.words = Vocabulary(procedure)

    def sentences(self, step: Step) -> Iterator[str]:
        yield self._who(step)
        yield from self._before(step)
        yield from self._terms(step)
        yield from self._after(step)
        if step.papers:
            yield f"制作{self._named(paper.form for paper in step.papers)}。"
        if step.recording != "none":
            yield {"optional": "可以音像记录。", "key": "须音像记录关键环节。", "full": "须全程音像记录。"}[
                step.recording
            ]
        if step.ends:
            yield f"本案以“{self.procedure.outcomes[step.ends]}”结束。"
        yield f"依据：{step.basis}。"

    def _who(self, step: Step) -> str:
        who = "、".join(role_title(role) for role in step.by)
        if step.deemed_after:
            return f"{self.procedure.title_of(step.deemed_after)}逾期未办的，依法产生这一效果，由平台登记。"
        approved = f"，报{role_title(step.approve)}批准" if step.approve else ""
        once = "，只能办理一次" if step.once else ""
        return f"由{who}办理{approved}{once}。"

    def _before(self, step: Step) -> Iterator[str]:
        if step.start:
            yield "案件由此开始。"
        if not step.included:
            openers = [
                other.title for other in self.procedure.steps.values() if step.id in _targets(other.opens)
            ]
            yield f"由{'、'.join(openers)}引起。" if openers else "一般不列入办理范围。"
        if step.after:
            yield f"须先办理{self._linked(step.after)}。"
        if step.not_while:
            yield f"有下列应办而未办的事项时不能办理：{self._linked(step.not_while)}。"
        if step.when:
            yield f"条件：{self._said(step.when) or step.when_reason or step.when.text}。"
        if step.waits_for_windows:
            names = "、".join(self.procedure.steps[name].title for name in step.waits_for_windows)
            yield f"须待{names}的权利已经行使、放弃或者期限届满。"

    def _terms(self, step: Step) -> Iterator[str]:
        for line in terms_of(self.procedure, step):
            yield f"期限：{line}。"
        if step.extends:
            title = self.procedure.steps[step.extends.step].title
            yield f"使“{title}”的期限延长{term(step.extends.by)}，至多{step.extends.at_most}次（{step.extends.basis}）。"
        for verb, names in (("中止", step.pauses), ("恢复", step.resumes), ("扣除时间", step.excludes)):
            if names:
                yield f"{verb}{'、'.join(self.procedure.title_of(name) for name in names)}的期限。"

    def _after(self, step: Step) -> Iterator[str]:
        for duty in step.duties:
            within = f"（{term(duty.within)}，{duty.basis}）" if duty.within else f"（{duty.basis}）"
            when = f"，限于{self._said(duty.when) or duty.when.text}" if duty.when else ""
            yield f"此后应当办理“{duty.title or self.procedure.steps[duty.step].title}”{within}{when}。"
        closed = [link.step for link in step.closes if link.step != step.id]
        if closed:
            yield f"办理后不再办理{'、'.join(self.procedure.title_of(name) for name in closed)}。"

    def _linked(self, links: tuple[Link, ...]) -> str:
        return "、".join(
            self.procedure.title_of(link.step)
            + (f"（{self._said(link.when) or link.when.text}时）" if link.when else "")
            for link in links
        )

    def _said(self, condition: Condition) -> str:
        return in_words(condition, self.words)

    def _named(self, forms: Iterator[str]) -> str:
        return "、".join(f"《{self.papers.get(form, form)}》" for form in forms)


def _targets(links: tuple[Link, ...]) -> set[str]:
    return {link.step for link in links}
