import numpy as np
import pytest

from workbench.clustering.strength import ENOUGH, prediction_strength


def test_agrees_with_r(reference, campaign):
    known = reference["prediction_strength"]
    values = campaign[["recency", "log_frequency", "log_monetary"]].to_numpy()
    found = prediction_strength(values, range(2, 7), splits=25, starts=5, seed=1)
    for k, strength in zip(range(2, 5), found, strict=False):
        assert strength == pytest.approx(known["mean_pred"][str(k)], abs=known["mc_tolerance"])
    enough = [k for k, s in zip(range(2, 7), found, strict=True) if s >= ENOUGH]
    assert max(enough) == known["optimal_k_cutoff_0.8"]


def test_one_group_is_not_predicted_to_be_more():
    values = np.random.default_rng(1).normal(size=(300, 4))
    assert prediction_strength(values, [3], splits=5, seed=1)[0] < ENOUGH
