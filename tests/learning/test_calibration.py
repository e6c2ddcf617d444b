from __future__ import annotations

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.learning.calibration import calibrate


@pytest.mark.parametrize(("n", "method"), [(1500, "platt"), (20_000, "isotonic")])
def test_chances_that_were_too_bold_become_true(n, method):
    rng = np.random.default_rng(1)
    true = rng.normal(0, 1, n)
    bought = (rng.random(n) < 1 / (1 + np.exp(-true))).astype(float)
    curve = calibrate(3 * true + 1, bought)
    told = curve(3 * true + 1)
    assert curve.method == method
    for part in np.array_split(np.argsort(true), 5):
        assert abs(told[part].mean() - bought[part].mean()) < 0.05
    assert told.min() > 0 and told.max() < 1
    assert (np.diff(curve(np.linspace(-9, 9, 50))) >= 0).all(), "the order of customers stays"


def test_who_is_told_the_same_stays_in_one_block_whatever_the_last_digits_are():
    rng = np.random.default_rng(2)
    odds = np.sort(np.r_[np.full(500, -13.8), rng.normal(0, 2, 7500)])
    bought = (rng.random(8000) < 1 / (1 + np.exp(-odds))).astype(float)
    plain, noisy = calibrate(odds, bought), calibrate(odds + rng.choice([0, 2e-15, 4e-15], 8000), bought)
    assert len(plain.at) == len(noisy.at)
    np.testing.assert_allclose(noisy.chance, plain.chance, rtol=1e-12)


def test_a_candidate_is_not_turned_round():
    odds = np.r_[np.full(100, 2.0), np.full(100, -2.0)]
    curve = calibrate(odds, np.r_[np.zeros(100), np.ones(100)])
    assert np.ptp(curve(odds)) == 0


def test_all_of_a_kind_are_refused():
    with pytest.raises(InputError, match="who bought and others"):
        calibrate(np.zeros(5), np.ones(5))
