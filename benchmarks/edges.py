"""Do numbers hold at the edges? Quantiles of few answers, stores met again, replicates, lists, skewed means.

Usage: ``python benchmarks/edges.py [samples]``. Writes docs/edges.md; the seed is fixed.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.errors import UntrustedWarning
from workbench.estimation import (
    Design,
    Replicates,
    compare_groups,
    estimate_change,
    estimate_mean,
    estimate_quantile,
    replicate_weights,
)

SEED = 20260930
HEAD = """\
# At the edges

Made by `python benchmarks/edges.py {samples}`, seed {seed}, {samples} samples each (Monte Carlo error of 95 %:
{error:.1f} points). An open end covers: nothing was claimed there.
"""


def quantiles(rng, samples):
    """Coverage of Woodruff's interval, open ends where no answer can be a limit."""
    for n in (10, 20, 50, 100):
        for p in (0.5, 0.9, 0.95):
            truth, hits, is_open = stats.lognorm.ppf(p, 1.0), 0, 0
            # one table of all samples: the sample's number is the group, and no answer is shared
            data = pd.DataFrame({"y": rng.lognormal(size=n * samples), "s": np.repeat(np.arange(samples), n)})
            for _, part in data.groupby("s"):
                row = estimate_quantile(part, "y", Design(), probabilities=p).table.iloc[0]
                hits += not (truth < row["ci_low"] or truth > row["ci_high"])
                is_open += row["open"] != ""
            yield f"| {n} | {p:g} | {100 * hits / samples:.1f} | {100 * is_open / samples:.0f} |"


def stores(rng, samples):
    """Waves that keep their stores and ask other customers there; before, only common customers counted."""
    for alike in (0.05, 0.2):
        hits = apart = 0
        deviations, errors = [], []
        for _ in range(samples):
            store = np.repeat(np.arange(24), 15)
            effect = rng.normal(0, np.sqrt(alike), 24)[store]
            waves = [
                pd.DataFrame({"store": store, "y": effect + rng.normal(0, np.sqrt(1 - alike), len(store))})
                for _ in range(2)
            ]
            met = estimate_change(*waves, "y", Design(psu="store"), id=None).table.iloc[0]
            other = [w.assign(store=w["store"] + 100 * i) for i, w in enumerate(waves)]
            lone = estimate_change(*other, "y", Design(psu="store"), id=None).table.iloc[0]
            hits += met["ci_low"] <= 0 <= met["ci_high"]
            apart += lone["ci_low"] <= 0 <= lone["ci_high"]
            deviations.append(met["estimate"])
            errors.append(met["std_error"])
        ratio = np.mean(errors) / np.std(deviations)
        yield f"| {alike:g} | {100 * hits / samples:.1f} | {100 * apart / samples:.1f} | {ratio:.2f} |"


def delivered(rng, samples):
    """Jackknife weights in columns of the data, read as a file's user reads them."""
    hits = 0
    for _ in range(samples):
        psu = np.repeat(np.arange(20), 8)
        data = pd.DataFrame({"y": rng.normal(0, 0.4, 20)[psu] + rng.normal(size=160), "w": 1.0, "psu": psu})
        made = replicate_weights(data, Design(weight="w", psu="psu"), method="jk1").weights
        file = data.join(pd.DataFrame(made, columns=[f"r{i}" for i in range(1, 21)])).sample(frac=1, random_state=1)
        design = Design(weight="w", replicates=Replicates(columns="r{r}", type="jk1"))
        row = estimate_mean(file, "y", design).table.iloc[0]
        hits += row["ci_low"] <= 0 <= row["ci_high"]
    yield f"| 20 units of 8, jk1 | {100 * hits / samples:.1f} |"


def skewed(rng, samples):
    """False alarms between groups that do not differ: means of skewed amounts, shares of other clusterings."""
    promoters = {"statistic": "nps", "not_answered": ()}
    settings = (
        *(("amounts", sizes, {}) for sizes in ((20, 400), (50, 400), (100, 400), (100, 100), (400, 400))),
        ("NPS with 85 % promoters", (40, 400), promoters),
        ("ratings", (40, 400), {}),
    )
    for name, (first, second), how in settings:
        false = plain = 0
        for _ in range(samples):
            everybody = first + second
            if name == "amounts":
                y = rng.lognormal(0, 1, everybody)
            elif how:
                y = rng.choice([10, 8, 3], everybody, p=[0.85, 0.1, 0.05])
            else:
                y = rng.choice([1, 2, 3, 4, 5], everybody, p=[0.05, 0.1, 0.2, 0.35, 0.3])
            data = pd.DataFrame({"y": y, "g": [0] * first + [1] * second})
            pair = compare_groups(data, "y", Design(), by="g", adjust=None, minimum_base=1, **how).pairs.iloc[0]
            false += pair["p_value"] < 0.05
            plain += student(pair, first - 1)
        yield f"| {name}, {first} and {second} answers | {100 * false / samples:.1f} | {100 * plain / samples:.1f} |"
    for first, second in ((12, 40), (24, 24)):
        false = plain = 0
        for _ in range(samples):
            store = np.repeat(np.arange(first + second), 8)
            y = rng.lognormal(rng.normal(0, 0.3, first + second)[store], 1)
            data = pd.DataFrame({"y": y, "store": store, "g": (store >= first).astype(int)})
            pair = compare_groups(data, "y", Design(psu="store"), by="g", adjust=None).pairs.iloc[0]
            false += pair["p_value"] < 0.05
            plain += student(pair, min(first, second) - 1)
        name = f"amounts, {first} and {second} stores of 8"
        yield f"| {name} | {100 * false / samples:.1f} | {100 * plain / samples:.1f} |"
    false = plain = 0
    for _ in range(samples):
        waves = [pd.DataFrame({"y": rng.lognormal(0, 1, n)}) for n in (50, 400)]
        row = estimate_change(*waves, "y", Design(), id=None).table.iloc[0]
        false += row["p_value"] < 0.05
        plain += student(row, 49)
    yield f"| amounts, waves of 50 and 400 answers | {100 * false / samples:.1f} | {100 * plain / samples:.1f} |"
    for alike in (0.02, 0.1, 0.3):
        false = plain = 0
        for _ in range(samples):
            store = np.repeat(np.arange(32), 20)
            chance = stats.norm.cdf(stats.norm.ppf(0.2) + np.sqrt(alike) * rng.normal(size=32))
            data = pd.DataFrame({"y": (rng.random(640) < chance[store]).astype(float), "store": store})
            data["g"] = (store >= 10).astype(int)
            pairs = compare_groups(data, "y", Design(psu="store"), by="g", statistic="proportion", adjust=None).pairs
            false += pairs["p_value"].iloc[0] < 0.05
            plain += student(pairs.iloc[0], 9)
        name = f"shares, 10 and 22 stores, correlation {alike:g}"
        yield f"| {name} | {100 * false / samples:.1f} | {100 * plain / samples:.1f} |"
    false = plain = 0
    for _ in range(samples):
        trend = np.sort(rng.beta(1, 4, 600))
        data = pd.DataFrame({"y": (rng.random(600) < trend).astype(float), "place": np.arange(600)})
        data["g"] = np.arange(600) % 2
        design = Design(order="place")
        pairs = compare_groups(data, "y", design, by="g", statistic="proportion", adjust=None).pairs
        false += pairs["p_value"].iloc[0] < 0.05
        plain += student(pairs.iloc[0], 299)
    name = "shares, a systematic sample of a sorted list"
    yield f"| {name} | {100 * false / samples:.1f} | {100 * plain / samples:.1f} |"


def student(row, df):
    """Tell whether Student's t with the error of the design alone would call a difference clear."""
    if row["std_error"] <= 0:
        return abs(row["estimate"]) > 0
    return 2 * stats.t.sf(abs(row["estimate"]) / row["std_error"], df) < 0.05


def listed(rng, samples):
    """Two systematic samples of a sorted list, of other or the same customers, by its order and as if at random."""
    people, step = 2000, 10
    place = np.arange(people)
    for name in ("other customers", "half the same", "the same customers"):
        found = []
        for _ in range(samples):
            lasting = np.linspace(-3.4, 3.4, people) + rng.normal(0, 0.7, people)
            answers = [lasting + rng.normal(0, 0.7, people) for _ in range(2)]
            truth = (answers[1] - answers[0]).mean()
            first = place[rng.integers(step) :: step]
            second = first if name == "the same customers" else place[rng.integers(step) :: step]
            if name == "half the same":
                second = np.where(np.arange(len(first)) % 2, first, second)
            waves = [
                pd.DataFrame({"customer_id": rows, "place": rows, "y": y[rows], "N": people})
                for rows, y in zip((first, second), answers, strict=True)
            ]
            for order in ("place", None):
                row = estimate_change(*waves, "y", Design(population="N", order=order)).table.iloc[0]
                found.append([row["estimate"] - truth, row["std_error"], row["ci_low"] <= truth <= row["ci_high"]])
        table = np.array(found, dtype=float).reshape(samples, 2, 3)
        ratio, held = table[:, :, 1].mean(axis=0) / table[:, 0, 0].std(), 100 * table[:, :, 2].mean(axis=0)
        yield f"| {name} | {held[0]:.1f} | {ratio[0]:.2f} | {held[1]:.1f} | {ratio[1]:.2f} |"


TABLES = (
    (
        quantiles,
        "Quantiles of few answers: coverage, and per cent of intervals with an open end",
        "| answers | quantile | coverage | open |",
    ),
    (
        stores,
        "A change where waves keep 24 stores and ask other customers",
        "| correlation | coverage | taken as other stores | error / deviation |",
    ),
    (delivered, "Replicate weights that came with a file", "| design | coverage |"),
    (
        listed,
        "A change between two systematic samples of a sorted list",
        "| samples | coverage | error / deviation | taken as random | error / deviation |",
    ),
    (
        skewed,
        "False alarms at 5 % between groups that do not differ",
        "| setting | p below 0.05 | Student's t with the same degrees of freedom |",
    ),
)


def main():
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    warnings.simplefilter("ignore", UntrustedWarning)
    rng = np.random.default_rng(SEED)
    text = HEAD.format(samples=samples, seed=SEED, error=100 * np.sqrt(0.05 * 0.95 / samples))
    for make, title, head in TABLES:
        rule = "|" + "---|" * (head.count("|") - 1)
        text += "\n".join(["", f"## {title}", "", head, rule, *make(rng, samples), ""])
        print(title, flush=True)
    (Path(__file__).parent.parent / "docs" / "edges.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
