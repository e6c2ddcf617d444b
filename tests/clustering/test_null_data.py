import numpy as np
from scipy.stats import skew

from workbench.clustering.null_data import Cloud


def test_the_cloud_is_as_wide_correlated_and_skewed_as_the_data():
    rng = np.random.default_rng(2)
    base = rng.normal(size=(4000, 2)) @ np.linalg.cholesky([[1, 0.7], [0.7, 1]]).T
    values = np.column_stack([np.exp(base[:, 0] / 2), base[:, 1]])
    made = Cloud.of(values).draw(4000, rng)
    np.testing.assert_allclose(made.mean(axis=0), values.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(made.std(axis=0), values.std(axis=0), rtol=0.15)
    np.testing.assert_allclose(np.corrcoef(made.T), np.corrcoef(values.T), atol=0.08)
    assert abs(skew(made[:, 0]) - skew(values[:, 0])) < 0.8
    assert made.min() >= values.min() - 1e-9


def test_data_without_groups_are_as_coarse_as_the_data_and_have_no_holes():
    rng = np.random.default_rng(2)
    values = np.column_stack([rng.integers(1, 6, 400), rng.normal(size=400), np.log1p(rng.poisson(2, 400))])
    made = Cloud.of(values).draw(400, rng)
    assert set(np.unique(made[:, 0])) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert len(np.unique(made[:, 1])) > 390
    assert set(np.round(np.unique(made[:, 2]), 9)) <= set(np.round(np.log1p(np.arange(20)), 9))
    two = np.repeat([1.0, 2.0, 3.0, 11.0, 12.0, 13.0], 50)[:, None]
    drawn = Cloud.of(np.hstack([two, rng.permutation(two)])).draw(400, rng)
    assert np.isin([5.0, 6.0, 7.0, 8.0], drawn[:, 0]).any(), "the hole that divides the groups is filled"
