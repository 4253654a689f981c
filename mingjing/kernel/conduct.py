"""亮证、告知: what a step that meets people asks of officers before it goes on, and what came of it.

A procedure file says of a step ``identity`` (whether certificates must be shown) and ``tells`` (which notice is
read out). Both become fields of its form here, so that page, field app, interface, record and paper take them
like any other fact; a field that the step writes itself is kept as written.
Source: 行政处罚法/55(1), 44; 行政强制法/18; 达州三项制度方案/3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mingjing.kernel.conditions import Condition, parse
from mingjing.kernel.procedure_parts import Field, Identity, Step
from mingjing.kernel.tables import Table

# always: the law gives no way round it; reason: an exception with its reason stands in for it;
# told: the step only writes down whether, and the procedure itself draws the consequence.
LEVELS: Final = ("always", "reason", "told")
SHOWN: Final = "certificates_shown"
EXCEPTION: Final = "identity_exception"
REASON: Final = "identity_reason"
UNIFORM: Final = "uniform_worn"
UNIFORM_PHOTO: Final = "uniform_photo"
TOLD: Final = "rights_told"
REPLY: Final = "notice_reply"
LANGUAGE: Final = "notice_language"
WITNESS: Final = "notice_witness"
NEED: Final = "identity_shown"
# How what was read out was acknowledged, and in which language it was read.
REPLIES: Final = (
    ("paper", "在纸质笔录上签名确认"),
    ("pad", "在本页签名确认"),
    ("recorded", "口头确认，已录音录像"),
    ("refused", "拒绝确认或者不能确认"),
)
LANGUAGES: Final = (
    ("zh", "汉语"),
    ("en", "英语"),
    ("ii", "彝语"),
    ("bo", "藏语"),
    ("interpreter", "由翻译人员口译"),
)
# Facts of this one act: an earlier step's answers are never offered again as today's.
FRESH: Final = frozenset(
    {
        SHOWN,
        EXCEPTION,
        REASON,
        UNIFORM,
        "uniform_reason",
        TOLD,
        REPLY,
        LANGUAGE,
        WITNESS,
        "notice_signature",
        "notice_refusal",
        "notice_interpreter",
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step says of showing certificates: shown, excepted (with the code of the exception) or missing."""

    kind: str = ""
    exception: str = ""


def read_identity(table: Table) -> Identity | None:
    """What a step says of showing certificates: ``identity = "always"``, or a table with ``when`` as well."""
    if not table.has("identity"):
        return None
    if not isinstance(table.data["identity"], Mapping):
        return Identity(table.one_of("identity", LEVELS, LEVELS[0]))
    inner = table.table("identity")
    assert inner is not None
    read = Identity(inner.one_of("level", LEVELS, LEVELS[0], required=True), inner.condition("when"))
    inner.finish()
    return read


def outcome(step: Step, facts: Mapping[str, Any]) -> Outcome:
    """How identity was shown in a step with these facts; empty where the step does not ask for it."""
    if not _asked(step, facts):
        return Outcome()
    shown = facts.get(SHOWN)
    if shown in (True, "yes"):
        return Outcome("shown")
    if facts.get(EXCEPTION):
        return Outcome("excepted", str(facts[EXCEPTION]))
    return Outcome("missing")


def _asked(step: Step, facts: Mapping[str, Any]) -> bool:
    identity = step.identity
    return identity is not None and (identity.when is None or identity.when.holds(facts))


def with_conduct(step: Step) -> Step:
    """The step with the fields and the need that its ``identity`` and ``tells`` mean."""
    if step.identity is None and not step.tells:
        return step
    own = {field.name for field in step.facts}
    fields = [*_identity_fields(step), *_notice_fields(step)]
    new = tuple(field for field in fields if field.name not in own)
    place = _place(step.facts)
    # A photograph of the uniform never takes the place of the step's own files and recordings: it comes last.
    last = tuple(_uniform_photo(step))
    needs = (*step.needs, NEED) if step.identity else step.needs
    return replace(step, facts=(*step.facts[:place], *new, *step.facts[place:], *last), needs=needs)


def _place(fields: tuple[Field, ...]) -> int:
    """Behind the officers and what the step itself asks about certificates; else before files and signatures."""
    near = [n for n, field in enumerate(fields, 1) if field.name in (SHOWN, "officers_present", TOLD)]
    if near:
        return near[-1]
    return next((n for n, field in enumerate(fields) if field.kind in ("files", "signature")), len(fields))


def _identity_fields(step: Step) -> Iterator[Field]:
    identity = step.identity
    if identity is None:
        return
    choices = [("yes", "已出示执法证件")]
    if identity.level == "reason":
        choices.append(("no", "没有出示，另有理由"))
    help_ = "本次执法活动中已经向当事人出示过的，选“已出示”。" if identity.level != "told" else ""
    yield _field(
        SHOWN,
        "出示执法证件",
        "choice",
        required=True,
        choices=tuple(choices),
        help_=help_,
        when=identity.when,
    )
    if identity.level == "reason":
        hidden = _also(identity.when, f"{SHOWN} == 'no'")
        yield _field(EXCEPTION, "没有出示的情形", "exception", required=True, when=hidden)
        yield _field(
            REASON,
            "没有出示的理由",
            "long",
            required=True,
            max_=500,
            when=hidden,
            help_="写明具体情况和随后怎样表明身份；负责人和监督人员会看到。",
        )
    dressed = _also(identity.when, "organ_uniform")
    choices = [("yes", "着制式服装、佩戴执法标志"), ("no", "没有着装，另有理由")]
    yield _field(UNIFORM, "着装和标志", "choice", required=True, choices=tuple(choices), when=dressed)
    undressed = _also(dressed, f"{UNIFORM} == 'no'")
    yield _field("uniform_reason", "没有着装的理由", "text", required=True, max_=200, when=undressed)


def _uniform_photo(step: Step) -> Iterator[Field]:
    if step.identity is not None:
        dressed = _also(step.identity.when, "organ_uniform")
        yield _field(UNIFORM_PHOTO, "着装和标志照片", "files", when=dressed, help_="可以不拍。")


def _notice_fields(step: Step) -> Iterator[Field]:
    if not step.tells:
        return
    told = (("yes", "已宣读或者告知"),)
    yield _field(TOLD, "已告知事由、依据、权利和义务", "choice", required=True, choices=told)
    yield _field(LANGUAGE, "告知用语", "choice", choices=LANGUAGES, help_="不选的，按汉语办理。")
    interpreted = parse(f"{LANGUAGE} == 'interpreter'")
    yield _field(
        "notice_interpreter", "翻译人员", "text", required=True, max_=100, personal=True, when=interpreted
    )
    yield _field(REPLY, "当事人对告知的确认", "choice", required=True, choices=REPLIES)
    signed, refused = parse(f"{REPLY} == 'pad'"), parse(f"{REPLY} == 'refused'")
    yield _field("notice_signature", "对告知的签名", "signature", required=True, personal=True, when=signed)
    yield _field("notice_refusal", "拒绝或者不能确认的情况", "text", required=True, max_=200, when=refused)
    yield _field(
        WITNESS,
        "见证人",
        "text",
        required=True,
        max_=100,
        personal=True,
        when=refused,
        help_="没有见证人的，写明“无见证人，由两名执法人员注明”。",
    )


def _also(first: Condition | None, text: str) -> Condition:
    return parse(f"({first.text}) and {text}" if first is not None else text)


def _field(
    name: str,
    label: str,
    kind: str,
    *,
    required: bool = False,
    choices: tuple[tuple[str, str], ...] = (),
    help_: str = "",
    max_: int | None = None,
    personal: bool = False,
    when: Condition | None = None,
) -> Field:
    return Field(
        name=name,
        label=label,
        kind=kind,
        required=required,
        help=help_,
        max=max_,
        choices=choices,
        when=when,
        personal=personal,
        default_fact=None,
    )
