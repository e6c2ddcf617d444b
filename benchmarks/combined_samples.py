"""A main sample, a panel and a spot check as one: are means unbiased, are errors right, do intervals cover?

Each sample is drawn apart from the others from one population in which the risky are less content: main sample and
panel stratified by region, the spot check in proportion to risk. Weights are those of the draw.

Usage: ``python benchmarks/combined_samples.py [samples] [folder of the table]``. Writes combined_samples.md.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.estimation import Design, estimate_mean
from workbench.weighting import combine_samples

SEED = 20261130
# population, sizes of main sample, panel and spot check, method
SETTINGS = (
    (5000, 400, 150, 100, "shares"),
    (5000, 400, 150, 100, "single_frame"),
    (5000, 400, 60, 30, "shares"),
    (1000, 300, 120, 60, "shares"),
)
TOGETHER = Design(weight="weight", stratum="stratum", psu="customer_id")
ALONE = Design(weight="weight", stratum="stratum")


def population(size, rng):
    """Return customers with region, risk and answer."""
    region, risky = rng.choice(["n", "s", "w"], size, p=[0.5, 0.3, 0.2]), rng.random(size) < 0.15
    answer = np.clip(rng.normal(7, 2, size) + 0.8 * (region == "n") - 2 * risky, 0, 10)
    return pd.DataFrame({"customer_id": np.arange(size), "stratum": region, "risk": 1.0 + 4 * risky, "y": answer})


def drawn(people, sizes, rng):
    """Return the three samples with weights, and the probability of every customer in each."""
    regions = people["stratum"].value_counts()
    chance = {
        name: people["stratum"].map({h: max(round(n * many / len(people)), 2) / many for h, many in regions.items()})
        for name, n in (("main", sizes[0]), ("panel", sizes[1]))
    }
    chance["check"] = np.minimum(sizes[2] * people["risk"] / people["risk"].sum(), 1)
    found = {}
    for name in ("main", "panel"):
        parts = [
            rng.choice(
                np.flatnonzero(people["stratum"] == h),
                max(round(sizes[name == "panel"] * many / len(people)), 2),
                replace=False,
            )
            for h, many in regions.items()
        ]
        found[name] = np.concatenate(parts)
    order = rng.permutation(len(people))
    grown = np.cumsum(chance["check"].to_numpy()[order])
    places = np.searchsorted(grown, rng.random() + np.arange(int(grown[-1] + 1e-9)))
    found["check"] = order[places[places < len(order)]]
    return {
        name: people.iloc[rows].assign(
            weight=1 / chance[name].iloc[rows], **{f"pi_{k}": c.iloc[rows] for k, c in chance.items()}
        )
        for name, rows in found.items()
    }


def study(setting, samples, rng):
    """Return bias, spread, mean error and coverage of all together, and spread and coverage of the main sample."""
    size, *sizes, method = setting
    people = population(size, rng)
    truth, rows = people["y"].mean(), []
    for _ in range(samples):
        parts = drawn(people, sizes, rng)
        parts["check"] = parts["check"].drop(columns="stratum")
        chances = {n: f"pi_{n}" for n in parts} if method == "single_frame" else None
        both = combine_samples(parts, method=method, probabilities=chances)
        told = estimate_mean(both.rows, "y", TOGETHER).table.iloc[0]
        alone = estimate_mean(parts["main"], "y", ALONE).table.iloc[0]
        rows.append(
            [
                *(told["estimate"], told["std_error"], told["ci_low"] <= truth <= told["ci_high"]),
                *(alone["estimate"], alone["ci_low"] <= truth <= alone["ci_high"], both.shared),
            ]
        )
    estimate, error, covered, main, main_covered, shared = np.array(rows, dtype=float).T
    return (
        f"{estimate.mean() - truth:+.4f}",
        f"{estimate.std() / samples**0.5:.4f}",
        f"{estimate.std():.4f}",
        f"{error.mean():.4f}",
        f"{100 * covered.mean():.1f}",
        f"{main.std():.4f}",
        f"{100 * main_covered.mean():.1f}",
        f"{shared.mean():.1f}",
    )


def main(samples, folder):
    """Write the table."""
    rng = np.random.default_rng(SEED)
    head = ["population", "main", "panel", "check", "method", "bias", "Monte Carlo error", "true error", "mean error"]
    head += ["coverage %", "main alone: true error", "main alone: coverage %", "in several samples"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join([*map(str, s), *study(s, samples, rng)])} |" for s in SETTINGS]
    text = (
        "# A main sample, a panel and a spot check as one\n\n"
        f"Means of {samples} draws; intervals of 95 %. The small population's draws count as drawn with replacement, "
        "so\nthat its intervals are wide, alone and together. Made by "
        f"`python benchmarks/combined_samples.py {samples}`; the method is\n`workbench.weighting.combine_samples`.\n\n"
    )
    (folder / "combined_samples.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 400,
        Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1] / "docs",
    )
