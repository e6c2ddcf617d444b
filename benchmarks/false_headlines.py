"""How often a page says that a region differs, or has changed, where none does: ``docs/false_headlines.md``.

Run as ``python benchmarks/false_headlines.py [ROUNDS]``. Regions are drawn from one population, of unequal sizes, so
that every sentence about one of them is false.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.nps import nps_by_groups
from workbench.report.chapters.loyalty.words import group_findings

GROUPS = (7, 15, 31, 100)
ANSWERS = np.array([*range(11)])
CHANCES = np.array([2, 1, 1, 2, 2, 5, 6, 12, 20, 21, 28]) / 100
KEPT = Path(__file__).resolve().parent.parent / "docs" / "false_headlines.md"


def wave(rng: np.random.Generator, groups: int) -> pd.DataFrame:
    sizes = rng.integers(30, 90, groups)
    regions = np.repeat([f"r{i}" for i in range(groups)], sizes)
    return pd.DataFrame({"region": regions, "recommend": rng.choice(ANSWERS, len(regions), p=CHANCES)})


def said(groups: int, rounds: int, *, before: bool) -> tuple[float, float]:
    """Return the shares of waves with a clear, and with any, false sentence."""
    rng = np.random.default_rng(groups)
    clear = watched = 0
    for _ in range(rounds):
        previous = wave(rng, groups) if before else None
        result = nps_by_groups(wave(rng, groups), by=["region"], previous=previous)
        start = "nps.moved" if before else "nps.stands"
        states = [f.state for f in group_findings(result, {}, {}) if f.is_said and f.id.startswith(start)]
        clear += "clear" in states
        watched += bool(states)
    return clear / rounds, watched / rounds


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    error = round(100 * (0.05 * 0.95 / rounds) ** 0.5, 1)
    lines = [
        "# False headlines",
        "",
        f"Shares of {rounds} simulated waves in which a sentence about a region is said although none differs or has",
        f"changed; regions of 30–89 answers. Aim: at most 5 % clear ones (simulation error {error} points), at most",
        f"10 % with those said as not certain. Made by `python benchmarks/false_headlines.py {rounds}`.",
        "",
        "| regions | a region differs: clear | with watched | a region changed: clear | with watched |",
        "|---|---|---|---|---|",
    ]
    for groups in GROUPS:
        level, change = (said(groups, rounds, before=b) for b in (False, True))
        shares = [f"{100 * s:.1f} %" for s in (*level, *change)]
        lines.append(f"| {groups} | {' | '.join(shares)} |")
        print(lines[-1], flush=True)
    KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
