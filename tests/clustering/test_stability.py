import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, fit_segments, segments_by_rules, stability
from workbench.clustering.stability import permuted
from workbench.core import InputError, use_language

NAMES = ["recency", "log_frequency", "log_monetary"]


@pytest.mark.parametrize("k", [4, 5])
def test_overlaps_agree_with_clusterboot(reference, campaign, k):
    known = reference["clusterboot"][str(k)]
    model = fit_segments(campaign[NAMES], k=k, seed=1, starts=30)
    found = stability(campaign[NAMES], model, replicates=60, null=False, seed=1)
    by_size = found.table.sort_values("n", ascending=False)
    assert by_size["n"].tolist() == known["sizes"]
    # 60 replicates here, 100 there
    np.testing.assert_allclose(by_size["jaccard"], known["boot_jaccard_mean"], atol=known["mc_tolerance"] + 0.02)


def test_one_cloud_is_stable_and_that_means_nothing():
    shape = np.linalg.cholesky([[1, 0.9, 0.8], [0.9, 1, 0.8], [0.8, 0.8, 1]])
    cloud = pd.DataFrame(np.random.default_rng(1).normal(size=(600, 3)) @ shape.T)
    found = stability(cloud, fit_segments(cloud, k=2, seed=1), replicates=30, seed=1)
    assert found.table["jaccard"].min() > 0.95
    assert (found.table["p_value"] > 0.05).all()
    assert "no evidence of natural boundaries" in str(found.verdict)


def test_clear_groups_are_more_than_stable(customers):
    made = build_features(customers)
    found = stability(made, fit_segments(made, k=3, seed=1), replicates=30, seed=1)
    assert (found.table["jaccard"] > found.table["jaccard_null"]).all()
    assert found.seed_agreement > 0.9
    assert found.plot().axes
    with use_language("zh-CN"):
        assert "新样本" in str(found.verdict)


@pytest.mark.parametrize("method", ["kprototypes", "gower_pam", "latent_class", "gaussian_mixture"])
def test_every_method(customers, method):
    data = customers.assign(
        kind=np.where(customers["monetary"] > 1000, "big", "small"), often=pd.cut(customers["frequency"], 3).astype(str)
    )
    numbers = [] if method == "latent_class" else ["recency_days", "monetary"]
    categories = [] if method == "gaussian_mixture" else ["kind", "often"]
    made = build_features(data.iloc[::3], numbers, categories=categories)
    model = fit_segments(made, k=2, method=method, seed=1)
    found = stability(made, model, replicates=4, null=method == "kprototypes", seed=1)
    assert found.table["jaccard"].between(0, 1).all()


def test_m_out_of_n_says_so_and_is_seeded(customers):
    made = build_features(customers)
    model = fit_segments(made, k=3, seed=1)
    one, two = (stability(made, model, replicates=5, resampled=200, null=False, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert "200 of 600" in str(one.notes[0].message) and one.resampled == 200


def test_permuted_keeps_levels():
    codes = np.array([[0, 1], [1, 1], [2, 0]])
    made = permuted(codes, np.random.default_rng(1))
    assert (np.sort(made, axis=0) == np.sort(codes, axis=0)).all()


def test_refuses(customers):
    made = build_features(customers)
    with pytest.raises(InputError, match="fitted segments"):
        stability(made, segments_by_rules(made, ["monetary > 500", ""]), seed=1)
    with pytest.raises(InputError, match="two replicates"):
        stability(made, fit_segments(made, k=2, seed=1), replicates=1, seed=1)
