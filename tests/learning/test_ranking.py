from __future__ import annotations

import math

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from workbench.learning.ranking import auc, bootstrap_means, log_losses


def test_auc_and_log_loss_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    bought, told = (rng.random(500) < 0.4).astype(float), rng.random(500).round(1)
    assert math.isclose(auc(told, bought)[0], roc_auc_score(bought, told))
    assert math.isclose(
        log_losses(np.clip(told, 0.01, 0.99), bought).mean(), log_loss(bought, np.clip(told, 0.01, 0.99))
    )


def test_its_interval_covers():
    rng, inside = np.random.default_rng(2), 0
    for _ in range(300):
        x = np.r_[rng.normal(1, 1, 60), rng.normal(0, 1, 90)]
        _, low, high = auc(x, np.r_[np.ones(60), np.zeros(90)])
        inside += low <= 0.7602 <= high  # Φ(1/√2)
    assert 0.91 <= inside / 300 <= 0.985
    assert math.isnan(auc(np.ones(3), np.ones(3))[0])


def test_draws_are_the_same_for_all_columns():
    column = np.random.default_rng(3).normal(size=200)
    drawn = bootstrap_means(np.column_stack([column, 2 * column]), replicates=50)
    np.testing.assert_allclose(drawn[:, 1], 2 * drawn[:, 0])
    assert abs(drawn[:, 0].std() - column.std() / np.sqrt(200)) < 0.02
