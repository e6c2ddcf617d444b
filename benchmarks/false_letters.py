"""How often does a table print a letter where nothing differs? And what a table costs beside looping over groups.

Every sample is drawn from a population in which all columns are alike: 48 stores in 4 strata, weights that vary by 0.6
of their mean. Means are of skewed amounts where it says so. Letters are looked for without correction (per pair) and
with Benjamini and Hochberg over the row, as tables print them.

Usage: ``python benchmarks/false_letters.py [samples] [folder of the table]``. Writes false_letters.md.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.estimation import Design, compare_groups
from workbench.tabulation import groups, mean, single, tabulate

SEED = 20261130
LEVEL = 0.05
STORES, STRATA = 48, 4
# name, columns (sizes of people, or stores per column), share, overlapping
SETTINGS = (
    ("people 480 and 360, 30 %", (480, 360), 0.30, "people"),
    ("people 36 and 600, 10 %", (36, 600), 0.10, "people"),
    ("people 36 and 600, 3 %", (36, 600), 0.03, "people"),
    ("people 100 and 600, 10 %", (100, 600), 0.10, "people"),
    ("24 and 24 stores, 30 %", (24, 24), 0.30, "stores"),
    ("12 and 36 stores, 5 %", (12, 36), 0.05, "stores"),
    ("8 and 40 stores, 30 %", (8, 40), 0.30, "stores"),
    ("overlapping, 720 and 600, 30 %", (720, 600), 0.30, "overlap"),
    ("amounts, 100 and 500 people", (100, 500), None, "people"),
    ("amounts, 60 and 500 people", (60, 500), None, "people"),
)


def drawn(rng, sizes, share, kind):
    """Draw a sample in which columns are alike, and its design."""
    n = 1200 if kind != "people" else sum(sizes)
    store = rng.integers(0, STORES, n)
    data = pd.DataFrame({"store": store, "h": (store % STRATA).astype(str), "w": rng.gamma(1 / 0.36, 0.36, n) + 0.02})
    effect = rng.beta(19 * (share or 0.3), 19 * (1 - (share or 0.3)), STORES)[store]
    data["y"] = np.where(rng.random(n) < effect, "yes", "no")
    data["amount"] = np.exp(rng.normal(3, 0.8, n))
    if kind == "people":
        data["g"] = np.repeat(["a", "b"], sizes)
    elif kind == "stores":
        data["g"] = np.where(rng.permutation(STORES)[store] < sizes[0], "a", "b")
    else:
        data["a"] = (rng.permutation(n) < sizes[0]).astype(int)
        data["b"] = (rng.permutation(n) < sizes[1]).astype(int)
    return data, Design(weight="w", stratum="h", psu="store", lonely_psu="certainty")


def letters(samples, rng):
    """Return one row per setting: letters of the table's test, and of Student's t on the linearised variance."""
    rows = []
    for name, sizes, share, kind in SETTINGS:
        hits, plain, tested = 0, 0, 0
        for _ in range(samples):
            data, design = drawn(rng, sizes, share, kind)
            by = "g" if kind != "overlap" else groups({"a": "a", "b": "b"}, name="g")
            rows_of = mean("amount") if share is None else single("y")
            found = tabulate(data, design, rows=rows_of, columns=by, minimum_base=2, correction=None).pairs.iloc[-1]
            if not np.isfinite(found["p_value"]):
                continue
            tested += 1
            hits += found["p_value"] < LEVEL
            plain += abs(found["estimate"]) > 2.02 * found["std_error"]
        rows.append((name, 100 * hits / max(tested, 1), 100 * plain / max(tested, 1), tested))
    return rows


def empty_tables(samples, rng):
    """Return letters per empty table of 10 rows and 40 columns in 8 groups."""
    found = []
    for _ in range(samples):
        n = 1200
        store = rng.integers(0, STORES, n)
        data = pd.DataFrame({"store": store, "h": (store % STRATA).astype(str), "w": rng.gamma(2.8, 0.36, n) + 0.02})
        for q in range(10):
            data[f"q{q}"] = np.where(rng.random(n) < 0.3, 1, 0)
        for g in range(8):
            data[f"g{g}"] = rng.choice(list("vwxyz"), n)
        design = Design(weight="w", stratum="h", psu="store")
        choices = [single(f"q{q}") for q in range(10)]
        table = tabulate(data, design, rows=choices, columns=[f"g{g}" for g in range(8)], levels=(0.95,))
        yes = table.table[table.table["row"] == "1"]
        found.append(yes["letters"].str.split().map(len).sum())
    return float(np.mean(found))


def costs(rng):
    """Return CPU seconds of one table of 6 × 40, and of the same by looping over `compare_groups`."""
    n = 10_000
    data = pd.DataFrame(
        {"q": rng.choice(list("abcdef"), n), "w": rng.uniform(0.5, 2, n), "h": rng.choice(list("12345678"), n)}
    )
    by = [f"g{g}" for g in range(8)]
    for g in by:
        data[g] = rng.choice(list("vwxyz"), n)
    design = Design(weight="w", stratum="h")
    best = []
    for _ in range(5):
        started = time.process_time()
        tabulate(data, design, rows="q", columns=by)
        best.append(time.process_time() - started)
    started = time.process_time()
    for g in by:
        for level in "abcdef":
            compare_groups(data, "q", design, by=g, statistic="proportion", level=level)
    return min(best), time.process_time() - started


def main():
    """Simulate, and write the table."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("docs")
    rng = np.random.default_rng(SEED)
    lines = [
        "# Letters where nothing differs",
        "",
        f"Made by `python benchmarks/false_letters.py {samples}`, seed {SEED}, {samples} samples each (Monte",
        f"Carlo error at 5 %: {100 * np.sqrt(0.05 * 0.95 / samples):.1f} points). Per cent of pairs with p",
        "below 0.05, before correction; beside it the difference against 2.02 linearised errors.",
        "",
        "| columns | table's test | linearised t |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {ours:.1f} | {plain:.1f} |" for name, ours, plain, _ in letters(samples, rng)]
    every = empty_tables(max(samples // 8, 20), rng)
    ours, loop = costs(rng)
    lines += [
        "",
        f"An empty table of 10 rows and 40 columns (800 pairs) has {every:.2f} letters, corrected over rows.",
        "",
        f"A table of 6 answers and 40 columns, 10,000 answers: {ours:.2f} CPU seconds; the same pairs by looping over",
        f"`compare_groups`: {loop:.1f}.",
        "",
    ]
    (folder / "false_letters.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
