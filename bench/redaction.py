"""The redactor: what of the planted it finds, by kind, how many ordinary words it takes for names, and how fast it is.

What is planted stands in ``tests.insight.planted``. Statutes name nobody: whatever is masked in them is a mistake.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.insight.planted import sentences, survives

STATUTES = (
    Path(os.environ.get("MINGJING_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    / "laws"
)
MOST = 1_500_000  # characters of statutes looked through


def main() -> None:
    """Print people's lines, then one line of JSON."""
    argparse.ArgumentParser().parse_args()
    found = recall()
    for kind, share in found.items():
        if share < 1:
            print(f"找回 {kind}：{share:.1%}")
    print(f"其余 {sum(share == 1 for share in found.values())} 类全部找回")
    wrong, signs = mistakes()
    if signs:
        print(f"法律条文 {signs:,} 字中错遮 {wrong} 处（每百万字 {wrong / signs * 1e6:.1f} 处）")
    masking, checking = speed()
    print(f"遮盖每 CPU 秒 {masking:,.0f} 字，连同泄露检查 {checking:,.0f} 字")
    figures: dict[str, Any] = {
        "recall": found,
        "wrong_per_million": round(wrong / signs * 1e6, 1) if signs else None,
        "masked_per_cpu_second": round(masking),
        "checked_per_cpu_second": round(checking),
    }
    print(json.dumps(figures, ensure_ascii=False))


def recall() -> dict[str, float]:
    """The share of what was planted that no stranger finds afterwards, by kind."""
    from mingjing.insight.redaction import redact

    planted, left = Counter[str](), Counter[str]()
    for one in sentences():
        planted[one.kind] += 1
        left[one.kind] += survives(one, redact(one.text).text)
    return {kind: round(1 - left[kind] / count, 4) for kind, count in planted.items()}


def mistakes() -> tuple[int, int]:
    """Masks put over statutes, and characters looked through."""
    from mingjing.insight.redaction import redact

    wrong = signs = 0
    for path in sorted(STATUTES.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += len(redact(text).spans)
        signs += len(text)
        if signs > MOST:
            break
    return wrong, signs


def speed() -> tuple[float, float]:
    """Characters a CPU second over a paper of fifty pages: masked, and masked and checked for leaks."""
    from mingjing.insight.leaks import Passage, leaks_in
    from mingjing.insight.redaction import redact

    paper = "\n".join(one.text for one in sentences(rounds=2))[:40_000]
    began = time.process_time()
    masked = redact(paper).text
    half = time.process_time()
    leaks_in([Passage("正文", masked)])
    return len(paper) / (half - began), len(paper) / (time.process_time() - began)


if __name__ == "__main__":
    main()
