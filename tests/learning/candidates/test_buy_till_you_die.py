from __future__ import annotations

import dataclasses

import numpy as np

from workbench.learning.candidates.buy_till_you_die import fit_buy_till_you_die


def test_it_tells_the_chance_of_the_model_of_purchases(sample):
    found = fit_buy_till_you_die(sample)
    x, silent, age = (sample.column(n) for n in ("purchases", "silent_days", "tenure_days"))
    expected = found.model.probability_of_purchase(90.0, x - 1, age - silent, age)
    np.testing.assert_allclose(found.probability(sample.X), np.clip(expected, 1e-6, 1 - 1e-6), atol=1e-9)
    assert abs(expected.mean() - sample.bought.mean()) < 0.05


def test_it_learns_nothing_from_what_came_after(sample):
    turned = dataclasses.replace(sample, bought=1 - sample.bought)
    assert fit_buy_till_you_die(turned).model == fit_buy_till_you_die(sample).model


def test_without_a_second_purchase_there_is_none(sample):
    once = sample.X.copy()
    once[:, sample.names.index("purchases")] = 1
    once[:, sample.names.index("silent_days")] = once[:, sample.names.index("tenure_days")]
    assert fit_buy_till_you_die(dataclasses.replace(sample, X=once)) is None
