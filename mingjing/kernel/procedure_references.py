"""Checks that everything a procedure file names exists: steps, facts, stages, lanes, outcomes, windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from mingjing.kernel.conditions import AmongThese, Binary, Condition, Literal, Name, Node, Unary
from mingjing.kernel.procedure_parts import Field, MatterRule, Procedure, Step
from mingjing.kernel.tables import Notes, named_term, nearest

# Facts that every case has from the beginning: field of enforcement (codex/profiles), party, organ.
ALWAYS_KNOWN = frozenset(
    {
        "field",
        "party_is_person",
        "minor_party",
        "party_kind",
        "party_name",
        "organ_region",
        "organ_kind",
        "organ_field",
        "organ_uniform",
    }
)
DATE_KINDS = ("date", "datetime")


def check_references(procedure: Procedure, notes: Notes) -> None:
    """Note every name in the procedure that leads nowhere, and every contradiction between parts."""
    _References(procedure, notes).check()


class _References:
    def __init__(self, procedure: Procedure, notes: Notes) -> None:
        self.procedure = procedure
        self.notes = notes
        self.fields: dict[str, Field] = {field.name: field for _, field in procedure.fields()}
        self.codes: dict[
            str, set[str]
        ] = {}  # what any form offers for a fact, as forms may offer different things
        for _, field in procedure.fields():
            self.codes.setdefault(field.name, set()).update(code for code, _ in field.choices)
        self.stamps = {step.stamps for step in procedure.steps.values() if step.stamps}
        self.fixed = {fix.fact for step in procedure.steps.values() for fix in step.fixes}
        self.given = set(self.fields) | self.stamps | self.fixed | set(procedure.constants) | ALWAYS_KNOWN
        self.reckoned = {rule.name for rule in procedure.reckoned}
        self.known = self.given | {rule.name for rule in procedure.derived}
        self.derived_from: dict[str, set[str]] = {}
        for rule in procedure.derived:
            further = (self.derived_from.get(name, {name}) for name in rule.when.names)
            self.derived_from[rule.name] = set().union(*further)

    def note(self, place: str, message: str, remedy: str) -> None:
        self.notes.add(f"{self.procedure.source}: {place}", message, remedy)

    def check(self) -> None:
        self._check_duplicates("stages", [stage.id for stage in self.procedure.stages])
        self._check_duplicates("lanes", [lane.id for lane in self.procedure.lanes])
        self._check_derived()
        self._check_reckoned()
        for step in self.procedure.steps.values():
            place = f"steps.{step.id}"
            self._check_links(place, step)
            self._check_conditions(place, step)
            self._check_place_in_picture(place, step)
            self._check_time(place, step)
            self._check_end(place, step)
            self._check_fields(place, step)
            self._check_happened(place, step)
            self._check_money(place, step)
        self._check_papers_named()
        self._check_matter()
        self._check_yearly()
        self._check_guarantees()
        self._check_outcomes()

    def _check_duplicates(self, place: str, names: list[str]) -> None:
        for name, count in Counter(names).items():
            if count > 1:
                self.note(place, f"“{name}”出现了{count}次", "每个 id 只能出现一次")

    def _check_derived(self) -> None:
        earlier = set(self.given)
        for rule in self.procedure.derived:
            place = f"derived.{rule.name}"
            if rule.name in self.given:
                self.note(place, f"“{rule.name}”已经是表单字段或常量", "请换一个名称")
            self._check_names(f"{place}.when", rule.when, earlier)
            earlier.add(rule.name)

    def _check_reckoned(self) -> None:
        """A reckoned date rests on dates that forms give or that were reckoned before it."""
        earlier: set[str] = set()
        for one in self.procedure.reckoned:
            place = f"reckoned.{one.name}"
            if one.name in self.known:
                self.note(place, f"“{one.name}”已经是别的事实", "请换一个名称")
            for rule in one.rules:
                self._check_date_fact(f"{place}.from", rule.from_fact, earlier)
                self._check_names(f"{place}.when", rule.when, self.known | earlier)
                self._check_constant(f"{place}.within", rule.within)
            earlier.add(one.name)

    def _check_constant(self, place: str, term: str | None) -> None:
        name = named_term(term) if term else None
        if name is not None and name not in self.procedure.constants:
            remedy = f"请把“{name}”列入 constants，并在 codex/profiles/general.toml 给出期限"
            self.note(place, f"期限“@{name}”不在本程序的常量之列", remedy)

    def _check_links(self, place: str, step: Step) -> None:
        for key, names in _step_lists(step):
            for name in names:
                self._check_step(f"{place}.{key}", name)
            self._check_duplicates(f"{place}.{key}", [name for name in names if key not in REPEATABLE])
        plain = [(rule.step, rule.clock) for rule in step.duties if rule.when is None]
        for name, clock in {pair for pair in plain if plain.count(pair) > 1}:
            self.note(f"{place}.duties", f"对“{name}”的义务（{clock or '无时钟'}）重复", "请删去重复的一项")
        if step.id in (link.step for link in step.after):
            self.note(f"{place}.after", "步骤以自身为前提，永远不能办理", "请删去这一项")

    def _check_step(self, place: str, name: str) -> None:
        if name and name not in self.procedure.steps:
            self.note(place, f"没有“{name}”这个步骤", nearest(name, self.procedure.steps))

    def _check_names(self, place: str, condition: Condition | None, known: Iterable[str]) -> None:
        if condition is None:
            return
        for name in sorted(condition.names - set(known)):
            message = f"条件“{condition.text}”用到未定义的事实“{name}”"
            self.note(place, message, nearest(name, known))
        for name, value in _literals_compared(condition.tree):
            field = self.fields.get(name)
            codes = self.codes.get(name, set())
            if field and codes and value not in codes:
                message = f"条件“{condition.text}”中的“{value}”不是“{field.label}”的可选项"
                self.note(place, message, nearest(str(value), codes))

    def _check_conditions(self, place: str, step: Step) -> None:
        for key, condition in _conditions(step):
            self._check_names(f"{place}.{key}", condition, self.known | self.reckoned)

    def _check_place_in_picture(self, place: str, step: Step) -> None:
        stages = [stage.id for stage in self.procedure.stages]
        if step.stage not in stages and (stages or step.stage):
            self.note(f"{place}.stage", f"没有“{step.stage}”这个阶段", nearest(step.stage, stages))
        if not self.procedure.lanes:
            return
        acting = (*step.by, step.approve) if step.approve else step.by
        on_lanes = {role for lane in self.procedure.lanes for role in lane.roles}
        for role in acting:
            if role not in on_lanes:
                self.note(f"{place}.by", f"角色“{role}”不在任何泳道上", nearest(role, on_lanes))

    def _check_time(self, place: str, step: Step) -> None:
        for key, term in _terms(step):
            self._check_constant(f"{place}.{key}", term)
        if step.deemed_after and "system" not in step.by:
            self.note(f"{place}.deemed_after", "法定效果由平台登记，不由人办理", '请写 by = "system"')
        elif step.deemed_after:
            self._check_deemed(place, step, step.deemed_after)
        if "system" in step.by and not step.deemed_after:
            self.note(f"{place}.by", "平台只登记期限届满的法定效果", "请写 deemed_after = 逾期未办的步骤")
        if step.window and step.window.after == step.id:
            self.note(f"{place}.window.after", "窗口由步骤自身开启，永远不会打开", "请写开启这项权利的步骤")
        if step.window and step.window.waived_by in (step.window.after, step.id):
            message = "放弃权利的步骤不能就是开启或者行使权利的步骤"
            self.note(f"{place}.window.waived_by", message, "请写另一个步骤，或者删去 waived_by")
        for rule in step.duties:
            self._check_date_fact(f"{place}.duties", rule.from_fact)
            self._check_date_fact(f"{place}.duties", rule.due_fact)
        if step.window:
            self._check_date_fact(f"{place}.window.from", step.window.from_fact)
            self._check_date_fact(f"{place}.window.until", step.window.until_fact)
        if step.at_least:
            self._check_date_fact(f"{place}.at_least.fact", step.at_least.fact)
            self._check_date_fact(f"{place}.at_least.from", step.at_least.from_fact)
            self._check_date_fact(f"{place}.at_least.until", step.at_least.until_fact)
            if step.at_least.after == step.id and step.at_least.fact is None:
                self.note(f"{place}.at_least", "以自身为起点而没有日期事实", "请写 fact = 日期字段")
        for name in step.waits_for_windows:
            if name in self.procedure.steps and self.procedure.steps[name].window is None:
                self.note(f"{place}.waits_for_windows", f"“{name}”没有 window", "请给该步骤写 window，或删去")

    def _check_deemed(self, place: str, step: Step, omitted: str) -> None:
        """An effect of silence needs a term that can pass, asks nobody anything, and comes but once."""
        rules = [
            rule for other in self.procedure.steps.values() for rule in other.duties if rule.step == omitted
        ]
        if step.deemed_clock and step.deemed_clock not in (rule.clock for rule in rules):
            remedy = nearest(step.deemed_clock, [rule.clock for rule in rules if rule.clock])
            self.note(f"{place}.deemed_clock", f"“{omitted}”没有时钟“{step.deemed_clock}”", remedy)
        if not any(rule.within or rule.due_fact for rule in rules):
            self.note(
                f"{place}.deemed_after", f"“{omitted}”没有期限，不会逾期", "请给产生这项义务的步骤写 within"
            )
        if step.facts or step.approve:
            self.note(place, "平台登记的法定效果不能有表单或者审批", "请删去 facts 和 approve")
        if not step.once and omitted not in (link.step for link in step.closes):
            self.note(
                place, "法定效果登记后义务仍在，会反复登记", f'请写 closes = ["{omitted}"] 或者 once = true'
            )

    def _check_date_fact(self, place: str, name: str | None, reckoned: set[str] | None = None) -> None:
        """``reckoned`` are the reckoned dates that may stand here; all of them unless told."""
        reckoned = self.reckoned if reckoned is None else reckoned
        if name is None or name in self.stamps or name in reckoned:
            return
        field = self.fields.get(name)
        if field is None:
            known = {*self.fields, *self.stamps, *reckoned}
            self.note(place, f"没有“{name}”这个日期字段", nearest(name, known))
        elif field.kind not in DATE_KINDS:
            self.note(place, f"“{name}”不是日期字段（{field.kind}）", "请把它的 kind 改为 date 或 datetime")

    def _check_end(self, place: str, step: Step) -> None:
        if step.ends is None:
            return
        if step.ends not in self.procedure.outcomes:
            remedy = f'请在 [outcomes] 中写 {step.ends} = "…"'
            self.note(f"{place}.ends", f"结果“{step.ends}”没有标题", remedy)
        if step.duties or step.opens:
            self.note(f"{place}.ends", "结束办案的步骤还在开启义务或步骤", "请把它们移到前面的步骤")
        if step.after_end:
            self.note(f"{place}.after_end", "结束以后的步骤不能再次结束办案", "请删去 ends 或者 after_end")

    def _check_outcomes(self) -> None:
        used = {step.ends for step in self.procedure.steps.values()}
        for code in self.procedure.outcomes:
            if code not in used:
                self.note(f"outcomes.{code}", "没有任何步骤以此结束", "请删去，或给某个步骤写 ends")
        if used <= {None} and self.procedure.steps:
            self.note("steps", "没有任何步骤能结束办案", "请给最后的步骤写 ends")

    def _check_papers_named(self) -> None:
        issued = {paper.form for step in self.procedure.steps.values() for paper in step.papers}
        for step in self.procedure.steps.values():
            for key, forms in (("serves", step.serves), ("publishes", step.publishes)):
                for form in forms:
                    if form not in issued:
                        message = f"没有步骤制作文书“{form}”"
                        self.note(f"steps.{step.id}.{key}", message, nearest(form, issued))

    def _check_money(self, place: str, step: Step) -> None:
        money = {field.name for field in step.facts if field.kind == "money"}
        if step.payment and money.isdisjoint(step.payment):
            message = f"缴款数额“{'、'.join(step.payment)}”不是本步骤表单中的金额"
            self.note(f"{place}.payment", message, "请写本步骤表单中 kind = money 的字段")

    def _check_matter(self) -> None:
        for name in self.procedure.matter.shows:
            if name not in self.fields:
                message = f"没有“{name}”这个表单字段"
                self.note("matter.shows", message, nearest(name, self.fields))
        if self.procedure.matter.since != MatterRule().since:
            self._check_date_fact("matter.since", self.procedure.matter.since[0])

    def _check_yearly(self) -> None:
        yearly = self.procedure.yearly
        if yearly is None:
            return
        self._check_date_fact("yearly.fact", yearly.fact)
        asked = {name for start in self.procedure.start_steps for name in self.procedure.steps[start].sets}
        if yearly.fact in self.fields and yearly.fact not in asked:
            self.note("yearly.fact", f"“{yearly.fact}”不在开始步骤的表单中", "请把它写进开始步骤的 facts")

    def _check_guarantees(self) -> None:
        for number, guarantee in enumerate(self.procedure.guarantees):
            place = f"guarantees[{number}]"
            self._check_step(f"{place}.step", guarantee.step)
            self._check_names(f"{place}.when", guarantee.when, self.known)
            for name in guarantee.requires:
                step = name.removeprefix("lapse:")
                self._check_step(f"{place}.requires", step)
                if step != name and step in self.procedure.steps and not self.procedure.steps[step].window:
                    self.note(f"{place}.requires", f"“{step}”没有 window，不会届满", "请删去 lapse:")
        for number, exemption in enumerate(self.procedure.exemptions):
            for step in exemption.steps:
                self._check_step(f"exempt[{number}].steps", step)

    def _check_fields(self, place: str, step: Step) -> None:
        for field in step.facts:
            where = f"{place}.facts.{field.name}"
            if field.default_fact and field.default_fact not in self.known:
                message = f"默认值取自未定义的事实“{field.default_fact}”"
                self.note(f"{where}.default_fact", message, nearest(field.default_fact, self.known))
            self._check_asked_by_itself(where, step, field)
            kind = self.fields[field.name].kind
            if field.kind != kind:
                message = f"同名字段“{field.name}”在别处是 {kind}，此处是 {field.kind}"
                self.note(f"{where}.kind", message, "同名字段请用同一种类，或者换名")
            if field.name in self.fixed:
                self.note(where, f"“{field.name}”由 fixes 记下，不能由表单填写", "请换一个名称")
            self._check_order(where, field)
            self._check_drawn(where, field)
            if field.name in self.procedure.constants:
                self.note(where, f"“{field.name}”是常量，不能由表单填写", "请换一个名称")

    def _check_drawn(self, where: str, field: Field) -> None:
        """What the platform draws, it draws from fields that exist, by a seed of its own."""
        for key, name, kinds in (
            ("pool", field.pool, ("long",)),
            ("count", field.count, ("number",)),
            ("seed", field.seed, ("seed",)),
        ):
            found = self.fields.get(name)
            if name and (found is None or found.kind not in kinds):
                self.note(f"{where}.{key}", f"“{name}”不是{'、'.join(kinds)}字段", nearest(name, self.fields))

    def _check_order(self, where: str, field: Field) -> None:
        if (field.not_before or field.not_after or field.happened) and field.kind not in DATE_KINDS:
            message = f"“{field.name}”不是日期（{field.kind}），没有先后可言"
            self.note(where, message, "请删去 not_before、not_after、happened，或把 kind 改为 date")
        for key, names in (("not_before", field.not_before), ("not_after", field.not_after)):
            for name in names:
                self._check_bound(f"{where}.{key}", field, name)

    def _check_bound(self, place: str, field: Field, name: str) -> None:
        if name == field.name:
            self.note(place, "日期与自身比较没有意义", "请写另一个日期字段")
        elif name.startswith("step:"):
            self._check_step(place, name.removeprefix("step:"))
        elif name.startswith("paper:"):
            form = name.removeprefix("paper:")
            issued = {paper.form for step in self.procedure.steps.values() for paper in step.papers}
            if form not in issued:
                self.note(place, f"没有步骤制作文书“{form}”", nearest(form, issued))
        elif name != "today":
            self._check_date_fact(place, name)

    def _check_happened(self, place: str, step: Step) -> None:
        marked = [field.name for field in step.facts if field.happened]
        if len(marked) > 1:
            self.note(f"{place}.facts", f"不止一个日期写了 happened：{'、'.join(marked)}", "只能有一个")
        for field in step.facts:
            if field.elsewhere and not field.happened:
                message = "写了 elsewhere，没有写 happened"
                self.note(f"{place}.facts.{field.name}", message, "elsewhere 只能和 happened 一起写")

    def _check_asked_by_itself(self, where: str, step: Step, field: Field) -> None:
        """While a form is being filled in, derived facts still say what the case was before it."""
        if field.when is None:
            return
        own = {one.name for one in step.facts}
        for name in sorted(field.when.names & self.derived_from.keys()):
            if overlap := own & self.derived_from[name]:
                message = f"条件用到的“{name}”由本表单的“{'、'.join(sorted(overlap))}”推出，填写时还不知道"
                self.note(f"{where}.when", message, "请直接用表单字段写条件")


# Lists in which one step may be named more than once, under different conditions or clocks.
REPEATABLE = frozenset({"duties", "opens", "closes", "after", "not_while", "window"})


def named_terms(step: Step) -> Iterator[tuple[str, str]]:
    """Each key of a step whose term is taken from a constant, with the constant's name."""
    for key, term in _terms(step):
        if (name := named_term(term)) is not None:
            yield key, name


def _terms(step: Step) -> Iterator[tuple[str, str]]:
    """Every term of a step with the key that holds it."""
    for rule in step.duties:
        if rule.within:
            yield "duties.within", rule.within
    if step.window and step.window.within:
        yield "window.within", step.window.within
    if step.at_least and step.at_least.wait:
        yield "at_least.wait", step.at_least.wait
    if step.extends:
        yield "extends.by", step.extends.by
    for bar in step.bars:
        yield "bars.within", bar.within


def _step_lists(step: Step) -> Iterator[tuple[str, list[str]]]:
    yield "after", [link.step for link in step.after]
    yield "not_while", [link.step for link in step.not_while]
    yield "opens", [link.step for link in step.opens]
    yield "closes", [link.step for link in step.closes]
    yield "duties", [rule.step for rule in step.duties]
    yield "waits_for_windows", list(step.waits_for_windows)
    yield "pauses", list(step.pauses)
    yield "resumes", list(step.resumes)
    yield "excludes", list(step.excludes)
    yield "includes_again", list(step.includes_again)
    if step.window:
        yield "window", [name for name in (step.window.after, step.window.waived_by) if name]
    if step.at_least:
        yield "at_least", [step.at_least.after]
    if step.extends:
        yield "extends", [step.extends.step]
    if step.deemed_after:
        yield "deemed_after", [step.deemed_after]


def _conditions(step: Step) -> Iterator[tuple[str, Condition | None]]:
    yield "when", step.when
    for key, links in (
        ("after", step.after),
        ("not_while", step.not_while),
        ("opens", step.opens),
        ("closes", step.closes),
    ):
        for link in links:
            yield f"{key}.when", link.when
    for rule in step.duties:
        yield "duties.when", rule.when
    for paper in step.papers:
        yield "papers.when", paper.when
    for bar in step.bars:
        yield "bars.when", bar.when
    for field in step.facts:
        yield f"facts.{field.name}.when", field.when
    for fix in step.fixes:
        yield f"fixes.{fix.fact}", fix.when
    if step.window:
        yield "window.when", step.window.when


def _literals_compared(node: Node) -> Iterator[tuple[str, object]]:
    """Pairs of a fact and a fixed value that the tree compares for equality or membership."""
    match node:
        case Binary("==" | "!=", Name(name), Literal(value)) | Binary(
            "==" | "!=", Literal(value), Name(name)
        ):
            yield name, value
        case Binary("in", Literal(value), Name(name)):
            yield name, value
        case AmongThese(Name(name), options):
            yield from ((name, option) for option in options)
        case Binary(_, left, right):
            yield from _literals_compared(left)
            yield from _literals_compared(right)
        case Unary(_, operand):
            yield from _literals_compared(operand)
