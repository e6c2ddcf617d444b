from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.clv import MbgNbd, regular_nbd
from workbench.core import InputError

SAME = {"r": 0.7, "alpha": 40.0, "a": 0.9, "b": 6.0}
HISTORIES = np.array([0, 1, 5, 40.0]), np.array([0, 30, 200, 390.0]), np.array([50, 90, 250, 400.0])


def test_with_a_shape_of_one_it_is_mbg_nbd():
    plain, one = MbgNbd(**SAME), regular_nbd(1)(**SAME)
    x, t_x, T = HISTORIES
    for asked in ("log_likelihood", "probability_alive"):
        assert getattr(one, asked)(*HISTORIES) == pytest.approx(getattr(plain, asked)(*HISTORIES), rel=1e-10)
    assert one.expected_purchases(365, *HISTORIES) == pytest.approx(plain.expected_purchases(365, *HISTORIES), rel=1e-8)
    bought = plain.probability_of_purchase(90, *HISTORIES)
    assert one.probability_of_purchase(90, *HISTORIES) == pytest.approx(bought, rel=1e-10)
    ever = plain.lifetime_if_alive(3e-4, x, T)
    assert one.lifetime_if_alive(3e-4, x, T, t_x) == pytest.approx(ever, rel=1e-3)
    assert float(one.new_customer_purchases(365)) == pytest.approx(float(plain.new_customer_purchases(365)), rel=1e-9)


def test_a_fortnightly_customer_is_gone_after_six_weeks_of_silence():
    """What a model of random times calls 80 % alive."""
    regular = regular_nbd(24)(r=20.0, alpha=20 * 14 / 24, a=1.0, b=19.0)
    random = MbgNbd(r=20.0, alpha=20 * 14.0, a=1.0, b=19.0)
    history = 25.0, 350.0, 392.0
    assert float(random.probability_alive(*history)) > 0.4
    assert float(regular.probability_alive(*history)) < 0.001
    assert float(regular.probability_alive(25.0, 350.0, 357.0)) > 0.95


def test_expectations_are_those_of_simulated_customers():
    model, rng = regular_nbd(4)(r=2.0, alpha=8.0, a=0.9, b=9.0), np.random.default_rng(1)
    history = 6.0, 120.0, 112.0
    wide = [np.full(100_000, v) for v in history]
    for ahead in (20.0, 180.0):
        drawn = model.simulate_if_alive(ahead, wide[0], wide[1], rng, wide[2])
        error = 4 * drawn.std() / len(drawn) ** 0.5
        assert float(model.purchases_if_alive(ahead, *history)) == pytest.approx(drawn.mean(), abs=error)
        assert float(model.no_purchase_if_alive(ahead, *history)) == pytest.approx((drawn == 0).mean(), abs=0.006)


def test_the_likelihood_is_that_of_erlang_waits():
    """For one rate and nobody leaving: the density of the last purchase times the chance of no other since."""
    rate, k, x, t_x, T = 0.4, 3, 5, 40.0, 46.0
    model = regular_nbd(k)(r=1e6, alpha=1e6 / rate, a=1e-9, b=1.0)
    # the density of five waits is λ^(k x) e^(−λ t_x) × what does not depend on λ
    by_hand = k * x * np.log(rate) - rate * t_x + stats.gamma(k, scale=1 / rate).logsf(T - t_x)
    assert float(model.log_likelihood(x, t_x, T)) == pytest.approx(by_hand, rel=1e-4)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InputError, match="some k"):
        regular_nbd(7)
    with pytest.raises(InputError, match="when they bought last"):
        regular_nbd(4)(**SAME).purchases_if_alive(30.0, 1.0, 50.0)
