from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from workbench.learning.candidates import boosted_trees as made


def test_tables_say_what_scikit_learn_says(sample, monkeypatch):
    kept = []

    class Watched(HistGradientBoostingClassifier):
        def fit(self, X, y):
            kept.append((self, X))
            return super().fit(X, y)

    monkeypatch.setattr("sklearn.ensemble.HistGradientBoostingClassifier", Watched)
    X = sample.X.copy()
    X[::4, sample.names.index("amount_365")] = np.nan
    found = made.fit_boosted_trees(type(sample)(X, sample.names, sample.themes, sample.bought, 90))
    learner, given = kept[0]
    np.testing.assert_allclose(found.probability(X), learner.predict_proba(given)[:, 1], rtol=1e-9)
    assert found.trees and all(len(t.questions) < made.LEAVES for t in found.trees)


def test_a_feature_that_tells_nothing_is_no_reason():
    rng = np.random.default_rng(1)
    X = np.column_stack([np.arange(600.0), np.zeros(600)])
    names = ("silent_days", "refunds_365")
    themes = dict(zip(names, ("silence", "refunds"), strict=True))
    bought = (rng.random(600) < np.where(X[:, 0] < 200, 0.9, 0.1)).astype(float)
    told = made.fit_boosted_trees(made.Sample(X, names, themes, bought, 90)).contributions(X)
    assert not told[:, made.THEMES.index("refunds")].any() and told[:, made.THEMES.index("silence")].any()
