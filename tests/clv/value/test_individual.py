import numpy as np
import pytest

from workbench.clv import BgNbd, GammaGamma
from workbench.clv.value.individual import draw_outcomes

MODEL, SPEND = BgNbd(r=0.9, alpha=60.0, a=0.6, b=6.0), GammaGamma(p=6.0, q=4.0, gamma=60.0)


def test_quantiles_against_plain_simulation():
    x, age = np.array([4.0]), np.array([300.0])
    alive = np.array([0.8])
    found = draw_outcomes(MODEL, SPEND, (x, age, alive), horizon=365.0, level=0.9, seed=1)
    rng = np.random.default_rng(9)
    n = MODEL.simulate_if_alive(365.0, np.full(200_000, 4.0), np.full(200_000, 300.0), rng) * (
        rng.random(200_000) < 0.8
    )
    worth = rng.gamma(SPEND.p * n) / rng.gamma(SPEND.p * 4 + SPEND.q, 1, 200_000)
    low, high = np.quantile(worth, [0.05, 0.95])
    assert found.low[0] == pytest.approx(low, abs=1e-9)
    assert found.high[0] == pytest.approx(high, rel=0.08)
    mean = n.mean() / 0.8
    assert found.scatter[0] * mean**2 == pytest.approx((n**2).mean() / 0.8, rel=0.1)


def test_whoever_has_surely_left_spends_nothing():
    one = np.ones(1)
    found = draw_outcomes(MODEL, SPEND, (3 * one, 900 * one, 0.0 * one), horizon=365.0, level=0.9, seed=1)
    assert found.low[0] == found.high[0] == 0


def test_many_histories_are_put_together_and_stay_close():
    rng = np.random.default_rng(2)
    x, age, alive = (
        rng.integers(0, 40, 9000).astype(float),
        rng.integers(200, 700, 9000).astype(float),
        np.full(9000, 0.9),
    )
    whole = draw_outcomes(MODEL, SPEND, (x, age, alive), horizon=365.0, level=0.9, seed=1)
    few = draw_outcomes(MODEL, SPEND, (x[:200], age[:200], alive[:200]), horizon=365.0, level=0.9, seed=1)
    busy = few.high > 0
    assert np.median(np.abs(whole.high[:200][busy] / few.high[busy] - 1)) < 0.08
    assert (whole.low <= whole.high).all()
