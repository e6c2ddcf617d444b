import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, choose_k
from workbench.core import InputError, use_language


def cloud(values):
    return pd.DataFrame(values, columns=list("abc"))


def test_clear_groups_are_found_and_said(customers):
    found = choose_k(build_features(customers), range(2, 6), criteria=("silhouette", "gap", "bic"), seed=1)
    assert (found.k, found.natural) == (3, True)
    assert str(found.verdict) == "3 groups stand apart in the data."
    assert {"silhouette", "gap", "bic"} <= set(found.best)
    assert found.plot().axes and found.criteria("zh-CN").axes
    with use_language("zh-CN"):
        assert "3" in str(found.verdict)


@pytest.mark.parametrize("seed", range(6))
def test_no_groups_in_one_cloud(seed):
    rng = np.random.default_rng(seed)
    shape = np.linalg.cholesky([[1, 0.8, 0.3], [0.8, 1, 0.4], [0.3, 0.4, 1]])
    found = choose_k(cloud(rng.normal(size=(300, 3)) @ shape.T), range(2, 5), seed=seed)
    assert not found.natural
    assert "no evidence of natural boundaries" in str(found.verdict)


@pytest.mark.parametrize("seed", range(4))
def test_true_number_where_groups_are_far_apart(seed):
    rng = np.random.default_rng(seed)
    spots = 9 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    found = choose_k(cloud(np.repeat(spots, 75, axis=0) + rng.normal(size=(300, 3))), range(2, 7), seed=seed)
    assert (found.k, found.natural) == (4, True)


def test_same_seed_same_table(customers):
    made = build_features(customers)
    one, other = (choose_k(made, range(2, 4), seed=5).table for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_refuses(customers):
    made = build_features(customers)
    with pytest.raises(InputError, match="Criteria are among"):
        choose_k(made, criteria=("elbow",), seed=1)
    with pytest.raises(InputError, match="Criteria are among"):
        choose_k(made, range(1, 4), seed=1)
    with pytest.raises(InputError, match="distinct rows"):
        choose_k(cloud(np.repeat(np.eye(3), 10, axis=0)), range(2, 6), seed=1)


@pytest.mark.parametrize("seed", [0, 1])
def test_independent_integers_have_no_groups_and_coarse_groups_are_found(seed):
    rng = np.random.default_rng(seed)
    apart = pd.DataFrame({c: rng.integers(1, 6, 500) for c in "abc"})
    found = choose_k(apart, range(2, 7), seed=seed)
    assert not found.natural and "stand apart" not in found.verdict.text("en")
    spots = np.repeat([[0.0, 0], [9, 0], [0, 9]], 150, axis=0) + rng.normal(size=(450, 2))
    found = choose_k(pd.DataFrame(np.round(spots)), range(2, 7), seed=seed)
    assert (found.k, found.natural) == (3, True)
    strength = found.table.set_index("k")["prediction_strength"]
    assert strength[found.k] >= 0.8
