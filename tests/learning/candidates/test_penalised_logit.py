from __future__ import annotations

import dataclasses

import numpy as np

from workbench.learning.candidates.candidate import Sample
from workbench.learning.candidates.penalised_logit import fit_penalised_logit


def test_weights_are_those_that_made_the_data():
    rng = np.random.default_rng(2)
    silent, spent = np.expm1(rng.normal(2, 1, (2, 4000)))
    odds = 0.4 - 1.2 * (np.log1p(silent) - 2) + 0.6 * (np.log1p(spent) - 2)
    bought = (rng.random(4000) < 1 / (1 + np.exp(-odds))).astype(float)
    names = ("silent_days", "amount_365")
    found = fit_penalised_logit(
        Sample(np.column_stack([silent, spent]), names, dict(zip(names, ("silence", "spend"), strict=True)), bought, 90)
    )
    np.testing.assert_allclose(found.weights, [-1.2, 0.6], atol=0.15)


def test_what_is_missing_and_what_is_the_same_for_all_are_no_trouble(sample):
    X = sample.X.copy()
    X[:, 0], X[::3, 1], X[:, 2] = np.nan, np.nan, 7.0
    found = fit_penalised_logit(dataclasses.replace(sample, X=X))
    assert found.weights[0] == found.missing[0] == found.weights[2] == 0.0 and found.missing[1] != 0.0
    assert np.isfinite(found.probability(X)).all()


def test_values_beyond_those_seen_are_taken_as_the_end(sample):
    found, far = fit_penalised_logit(sample), sample.X[:1].copy()
    far[0, sample.names.index("amount_365")] = 1e12
    end = far.copy()
    end[0, sample.names.index("amount_365")] = sample.column("amount_365").max()
    assert found.probability(far) == found.probability(end)
