"""Whether a name or a code in a 双公示 list was masked by whoever published it, in the many ways seen in the wild."""

from __future__ import annotations

import re

from mingjing.insight.names import SURNAMES

# Signs that stand for what was taken out. The X that ends a citizen's number is none.
_SIGNS = r"*＊×✕╳✱﹡•●○◯〇□■▇▲△※#＃?？~～"
_SURNAMES = "".join(sorted(SURNAMES))
_IN_CODE = re.compile(rf"[{_SIGNS}]|[xX]{{2,}}|[_＿-]{{2,}}|某")
_IN_NAME = re.compile(rf"[{_SIGNS}]|[xX]{{2,}}|[_＿]{{2,}}|(?<=[{_SURNAMES}])某|^某")


def masked_code(text: str) -> bool:
    """Whether characters of a code were replaced: it links nothing."""
    return bool(_IN_CODE.search(text))


def masked_name(text: str) -> bool:
    """Whether part of a name was replaced."""
    return bool(_IN_NAME.search(text))
