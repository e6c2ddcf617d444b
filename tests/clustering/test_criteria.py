import numpy as np
import pytest
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from workbench.clustering.criteria import (
    calinski_harabasz,
    distances,
    gap_statistic,
    mixture_bic,
    silhouette,
    spread,
)
from workbench.clustering.kmeans import k_means


def test_silhouette_and_calinski_harabasz_agree_with_r(reference, campaign):
    values = campaign[["recency", "log_frequency", "log_monetary"]].to_numpy()
    apart = distances(values)
    for k in range(2, 9):
        known, labels = reference["kmeans"]["by_k"][str(k)], campaign[f"k{k}"].to_numpy() - 1
        assert silhouette(apart, labels) == pytest.approx(known["silhouette_avg"], abs=1e-8)
        within = sum(spread(values[labels == g]) for g in range(k))
        assert within == pytest.approx(known["wss"], rel=1e-9)
        found = calinski_harabasz(spread(values), within, len(values), k)
        assert found == pytest.approx(known["calinski_harabasz"], rel=1e-8)


def test_agree_with_scikit_learn():
    values = np.random.default_rng(1).normal(size=(200, 3))
    part = k_means(values, 4, seed=1)
    assert silhouette(distances(values), part.labels) == pytest.approx(silhouette_score(values, part.labels))
    mine = calinski_harabasz(spread(values), part.within, 200, 4)
    assert mine == pytest.approx(calinski_harabasz_score(values, part.labels))


def test_gap_agrees_with_r(reference, campaign):
    known = reference["gap"]["d_power2_scaledPCA"]
    values = campaign[["recency", "log_frequency", "log_monetary"]].to_numpy()
    within = np.array([reference["kmeans"]["by_k"][str(k)]["wss"] for k in range(1, 6)])
    gap = gap_statistic(values, within, references=40, starts=2, seed=1)
    assert gap.k >= 1
    if known:
        np.testing.assert_allclose(gap.gap, known["gap"][:5], atol=0.02)


def test_gap_finds_one_and_three_groups():
    rng = np.random.default_rng(2)
    one = rng.uniform(size=(300, 2))
    three = rng.normal(size=(300, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 100, axis=0)
    for values, k in ((one, 1), (three, 3)):
        within = np.array([spread(values), *(k_means(values, j, seed=1).within for j in range(2, 6))])
        assert gap_statistic(values, within, references=15, starts=2, seed=1).k == k


def test_bic_finds_the_mixture():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(300, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 100, axis=0)
    assert min(range(1, 6), key=lambda k: mixture_bic(values, k, seed=1)) == 3
