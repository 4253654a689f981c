"""What the law says, asked from outside this room."""

from mingjing.law.basis import Basis, parse
from mingjing.law.codex.clocks import Clock, clocks
from mingjing.law.codex.coercion import EXECUTIONS, KINDS, MEASURES, CoercivePower
from mingjing.law.codex.conduct import (
    SECTIONS,
    CardCode,
    IdentityException,
    InspectionCode,
    Notice,
    Words,
    conduct,
    exceptions_of,
)
from mingjing.law.codex.conduct import exception as identity_exception
from mingjing.law.codex.conduct import notice as spoken_notice
from mingjing.law.codex.field_work import Aid, Spot
from mingjing.law.codex.licenses import LicenseItem
from mingjing.law.codex.plain import plain
from mingjing.law.codex.powers import FIELDS, Power
from mingjing.law.codex.profiles import Constant
from mingjing.law.codex.profiles import titles as constant_titles
from mingjing.law.codex.regions import Region, regions
from mingjing.law.codex.reports import scheme as report_scheme
from mingjing.law.codex.reports import schemes as report_schemes
from mingjing.law.codex.statistics import StatisticsRule, statistics_rule
from mingjing.law.codex.statutes import RANKS
from mingjing.law.queries.changes import LawChange, law_change
from mingjing.law.queries.citing import Resolution, citations_in, resolve
from mingjing.law.queries.coercion import coercive_power, coercive_powers, why_no_coercion
from mingjing.law.queries.editions import (
    Edition,
    KnownEdition,
    all_benchmarks,
    benchmark,
    calendar,
    constants,
    edition,
    edition_data,
    edition_in_force,
    edition_text,
    editions,
    editions_of,
    procedure,
    procedure_edition,
    procedure_in_force,
    procedures,
    procedures_in_force,
    profile,
    profile_details,
    proposal,
    proposals,
    proposed,
)
from mingjing.law.queries.licenses import license_item, license_items
from mingjing.law.queries.outdoors import field_aids, field_steps, spot_powers
from mingjing.law.queries.powers import (
    CODEX,
    check_fine,
    codex_power,
    discretion,
    fitting_tier,
    power_item,
    power_items,
    power_key,
    power_of,
    power_rows,
    powers_of_organ,
    spans_of_tier,
)
from mingjing.law.queries.standing import Standing, standings
from mingjing.law.queries.statutes import (
    Provision,
    article,
    articles,
    provision,
    resolve_basis,
    statute,
    statutes,
    texts_loaded,
    version_on,
    versions,
)

__all__ = [
    "CODEX",
    "EXECUTIONS",
    "FIELDS",
    "KINDS",
    "MEASURES",
    "RANKS",
    "SECTIONS",
    "Aid",
    "Basis",
    "CardCode",
    "Clock",
    "CoercivePower",
    "Constant",
    "Edition",
    "IdentityException",
    "InspectionCode",
    "KnownEdition",
    "LawChange",
    "LicenseItem",
    "Notice",
    "Power",
    "Provision",
    "Region",
    "Resolution",
    "Spot",
    "Standing",
    "StatisticsRule",
    "Words",
    "all_benchmarks",
    "article",
    "articles",
    "benchmark",
    "calendar",
    "check_fine",
    "citations_in",
    "clocks",
    "codex_power",
    "coercive_power",
    "coercive_powers",
    "conduct",
    "constant_titles",
    "constants",
    "discretion",
    "edition",
    "edition_data",
    "edition_in_force",
    "edition_text",
    "editions",
    "editions_of",
    "exceptions_of",
    "field_aids",
    "field_steps",
    "fitting_tier",
    "identity_exception",
    "law_change",
    "license_item",
    "license_items",
    "parse",
    "plain",
    "power_item",
    "power_items",
    "power_key",
    "power_of",
    "power_rows",
    "powers_of_organ",
    "procedure",
    "procedure_edition",
    "procedure_in_force",
    "procedures",
    "procedures_in_force",
    "profile",
    "profile_details",
    "proposal",
    "proposals",
    "proposed",
    "provision",
    "regions",
    "report_scheme",
    "report_schemes",
    "resolve",
    "resolve_basis",
    "spans_of_tier",
    "spoken_notice",
    "spot_powers",
    "standings",
    "statistics_rule",
    "statute",
    "statutes",
    "texts_loaded",
    "version_on",
    "versions",
    "why_no_coercion",
]
