import numpy as np
import pytest

from workbench.clv import BgNbd, GammaGamma, fit_bg_nbd, fit_gamma_gamma
from workbench.clv.purchases.patterns import as_patterns
from workbench.clv.value.valuation import Pairs, Valuation, expected_amounts


@pytest.fixture(scope="module")
def valuation(cdnow):
    p = as_patterns(cdnow)
    return Valuation(fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow), 52.0, 0.002, p.x.astype(float), p.t_x, p.T, 0.9, 1)


def test_slopes_are_derivatives_of_the_value(cdnow, valuation):
    p = as_patterns(cdnow)
    spent = np.maximum(cdnow.patterns["repeat_amount"].to_numpy(dtype=float), 0)
    at = np.arange(len(p.x))
    slopes = valuation.slopes(at, p.count, spent, np.ones(len(at))).sum(axis=0)

    def total(shift):
        purchase = BgNbd.of(valuation.model.theta * np.exp(shift[:4]))
        spend = GammaGamma.of(valuation.amounts_model.theta * np.exp(shift[4:]))
        units = purchase.expected_purchases(52.0, p.x, p.t_x, p.T)
        return float(units @ expected_amounts(spend, p.x.astype(float), p.count, spent))

    plain = float(valuation.bought @ expected_amounts(valuation.amounts_model, p.x.astype(float), p.count, spent))
    for k in range(7):
        step = np.zeros(7)
        step[k] = 1e-4
        direct = (total(step) - total(-step)) / 2e-4 / plain
        value = float(valuation.units @ valuation.amounts(at, p.count, spent))
        assert slopes[k] / value == pytest.approx(direct, abs=0.003)


def test_covariance_has_both_models(valuation):
    assert valuation.covariance.shape == (7, 7)
    assert (valuation.covariance[:4, 4:] == 0).all()


def test_pairs_spread_back():
    x, T = np.array([0.0, 3, 0, 3]), np.array([9.0, 8, 9, 8])
    pairs = Pairs.of(x, T)
    assert len(pairs.x) == 2
    np.testing.assert_array_equal(pairs.spread(pairs.x), x)
    np.testing.assert_array_equal(pairs.spread(pairs.T), T)


def test_without_discounting_there_is_no_value_of_all_time(cdnow):
    p = as_patterns(cdnow)
    spend = GammaGamma(p=6.0, q=4.0, gamma=15.0)
    free = Valuation(BgNbd(r=0.2, alpha=4.0, a=0.8, b=2.4), spend, 52.0, 0.0, p.x.astype(float), p.t_x, p.T, 0.9, 1)
    assert np.isnan(free.lifetime_units).all()
    np.testing.assert_array_equal(free.units, free.bought)
    assert free.slopes(np.arange(3), np.ones(3), np.ones(3), np.ones(3)).shape == (3, 0)
