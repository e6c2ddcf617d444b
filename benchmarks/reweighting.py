"""Do intervals hold that count what non-response adjustment, raking and trimming do? Beside weights taken as fixed.

Usage: ``python benchmarks/reweighting.py [samples]``. Writes docs/coverage_reweighting.md; the seed is fixed.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.core.errors import UntrustedWarning
from workbench.estimation import Design, estimate_mean, reweight
from workbench.weighting import adjust_nonresponse, rake, trim

SEED = 20260930
REPLICATES = 60
SIZE = {"n": 300, "s": 300}
HEAD = """\
# Coverage where weights come from several steps

Made by `python benchmarks/reweighting.py {samples}`, seed {seed}, {samples} samples each (Monte Carlo error of 95 %:
{error:.1f} points). 600 of 3,000 customers, 300 in each of two regions; from a quarter to three quarters answer, by
age, and the mean asked for differs by age, region and channel. `replicates`: {replicates} bootstrap replicates that
redo every step (`workbench.estimation.reweight`); `fixed`: the linearised error of the final weights, as if given.
Trimming at three medians brings a bias, which no error counts.

| steps | bias | deviation | error / deviation, replicates | coverage | error / deviation, fixed | coverage |
|---|---|---|---|---|---|---|
"""


def company(rng, customers=3000):
    """Customers whose age decides what they say and whether they say it."""
    region = rng.choice(["n", "s"], customers, p=[0.7, 0.3])
    age = rng.choice(["y", "m", "o"], customers, p=[0.3, 0.4, 0.3])
    channel = rng.choice(["shop", "web"], customers)
    y = 50 + 10 * (age == "o") - 15 * (age == "y") + 8 * (channel == "web") + 5 * (region == "n")
    chance = np.select([age == "y", age == "m"], [0.25, 0.5], 0.75)
    table = {"region": region, "age": age, "channel": channel, "chance": chance}
    return pd.DataFrame({**table, "y": y + rng.normal(0, 12, customers)})


def classes(data, weight):
    return adjust_nonresponse(data, classes=["region", "age"], weight=weight, minimum=1)


def regions(data, weight):
    return adjust_nonresponse(data, classes="region", weight=weight, minimum=1)


def cut(data, weight):
    return trim(data, weight=weight, upper=3, times="times")


def main():
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    warnings.simplefilter("ignore", UntrustedWarning)
    rng = np.random.default_rng(SEED)
    people = company(rng)
    margins = {c: people[c].value_counts() for c in ("age", "channel")}

    def raked(data, weight):
        return rake(data, margins, weight=weight)

    settings = {
        "classes of region and age": [classes],
        "classes, then trimmed": [classes, cut],
        "regions, then raked by age and channel": [regions, raked],
    }
    truth, sizes = people["y"].mean(), people["region"].value_counts()
    text = HEAD.format(samples=samples, seed=SEED, error=100 * np.sqrt(0.0475 / samples), replicates=REPLICATES)
    for name, steps in settings.items():
        found = []
        for s in range(samples):
            parts = [people[people["region"] == r].sample(n, random_state=rng) for r, n in SIZE.items()]
            asked = pd.concat(parts, ignore_index=True)
            asked["N"] = asked["region"].map(sizes)
            asked["base_weight"] = asked["N"] / asked["region"].map(SIZE)
            asked["responded"] = rng.random(len(asked)) < asked["chance"]
            drawn = Design(weight="base_weight", stratum="region", population="N")
            made = reweight(asked, drawn, steps, replicates=REPLICATES, seed=s)
            fixed = Design(weight="weight", stratum="region", population="N")
            for design in (made.design, fixed):
                row = estimate_mean(made.answers, "y", design).table.iloc[0]
                found.append([row["estimate"], row["std_error"], row["ci_low"] <= truth <= row["ci_high"]])
        table = np.array(found, dtype=float).reshape(samples, 2, 3)
        deviation = table[:, 0, 0].std()
        ratio, held = table[:, :, 1].mean(axis=0) / deviation, 100 * table[:, :, 2].mean(axis=0)
        text += f"| {name} | {table[:, 0, 0].mean() - truth:.2f} | {deviation:.2f} | {ratio[0]:.2f} | {held[0]:.1f} "
        text += f"| {ratio[1]:.2f} | {held[1]:.1f} |\n"
        print(name, flush=True)
    (Path(__file__).parent.parent / "docs" / "coverage_reweighting.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
