"""How often does a comparison of shares say "different" where nothing is? Rare answers, small groups, clusters, waves.

Every sample is drawn from a population in which both groups are alike, so that each p below 0.05 is a false alarm. The
linearised t test, which the tests of shares used to be, stands beside it. Weights vary by 0.6 of their mean.

Usage: ``python benchmarks/false_alarms.py [samples] [folder of the table]``. Writes false_alarms.md.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.errors import UntrustedWarning
from workbench.estimation import Design, compare_groups, estimate_change

SEED = 20260930
LEVEL = 0.05
# name, sizes of the groups, share, clusters in each group (0: none), intraclass correlation
SETTINGS = (
    ("people, a common answer", (480, 360), 0.30, (0, 0), 0.0),
    ("people, a small group and a tenth", (36, 600), 0.10, (0, 0), 0.0),
    ("people, a small group and a rare answer", (36, 600), 0.03, (0, 0), 0.0),
    ("people, medium groups and a rare answer", (100, 600), 0.05, (0, 0), 0.0),
    ("24 stores in each group", (600, 600), 0.30, (24, 24), 0.05),
    ("24 stores in each group, customers much alike", (600, 600), 0.30, (24, 24), 0.15),
    ("12 and 36 stores, a rare answer", (300, 900), 0.05, (12, 36), 0.05),
    ("8 and 40 stores", (200, 1000), 0.30, (8, 40), 0.05),
)


def drawn(rng, sizes, share, stores, icc):
    """Draw a sample of two groups that are alike, and its design."""
    group = np.repeat(["a", "b"], sizes)
    chance = np.full(sum(sizes), share)
    store = np.arange(sum(sizes))
    if stores[0]:
        store = np.concatenate([rng.integers(0, stores[0], sizes[0]), stores[0] + rng.integers(0, stores[1], sizes[1])])
        spread = 1 / icc - 1
        chance = rng.beta(share * spread, (1 - share) * spread, sum(stores))[store]
    weights = rng.gamma(1 / 0.36, 0.36, sum(sizes)) + 0.02
    data = pd.DataFrame({"g": group, "y": rng.random(sum(sizes)) < chance, "w": weights, "store": store})
    return data, Design(weight="w", psu="store" if stores[0] else None)


def alarms(samples, rng):
    """Return one row per setting: false alarms of the test and of the linearised one, in per cent."""
    rows = []
    for name, sizes, share, stores, icc in SETTINGS:
        found = np.zeros((samples, 2), dtype=bool)
        for i in range(samples):
            data, design = drawn(rng, sizes, share, stores, icc)
            pair = compare_groups(data, "y", design, by="g", statistic="proportion", minimum_base=2).pairs.iloc[0]
            plain = 2 * stats.t.sf(abs(pair["estimate"]) / max(pair["std_error"], 1e-12), min(sizes) - 1)
            found[i] = pair["p_value"] < LEVEL, plain < LEVEL
        rows.append((name, *sizes, share, icc, *(100 * found.mean(axis=0))))
    for name, sizes, share in (("two waves, a rare answer", (60, 600), 0.03), ("two waves", (300, 300), 0.30)):
        found = np.zeros((samples, 2), dtype=bool)
        for i in range(samples):
            waves = [pd.DataFrame({"y": (rng.random(n) < share).astype(int)}) for n in sizes]
            row = estimate_change(*waves, "y", Design(), id=None, statistic="proportion", minimum_base=2).table.iloc[0]
            plain = 2 * stats.t.sf(abs(row["estimate"]) / max(row["std_error"], 1e-12), min(sizes) - 1)
            found[i] = row["p_value"] < LEVEL, plain < LEVEL
        rows.append((name, *sizes, share, 0.0, *(100 * found.mean(axis=0))))
    return rows


def main():
    """Simulate and write the table."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "docs")
    warnings.simplefilter("ignore", UntrustedWarning)
    rows = alarms(samples, np.random.default_rng(SEED))
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / samples)
    lines = [
        "# False alarms in comparisons of shares",
        "",
        f"Nothing differs; p below 0.05 in per cent of {samples:,} samples (Monte Carlo error {error:.1f}). Made by",
        f"`python benchmarks/false_alarms.py {samples}`; the test is `workbench.estimation.share_test.shares_alike`.",
        "",
        "| setting | first | second | share | intraclass correlation | test of shares | linearised t |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {n} | {a} | {b} | {p:.2f} | {icc:.2f} | {test:.1f} | {plain:.1f} |"
            for n, a, b, p, icc, test, plain in rows
        ),
    ]
    (folder / "false_alarms.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
