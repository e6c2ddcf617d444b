import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design
from workbench.estimation.sample import read_sample
from workbench.estimation.variance import covariance_of_totals, degrees_of_freedom, unit_totals


def sampled(seed=0, n=90):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"s": np.repeat([0, 1, 2], n // 3), "p": np.arange(n) // 5, "w": rng.uniform(1, 4, n), "N": 20})
    return data, rng.normal(0, 1, (n, 2)), rng.integers(-1, 3, n)


@pytest.mark.parametrize("psu", [None, "p"])
def test_domains_equal_scores_of_zero(psu):
    data, scores, domain = sampled()
    data["N"] = 60
    sample = read_sample(data, Design(weight="w", stratum="s", psu=psu, population="N"))
    fast = covariance_of_totals(sample, scores, domain, 3)
    wide = np.hstack([np.where((domain == d)[:, None], scores, 0.0) for d in range(3)])
    np.testing.assert_allclose(fast, covariance_of_totals(sample, wide), rtol=1e-10, atol=1e-10)


def test_one_domain_of_some_rows():
    data, scores, _ = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p", population="N"))
    domain = np.where(np.arange(90) % 2, 0, -1)
    expected = covariance_of_totals(sample, np.where((domain == 0)[:, None], scores, 0.0))
    np.testing.assert_allclose(covariance_of_totals(sample, scores, domain, 1), expected)


def test_closed_form_of_a_stratified_sample():
    data, scores, _ = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s"))
    z = scores * data["w"].to_numpy()[:, None]
    expected = sum(30 * np.cov(z[data["s"] == s].T) for s in range(3))
    np.testing.assert_allclose(covariance_of_totals(sample, scores), expected)


def test_degrees_of_freedom():
    data, _, _ = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p"))
    assert degrees_of_freedom(sample).tolist() == [18 - 3]
    only = np.where(data["s"] == 1, 0, -1)
    assert degrees_of_freedom(sample, only, 1).tolist() == [5]
    rows = read_sample(data, Design(weight="w", stratum="s"))
    assert degrees_of_freedom(rows, only, 1).tolist() == [29]


def test_unit_totals_add_up():
    data, scores, domain = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p"))
    totals = unit_totals(sample, scores[:, :1], domain, 3)
    for d in range(3):
        assert totals[:, d].sum() == pytest.approx((scores[:, 0] * data["w"])[domain == d].sum())
