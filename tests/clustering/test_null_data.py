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
