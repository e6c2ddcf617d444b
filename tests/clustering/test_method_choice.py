from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, choose_k
from workbench.clustering.medoids import gower, gower_ranges
from workbench.clustering.method_choice import own_distances, without_groups
from workbench.clustering.methods import Prepared
from workbench.clustering.segments import prepared
from workbench.core import InputError


def mixed(groups, n=400, seed=1):
    """Three groups told by two numbers (one of them whole) and a category; another category tells nothing."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    letter = np.array(["x", "y", "z"])
    return pd.DataFrame(
        {
            "customer_id": [str(i) for i in range(n)],
            "a": rng.normal(0, 1, n) + 6 * groups * (group == 1),
            "b": np.round(rng.normal(0, 1, n) + 5 * groups * (group == 2)),
            "c": np.where(rng.random(n) < 0.9 * groups, letter[group], rng.choice(letter, n)),
            "d": rng.choice(["p", "q"], n),
        }
    )


def features(frame, method):
    missing = {"missing": "keep"} if method == "gower_pam" else {}
    return build_features(frame, ["a", "b"], categories=["c", "d"], seed=1, **missing)


@pytest.mark.parametrize("method", ["kprototypes", "gower_pam"])
def test_groups_of_mixed_data_are_counted_by_the_method_that_forms_them(method):
    found = choose_k(features(mixed(1), method), range(2, 5), method=method, seed=1)
    assert found.natural
    assert found.k == 3
    assert found.table["prediction_strength"][1] > 0.8
    assert set(found.table.columns) >= {"k", "explained", "silhouette", "silhouette_null"}
    assert "own distance" in str(found.notes[-1].message)


def test_categories_alone_make_no_groups():
    """Discrete data without groups have silhouettes of their own, which those of the data do not exceed."""
    found = choose_k(features(mixed(0), "kprototypes"), range(2, 4), method="kprototypes", seed=1)
    assert not found.natural
    assert found.p_value > 0.1


def test_data_without_groups_keep_every_distribution():
    ready = prepared(features(mixed(1), "kprototypes"))
    made = without_groups(ready, np.random.default_rng(1))
    for ours, theirs in zip(ready.codes.T, made.codes.T, strict=True):
        assert np.bincount(ours).tolist() == np.bincount(theirs).tolist()
    gaps = Prepared(ready.rules, np.where(ready.values > 1, np.nan, ready.values), ready.categories, ready.codes)
    missing = np.isnan(without_groups(gaps, np.random.default_rng(1)).values).sum(axis=0)
    assert missing.tolist() == np.isnan(gaps.values).sum(axis=0).tolist()


def test_distances_are_those_of_the_method():
    ready = prepared(features(mixed(1, n=30), "gower_pam"))
    expected = gower(ready.values, ready.codes, gower_ranges(ready.values))
    assert own_distances(ready, "gower_pam") == pytest.approx(expected)
    ready = prepared(features(mixed(1, n=30), "kprototypes"))
    squared = ((ready.values[0] - ready.values[1]) ** 2).sum()
    mismatch = (ready.codes[0] != ready.codes[1]).sum()
    from workbench.clustering.prototypes import mismatch_weight

    gamma = mismatch_weight(ready.values, ready.codes)
    assert own_distances(ready, "kprototypes")[0, 1] == pytest.approx((squared + gamma * mismatch) ** 0.5)


def test_a_method_that_does_not_fit_is_refused():
    numbers = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 2)), columns=["a", "b"])
    with pytest.raises(InputError, match="numbers and categories"):
        choose_k(numbers, [2, 3], method="kprototypes", seed=1)
    with pytest.raises(InputError, match="A method is one of"):
        choose_k(numbers, [2, 3], method="ward", seed=1)
    assert choose_k(numbers, [2, 3], method="gaussian_mixture", seed=1).natural is False
