import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.estimation import Design, estimate_mean, estimate_total, replicate_weights
from workbench.estimation.sample import read_sample
from workbench.estimation.stage_bootstrap import stage_bootstrap


def two_stage_sample(rng, clusters=10, population=14, size=12, taken=5, strata=1):
    rows = []
    for stratum in range(strata):
        level = rng.normal(50, 8, population)
        for c in rng.choice(population, clusters, replace=False):
            units = rng.choice(size, taken, replace=False)
            rows += [(stratum, f"{stratum}-{c}", u, population, size, level[c] + rng.normal(0, 6)) for u in units]
    data = pd.DataFrame(rows, columns=["h", "psu", "row", "N", "M", "y"])
    return data.assign(w=population / clusters * size / taken)


TWO = Design(weight="w", stratum="h", psu=["psu", "row"], population=["N", "M"], psu_labels="within_stratum")


def test_variance_of_a_total_agrees_with_the_linearised_one():
    """For a linear statistic both have the same expectation; 20,000 replicates leave one per cent of chance."""
    data = two_stage_sample(np.random.default_rng(3), strata=2)
    exact = estimate_total(data, "y", TWO).table["std_error"].iloc[0]
    made = replicate_weights(data, TWO, replicates=20_000, seed=1)
    totals = made.weights.T @ data["y"].to_numpy()
    assert totals.std(ddof=1) == pytest.approx(exact, rel=0.02)
    assert totals.mean() == pytest.approx((data["w"] * data["y"]).sum(), rel=0.001)


def test_variance_is_near_that_over_redraws_of_the_population():
    rng = np.random.default_rng(11)
    population, size, clusters, taken = 20, 10, 8, 4
    people = pd.DataFrame({"psu": np.repeat(np.arange(population), size), "N": population, "M": size})
    people["y"] = rng.normal(0, 1, population)[people["psu"]] * 2 + rng.normal(0, 2, len(people))
    design = Design(weight="w", psu=["psu", "row"], population=["N", "M"])
    means, variances = [], []
    for i in range(300):
        chosen = rng.choice(population, clusters, replace=False)
        part = people[people["psu"].isin(chosen)].groupby("psu").sample(taken, random_state=i)
        data = part.assign(row=part.index, w=population / clusters * size / taken)
        means.append(data["y"].mean())
        boot = Design(weight="w", replicates=replicate_weights(data, design, replicates=100, seed=i))
        variances.append(estimate_mean(data, "y", boot).table["std_error"].iloc[0] ** 2)
    assert np.mean(variances) == pytest.approx(np.var(means), rel=0.2)


@settings(max_examples=30)
@given(st.integers(2, 9), st.integers(1, 6), st.integers(0, 5))
def test_factors_are_never_negative_and_keep_the_sum_on_average(clusters, taken, seed):
    data = two_stage_sample(np.random.default_rng(seed), clusters=clusters, taken=taken)
    factor = stage_bootstrap(read_sample(data, TWO), 200, seed)
    assert factor.shape == (len(data), 200)
    assert factor.min() > -1e-12
    assert factor.mean() == pytest.approx(1, abs=0.15)


def test_a_census_of_clusters_leaves_the_second_stage_only():
    data = two_stage_sample(np.random.default_rng(5), clusters=6, population=6)
    factor = stage_bootstrap(read_sample(data, TWO), 500, 1)
    by_cluster = pd.DataFrame(factor).groupby(data["psu"].to_numpy()).sum()
    np.testing.assert_allclose(by_cluster.std(axis=1), 0, atol=1e-9)
    exact = estimate_mean(data, "y", TWO).table["std_error"].iloc[0]
    means = (factor * data["w"].to_numpy()[:, None] * data[["y"]].to_numpy()).sum(axis=0) / data["w"].sum()
    assert means.std(ddof=1) == pytest.approx(exact, rel=0.12)


def test_the_same_seed_gives_the_same_factors():
    sample = read_sample(two_stage_sample(np.random.default_rng(2)), TWO)
    np.testing.assert_array_equal(stage_bootstrap(sample, 70, 4), stage_bootstrap(sample, 70, 4))
