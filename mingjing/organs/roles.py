"""Roles one can read aloud: what each holder may do, as code and not as rows that drift.

Source: domain table of roles; separation of duties follows 行政处罚法/42, 58, 64(4), 67 and
达州三项制度方案/9-12.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role: its code, its name for people, a sentence on what it is for, and its permissions."""

    code: str
    title: str
    about: str
    permissions: frozenset[str]


def _role(code: str, title: str, about: str, *permissions: str) -> Role:
    return Role(code, title, about, frozenset(permissions))


# Permissions are verbs on things of the desk; which *step* a role may take stands in the procedure files.
ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "handler",
            "承办人",
            "登记线索、调查取证、拟写文书；不得审批、审核、公示自己承办的案件。",
            "desk.enter",
            "case.open",
            "case.read",
            "case.move",
            "party.read",
            "law.read",
            "dossier.read",
            "evidence.classify",
            "report.prepare",
        ),
        _role(
            "unit_head",
            "承办机构负责人",
            "检查办案质量、分派案件，编制清单；不得审核同一案件。",
            "desk.enter",
            "case.open",
            "case.read",
            "case.move",
            "case.assign",
            "party.read",
            "law.read",
            "dossier.read",
            "evidence.classify",
            "register.edit",
            "publication.read",
            "report.prepare",
        ),
        _role(
            "reviewer",
            "法制审核人员",
            "对重大执法决定进行法制审核并出具书面意见，报送程序文件的新版本，编制、报送清单；不得审核自己经办的案件，不得改动证据。",
            "desk.enter",
            "case.read",
            "case.move",
            "party.read",
            "law.read",
            "edition.propose",
            "edition.migrate",
            "dossier.read",
            "register.edit",
            "register.submit",
        ),
        _role(
            "organ_head",
            "机关负责人",
            "批准立案、措施和决定，批准销毁期满的证据，报送清单；重大案件须经集体讨论，不得单独决定。",
            "desk.enter",
            "case.read",
            "case.move",
            "party.read",
            "law.read",
            "dossier.read",
            "evidence.read",
            "evidence.approve_deletion",
            "dossier.dispose",
            "register.edit",
            "register.submit",
            "publication.read",
            "publication.approve",
            "report.sign",
        ),
        _role(
            "hearing_host",
            "听证主持人",
            "主持听证并提出报告；不得是本案调查人员。",
            "desk.enter",
            "case.read",
            "case.move",
            "law.read",
        ),
        _role(
            "publisher",
            "公示岗",
            "审查、公示和撤下执法决定，编制清单；不得是本案承办人。",
            "desk.enter",
            "case.read",
            "case.move",
            "law.read",
            "register.edit",
            "publication.read",
            "publication.manage",
            "report.publish",
        ),
        _role(
            "cashier",
            "罚没对账岗",
            "导入银行对账文件、确认缴款；作出处罚决定的人不得兼任。",
            "desk.enter",
            "case.read",
            "case.move",
            "payment.reconcile",
        ),
        _role(
            "clerk",
            "受理人员",
            "在窗口或者网上接收申请，一次告知补正，出具受理凭证；不得审查、决定自己受理的申请（即办事项除外）。",
            "desk.enter",
            "case.open",
            "case.read",
            "case.move",
            "party.read",
            "law.read",
        ),
        _role(
            "issuer",
            "证件制发岗",
            "制作、颁发和收回许可证件；不得审查、决定同一申请。",
            "desk.enter",
            "case.read",
            "case.move",
            "law.read",
        ),
        _role(
            "keeper",
            "涉案财物管理员",
            "保管、返还、移交和处置查封、扣押、没收的财物；不得决定案件。",
            "desk.enter",
            "case.read",
            "case.move",
            "law.read",
        ),
        _role(
            "drawer",
            "随机抽取员",
            "主持检查对象和检查人员的随机抽取；不得自行指定检查对象。",
            "desk.enter",
            "case.read",
            "case.move",
            "law.read",
        ),
        _role(
            "archivist",
            "档案员",
            "整理、封存、检测、保管和移交案卷，保管证据，提出鉴定、销毁意见；不得改动内容，不得一人销毁。",
            "desk.enter",
            "case.open",
            "case.read",
            "case.move",
            "dossier.read",
            "evidence.read",
            "evidence.classify",
            "evidence.hold",
            "evidence.propose_deletion",
            "dossier.archive",
        ),
        _role(
            "supervisor",
            "执法监督员",
            "司法行政机关工作人员，可查看本地区全部案件，办理执法监督事项，确认程序文件的新版本，确认各机关的清单；不得改动被监督机关的案件数据。",
            "desk.enter",
            "case.open",
            "case.read",
            "case.move",
            "case.read.region",
            "party.read",
            "law.read",
            "edition.propose",
            "edition.confirm",
            "dossier.read",
            "record.read",
            "evidence.read",
            "evidence.hold",
            "register.confirm",
            "publication.read",
            "report.collect",
        ),
        _role(
            "manager",
            "系统管理员",
            "管理机关、人员、证件和账号；不得查看或办理案件。",
            "desk.enter",
            "organ.manage",
            "law.read",
            "record.read",
            "evidence.read",
        ),
    )
}

# Who may act without being an officer: the party itself, and the platform when a term lapses.
PSEUDO_ROLES: dict[str, str] = {"party": "当事人", "system": "平台"}


def role_title(code: str) -> str:
    """The name of a role or pseudo-role for people; the code itself if it is unknown."""
    return ROLES[code].title if code in ROLES else PSEUDO_ROLES.get(code, code)


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything that the holders of these roles may do."""
    return frozenset().union(*(ROLES[code].permissions for code in roles if code in ROLES))
