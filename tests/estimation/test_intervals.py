import subprocess
import sys

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from workbench.core.errors import InputError
from workbench.estimation.intervals import check_confidence, quantile_t, share_interval, two_sided_t, wilson


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


def test_tails_of_t_are_those_of_the_distribution():
    statistic, df = np.array([-2.5, 0.0, 1.0, np.inf, 3.0]), np.array([4.0, 7.5, 300.0, 2.0, 0.9])
    np.testing.assert_array_equal(two_sided_t(statistic, df)[:4], 2 * stats.t.sf(np.abs(statistic[:4]), df[:4]))
    assert np.isnan(two_sided_t(statistic, df)[4])


def test_a_mean_needs_no_distributions_of_scipy():
    # they take most of a second to load, in every process that computes one number
    code = (
        "import sys, pandas as pd\n"
        "from workbench.estimation import Design, estimate_mean\n"
        "estimate_mean(pd.DataFrame({'y': [1.0, 2, 4, 3], 'g': list('aabb')}), 'y', Design(), by='g')\n"
        "print('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
