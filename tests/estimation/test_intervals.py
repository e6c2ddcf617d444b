import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from workbench.core.errors import InputError
from workbench.estimation.intervals import check_confidence, quantile_t, share_interval, wilson


@pytest.mark.parametrize(("x", "n"), [(0, 10), (3, 10), (10, 10), (1, 500)])
def test_wilson_of_statsmodels(x, n):
    low, high = wilson(np.array(x / n), np.array(float(n)), 0.95)
    expected = proportion_confint(x, n, method="wilson")
    assert (float(low), float(high)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("x", [0, 10])
def test_ends_of_the_scale_are_clopper_pearson(x):
    one = np.ones(1)
    low, high = share_interval(x / 10 * one, 0 * one, 10 * one, 10 * one, 9 * one, confidence=0.95, interval="logit")
    assert (low[0], high[0]) == pytest.approx(proportion_confint(x, 10, method="beta"), abs=1e-12)


def test_quantile_without_degrees_of_freedom_is_missing():
    assert np.isnan(quantile_t(0.95, np.array([0.0])))[0]
    assert quantile_t(0.95, np.array([10.0]))[0] == pytest.approx(stats.t.ppf(0.975, 10))
    with pytest.raises(InputError):
        check_confidence(1.0)
