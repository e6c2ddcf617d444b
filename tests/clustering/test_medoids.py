import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clustering.medoids import gower, gower_ranges, partition_around_medoids


@pytest.fixture(scope="module")
def apart(mixed_input):
    numbers = mixed_input[["Age", "Income", "Kidhome", "Teenhome", "Monetary"]].to_numpy(float)
    codes = np.column_stack([pd.factorize(mixed_input[c], sort=True)[0] for c in ("Education", "Marital", "Response")])
    return gower(numbers, codes, gower_ranges(numbers))


def test_gower_agrees_with_r(reference, apart):
    known = reference["gower"]
    assert apart[np.triu_indices(len(apart), 1)].mean() == pytest.approx(known["mean_dissimilarity"], rel=1e-8)
    assert apart.max() == pytest.approx(known["max"], rel=1e-8)
    np.testing.assert_allclose(apart[0, 1:6], known["first_row_first5"], rtol=1e-8)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_pam_agrees_with_r(reference, apart, mixed_input, k):
    known = reference["gower"][f"pam_k{k}"]
    found = partition_around_medoids(apart, k)
    assert found.objective == pytest.approx(known["objective_swap"], rel=1e-8)
    if k < 6:  # two customers are alike there
        assert sorted(mixed_input["ID"].to_numpy()[found.medoids]) == sorted(known["medoid_ids"])
        assert sorted(np.bincount(found.labels), reverse=True) == sorted(known["sizes"], reverse=True)


@settings(max_examples=30)
@given(st.integers(4, 14), st.integers(1, 3), st.integers(0, 10**6))
def test_no_single_swap_helps(n, k, seed):
    line = np.random.default_rng(seed).normal(size=n)
    apart = np.abs(line[:, None] - line)
    found = partition_around_medoids(apart, k)
    for i in range(k):
        for row in range(n):
            other = found.medoids.copy()
            other[i] = row
            assert apart[other].min(axis=0).mean() >= found.objective - 1e-9
