"""How often 95 % intervals of the NPS of regions hold in samples by size, with and without steady degrees of freedom.

``python benchmarks/by_size.py 3000 > docs/coverage_by_size.md``
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy import stats

from workbench.estimation import Design
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import read_sample
from workbench.estimation.variance import covariance_of_totals
from workbench.sampling.order_sampling import inclusion_probabilities

SEED = 20260930
CUSTOMERS = 12_000
SHARES = (0.4, 0.3, 0.2, 0.1)
SIZES = (200, 600)


def company(rng):
    """Customers with log-normal sizes, larger ones more content, in four regions."""
    size = rng.lognormal(4, 1.0, CUSTOMERS)
    region = rng.choice(len(SHARES), CUSTOMERS, p=SHARES)
    promoter = 1 / (1 + np.exp(-(-0.3 + 0.3 * (np.log(size) - 4) + 0.2 * region)))
    u = rng.random(CUSTOMERS)
    score = np.select([u < promoter, u < promoter + (1 - promoter) * 0.5], [100.0, 0.0], -100.0)
    return np.floor(size * 100).astype(np.int64) + 1, region, score


def run(samples, n, rng):
    """Draw Pareto samples of `n` and count the intervals that hold, by region."""
    size, region, score = company(rng)
    pi = inclusion_probabilities(size, n)
    truth = np.array([score[region == g].mean() for g in range(len(SHARES))])
    held, seen = {"units - 1": np.zeros(len(SHARES)), "steady": np.zeros(len(SHARES))}, np.zeros(len(SHARES))
    bases = np.zeros(len(SHARES))
    for _ in range(samples):
        u = rng.random(CUSTOMERS)
        drawn = np.argpartition(np.where(pi >= 1, -1.0, u * (1 - pi) / ((1 - u) * pi)), n)[:n]
        sample = read_sample(pd.DataFrame({"pi": pi[drawn]}), Design(probability="pi", without_replacement="hajek"))
        home, w = region[drawn], sample.weights
        sums = np.bincount(home, w, minlength=len(SHARES))
        mean = np.bincount(home, w * score[drawn], minlength=len(SHARES)) / sums
        residual = ((score[drawn] - mean[home]) / sums[home])[:, None]
        error = np.sqrt(np.diag(covariance_of_totals(sample, residual, home, len(SHARES))))
        many = np.bincount(home, minlength=len(SHARES))
        used, bases = many > 2, bases + many
        steady = np.maximum(degrees_of_freedom(sample, home, len(SHARES)), 0.5)
        for name, df in (("units - 1", np.maximum(many - 1, 1)), ("steady", steady)):
            held[name] += used & (np.abs(mean - truth) <= stats.t.ppf(0.975, df) * error)
        seen += used
    return {name: 100 * h / seen for name, h in held.items()}, bases / samples


def main():
    """Print the table."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    rng = np.random.default_rng(SEED)
    print("# Coverage of 95 % intervals of NPS by region in samples by size\n")
    print(
        f"Made by `python benchmarks/by_size.py {samples}`, seed {SEED}, {samples:,} Pareto samples each of "
        f"{CUSTOMERS:,} customers with log-normal sizes (σ = 1); variance of Hájek without take-all customers.\n"
    )
    print("| sample | answers in the region | units − 1 degrees of freedom | steady degrees of freedom |")
    print("|---|---|---|---|")
    for n in SIZES:
        found, bases = run(samples, n, rng)
        for g in range(len(SHARES)):
            print(f"| {n} | {bases[g]:.0f} | {found['units - 1'][g]:.1f} % | {found['steady'][g]:.1f} % |")


if __name__ == "__main__":
    main()
