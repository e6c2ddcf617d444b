from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features
from workbench.clustering.rule_fitting import fit_rule
from workbench.core import InputError


def test_ratings_keep_the_distances_of_their_scale():
    """By its spread, a question on which people are of two minds would count for less than one on which they agree."""
    rng = np.random.default_rng(2)
    raw = pd.DataFrame(
        {"customer_id": [str(i) for i in range(200)], "split": rng.choice([1, 5], 200), "nps": rng.choice([7, 8], 200)}
    )
    made = build_features(raw, ["split", "nps"], scales={"split": (1, 5), "nps": (0, 10)})
    np.testing.assert_allclose(made.values[:, 0], made.rows["split"] - 3)
    np.testing.assert_allclose(made.values[:, 1], (made.rows["nps"] - 5) / 2.5)
    assert made.table["transform"].tolist() == ["scale", "scale"]
    with pytest.raises(InputError, match="lowest"):
        build_features(raw, ["split"], scales={"split": (5, 1)})
    with pytest.raises(InputError, match="nothing"):
        build_features(raw, ["split"], scales={"nothing": (1, 5)})


def test_a_column_of_one_value_is_no_feature_unless_its_scale_is_known():
    with pytest.raises(InputError, match="differs"):
        fit_rule(np.full(9, 4.0), "a", None, None, 0.01, "median")
    rule, line = fit_rule(np.full(9, 4.0), "a", None, (1, 5), 0.01, "median")
    assert rule.apply(np.array([4.0])).tolist() == [1.0] and line["skewness"] == 0.0
