from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nps.importance import (
    correlations_of_draws,
    correlations_of_outcomes,
    covariances_of_draws,
    explained_by_subsets,
    johnson,
    latent_correlation,
    latent_correlations,
    pairwise_correlation,
    shapley,
    weighted_correlation,
)

CASES = ["sfo2017_netpro_8", "sfo2017_q7all_8", "sfo2017_netpro_12", "swiss_fertility"]


def complete(reference, case):
    numbers = reference.numbers("drivers")[case]
    data = reference.data("swiss" if case == "swiss_fertility" else "sfo_2017")
    columns = [*numbers["lmg_raw"], numbers["outcome"]]
    data = data[columns].apply(lambda s: s.where(s.between(1, 5)) if s.name.startswith("Q") else s)
    return numbers, data


@pytest.mark.parametrize("case", CASES)
def test_relaimpo_lmg_and_rwa(reference, case):
    numbers, data = complete(reference, case)
    data = data.dropna()
    correlation = weighted_correlation(data.to_numpy(dtype=float), np.ones(len(data)))
    np.testing.assert_allclose(shapley(correlation), list(numbers["lmg_raw"].values()), rtol=1e-9)
    np.testing.assert_allclose(johnson(correlation), list(numbers["johnson_raw"].values()), rtol=1e-9)
    assert explained_by_subsets(correlation)[-1] == pytest.approx(numbers["r2"], rel=1e-9)


def test_relaimpo_weighted(reference):
    numbers, data = complete(reference, "sfo2017_netpro_8")
    weights = reference.data("sfo_2017")["WEIGHT"]
    rows = data.notna().all(axis=1)
    correlation = weighted_correlation(data[rows].to_numpy(dtype=float), weights[rows].to_numpy())
    np.testing.assert_allclose(shapley(correlation), list(numbers["weighted"]["lmg_raw"].values()), rtol=1e-8)
    np.testing.assert_allclose(johnson(correlation), list(numbers["weighted"]["johnson_raw"].values()), rtol=1e-8)


def test_rwa_pairwise(reference):
    numbers = reference.numbers("drivers")["johnson_pairwise_8"]
    _, data = complete(reference, "sfo2017_netpro_8")
    data = data[data["NETPRO"].notna()]
    correlation = pairwise_correlation(data.to_numpy(dtype=float), np.ones(len(data)))
    np.testing.assert_allclose(johnson(correlation), list(numbers["raw"].values()), rtol=1e-8)
    assert np.linalg.eigvalsh(correlation[:-1, :-1]).min() == pytest.approx(numbers["min_eigen"], rel=1e-6)


def by_definition(correlation):
    count = len(correlation) - 1
    r2 = {}
    for size in range(count + 1):
        for subset in combinations(range(count), size):
            s = list(subset)
            r = correlation[s, -1]
            r2[subset] = float(r @ np.linalg.lstsq(correlation[np.ix_(s, s)], r, rcond=None)[0]) if s else 0.0
    from math import factorial

    gains = np.zeros(count)
    for subset, value in r2.items():
        for j in set(range(count)) - set(subset):
            weight = factorial(len(subset)) * factorial(count - 1 - len(subset)) / factorial(count)
            gains[j] += weight * (r2[tuple(sorted((*subset, j)))] - value)
    return gains


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_shapley_by_definition(seed, count):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(40, count + 1)) @ rng.normal(size=(count + 1, count + 1))
    correlation = weighted_correlation(values, rng.uniform(1, 2, 40))
    np.testing.assert_allclose(shapley(correlation), by_definition(correlation), atol=1e-8)
    assert shapley(correlation).sum() == pytest.approx(johnson(correlation).sum(), abs=1e-8)


def test_exact_copies_share_equally():
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    values = np.column_stack([x, x, rng.normal(size=200), x + rng.normal(size=200)])
    for split in (shapley, johnson):
        parts = split(weighted_correlation(values, np.ones(200)))
        assert parts[0] == pytest.approx(parts[1], rel=1e-6)
        assert np.isfinite(parts).all()


@pytest.fixture(scope="module")
def rated():
    rng = np.random.default_rng(3)
    values = rng.integers(1, 6, (200, 5)) + 100.0
    values[:, -1] += values[:, 0]
    return values, rng.exponential(size=(200, 30))


def test_many_draws_are_what_each_is_by_itself(rated, monkeypatch):
    values, weights = rated
    each = [weighted_correlation(values, w) for w in weights.T]
    # numbers that are held beside each other change nothing
    for most in (2**21, 600):
        monkeypatch.setattr("workbench.nps.importance.MOST_AT_ONCE", most)
        stack = correlations_of_draws(values, weights)
        np.testing.assert_allclose(stack, each, atol=1e-12)
        for split in (shapley, johnson):
            np.testing.assert_allclose(split(stack), [split(c) for c in each], atol=1e-12)
    np.testing.assert_allclose(explained_by_subsets(stack), [explained_by_subsets(c) for c in each], atol=1e-12)


def test_shuffled_outcomes_correlate_as_each_does_by_itself(rated):
    values, weights = rated
    rng, w = np.random.default_rng(1), weights[:, 0]
    outcomes = np.column_stack([rng.permutation(values[:, -1]) for _ in range(7)])
    want = [weighted_correlation(np.column_stack([values[:, :-1], y]), w) for y in outcomes.T]
    np.testing.assert_allclose(correlations_of_outcomes(values[:, :-1], outcomes, w), want, atol=1e-12)


def test_latent_answers_of_many_draws_correlate_as_of_each(rated):
    values, weights = rated
    x, slopes = values[:, :-1], np.random.default_rng(2).normal(size=(30, 4))
    want = [latent_correlation(x, w, b) for w, b in zip(weights.T, slopes, strict=True)]
    np.testing.assert_allclose(latent_correlations(covariances_of_draws(x, weights), slopes), want, atol=1e-12)
