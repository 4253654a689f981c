"""What the law says, asked from outside this room."""

from mingjing.law.basis import Basis, parse
from mingjing.law.codex.clocks import Clock, clocks
from mingjing.law.codex.coercion import EXECUTIONS, KINDS, MEASURES, CoercivePower
from mingjing.law.codex.licenses import LicenseItem
from mingjing.law.codex.powers import FIELDS, Power
from mingjing.law.codex.profiles import Constant
from mingjing.law.codex.regions import Region, regions
from mingjing.law.codex.statutes import RANKS
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
    edition_text,
    editions,
    editions_of,
    procedure,
    procedure_edition,
    procedures,
    profile,
    profile_details,
)
from mingjing.law.queries.licenses import license_item, license_items
from mingjing.law.queries.powers import (
    CODEX,
    check_fine,
    discretion,
    power_item,
    power_items,
    power_key,
    power_of,
    power_rows,
    powers_of_organ,
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
    "Basis",
    "Clock",
    "CoercivePower",
    "Constant",
    "Edition",
    "KnownEdition",
    "LicenseItem",
    "Power",
    "Provision",
    "Region",
    "Resolution",
    "Standing",
    "all_benchmarks",
    "article",
    "articles",
    "benchmark",
    "calendar",
    "check_fine",
    "citations_in",
    "clocks",
    "coercive_power",
    "coercive_powers",
    "constants",
    "discretion",
    "edition",
    "edition_data",
    "edition_text",
    "editions",
    "editions_of",
    "license_item",
    "license_items",
    "parse",
    "power_item",
    "power_items",
    "power_key",
    "power_of",
    "power_rows",
    "powers_of_organ",
    "procedure",
    "procedure_edition",
    "procedures",
    "profile",
    "profile_details",
    "provision",
    "regions",
    "resolve",
    "resolve_basis",
    "standings",
    "statute",
    "statutes",
    "texts_loaded",
    "version_on",
    "versions",
    "why_no_coercion",
]
