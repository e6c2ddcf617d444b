import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.weighting import calibrate, rake
from workbench.weighting.recalibration import recalibrate_many


def sample():
    rng = np.random.default_rng(4)
    return pd.DataFrame({"a": rng.integers(0, 3, 120), "x": rng.normal(5, 1, 120), "w": rng.uniform(1, 2, 120)})


@pytest.mark.parametrize("distance", ["raking", "linear"])
def test_equals_one_by_one(distance):
    data = sample()
    goal = {"a": {0: 60, 1: 70, 2: 50}, "x": 900.0} if distance == "linear" else {"a": {0: 60, 1: 70, 2: 50}}
    first = calibrate(data, goal, weight="w", distance=distance)
    rng = np.random.default_rng(1)
    many = data["w"].to_numpy()[:, None] * rng.uniform(0.5, 1.5, (120, 4))
    got = recalibrate_many(first.calibration, many)
    for r in range(4):
        alone = calibrate(data.assign(v=many[:, r]), goal, weight="v", distance=distance).weights
        np.testing.assert_allclose(got[:, r], alone, rtol=1e-8)


def test_a_replicate_without_a_level_is_an_error():
    data = sample()
    record = rake(data, {"a": {0: 60, 1: 70, 2: 50}}).calibration
    weights = np.where((data["a"] == 1).to_numpy()[:, None], 0.0, 1.0)
    with pytest.raises(InputError, match="respondents in each level"):
        recalibrate_many(record, weights)
