"""A procedure as sentences a lawyer can read: one paragraph for each step, with terms, conditions and articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mingjing.kernel.conditions import Condition
from mingjing.kernel.procedure import Field, Link, Procedure, Step
from mingjing.law import queries as law
from mingjing.law.terms_in_words import term, terms_of
from mingjing.organs.roles import role_title

from .conditions import Vocabulary, in_words
from .need_words import need_words
from .wording import law_refs

RECORDING = {"optional": "可以音像记录。", "key": "须音像记录关键环节。", "full": "须全程音像记录。"}
IDENTITY = {
    "always": "须向当事人出示执法证件，没有例外。",
    "reason": "须向当事人出示执法证件；特殊情形没有出示的，写明情形和理由。",
    "told": "登记是否出示了执法证件。",
}
KINDS = {
    "text": "文字",
    "long": "长文字",
    "date": "日期",
    "datetime": "时间",
    "money": "金额",
    "number": "整数",
    "decimal": "数",
    "bool": "是否",
    "choice": "单选",
    "choices": "多选",
    "officers": "人员",
    "provision": "条款",
    "power": "权责事项",
    "variant": "档次",
    "coercion": "强制权",
    "license": "许可事项",
    "exception": "不亮证的情形",
    "files": "文件",
    "signature": "签名",
}


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


def aspects(procedure: Procedure, paper_titles: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """Each step by id: what the procedure says of it, by aspect, so that two editions can be compared."""
    speaker = _Speaker(procedure, paper_titles)
    return {name: speaker.aspects(step) for name, step in procedure.steps.items()}


def clocks_of(step: Step) -> list[str]:
    """The numbers of the statutory terms that a step begins, uses or waits for."""
    parts = (step.window, step.at_least, step.extends)
    named = [duty.clock for duty in step.duties] + [bar.clock for bar in step.bars]
    named += [part.clock for part in parts if part is not None]
    return [name for name in dict.fromkeys(named) if name]


def cited(basis: str) -> str:
    """A basis as a sentence writes it: 《行政处罚法》第六十条."""
    return "、".join(ref.text for ref in law_refs(basis))


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
        if step.needs:
            yield f"须具备：{'；'.join(map(need_words, step.needs))}。"
        if step.papers:
            yield f"制作{self._named(paper.form for paper in step.papers)}。"
        if step.recording in RECORDING:
            yield RECORDING[step.recording]
        if step.ends:
            yield f"本案以“{self.procedure.outcomes[step.ends]}”结束。"
        yield f"依据：{cited(step.basis)}。"

    def _who(self, step: Step) -> str:
        who = "、".join(role_title(role) for role in step.by)
        if step.deemed_after:
            return f"{self.procedure.title_of(step.deemed_after)}逾期未办的，依法产生这一效果，由平台登记。"
        approved = f"，报{role_title(step.approve)}批准" if step.approve else ""
        once = "，只能办理一次" if step.once else ""
        return f"由{who}办理{approved}{once}。"

    def aspects(self, step: Step) -> dict[str, list[str]]:
        """The sentences of a step under the heads of the table."""
        said = {
            "名称": [step.title],
            "谁办": [self._who(step)],
            "前提": list(self._before(step)),
            "须具备": [f"{need_words(name)}。" for name in step.needs],
            "期限": list(self._terms(step)),
            "此后": list(self._after(step)),
            "文书": [
                f"《{self.papers.get(paper.form, paper.form)}》{self._only(paper.when)}"
                for paper in step.papers
            ],
            "表单": [self._asked(field) for field in step.facts],
            "亮证": [f"{IDENTITY[step.identity.level]}{self._only(step.identity.when)}"]
            if step.identity
            else [],
            "告知": [f"当场宣读{law.spoken_notice(step.tells).words['zh'].title}。"] if step.tells else [],
            "记录": [RECORDING[step.recording]] if step.recording in RECORDING else [],
            "说明": [text for text in (step.guide, step.public_name) if text],
            "依据": [ref.text for text in (step.basis, step.recording_basis) for ref in law_refs(text)],
        }
        if step.ends:
            said["此后"].append(f"本案以“{self.procedure.outcomes[step.ends]}”结束。")
        return {head: lines for head, lines in said.items() if lines}

    def _asked(self, field: Field) -> str:
        """A field of the form: label, kind, whether it must be filled, and when it is asked."""
        must = "必填" if field.required else "选填"
        choices = f"：{'、'.join(title for _, title in field.choices)}" if field.choices else ""
        return (
            f"{field.label}（{KINDS.get(field.kind, field.kind)}，{must}）{choices}{self._only(field.when)}"
        )

    def _only(self, when: Condition | None) -> str:
        return f"（限于{self._said(when) or when.text}）" if when else ""

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
            yield f"使“{title}”的期限延长{term(step.extends.by)}，至多{step.extends.at_most}次（{cited(step.extends.basis)}）。"
        for verb, names in (("中止", step.pauses), ("恢复", step.resumes), ("扣除时间", step.excludes)):
            if names:
                yield f"{verb}{'、'.join(self.procedure.title_of(name) for name in names)}的期限。"

    def _after(self, step: Step) -> Iterator[str]:
        for duty in step.duties:
            within = (
                f"（{term(duty.within)}，{cited(duty.basis)}）" if duty.within else f"（{cited(duty.basis)}）"
            )
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
