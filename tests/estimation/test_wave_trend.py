from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.core import InputError
from workbench.estimation.wave_trend import wave_trend


def waves(estimates, errors=2.0, **more):
    names = [f"w{i}" for i in range(len(estimates))]
    return pd.DataFrame({"wave": names, "estimate": estimates, "std_error": errors, **more})


def test_the_slope_is_that_of_weighted_least_squares():
    y, s = np.array([30.0, 29.0, 35.0, 41.0, 38.0]), np.array([1.0, 3.0, 2.0, 2.5, 1.5])
    found = wave_trend(waves(y, s))
    fit = sm.WLS(y, sm.add_constant(np.arange(5.0)), weights=1 / s**2).fit()
    assert found.slope == pytest.approx(fit.params[1], rel=1e-10)
    # with known variances the error is that of the fit without its residual scale
    assert (found.slope_high - found.slope) / 1.959964 == pytest.approx(fit.bse[1] / np.sqrt(fit.scale), rel=1e-6)


def test_false_trends_are_as_rare_as_they_claim():
    rng = np.random.default_rng(7)
    p = [wave_trend(waves(rng.normal(30, 2, 6))) for _ in range(2000)]
    assert 0.035 < np.mean([t.slope_p < 0.05 for t in p]) < 0.065
    assert 0.035 < np.mean([t.joint_p < 0.05 for t in p]) < 0.065


def test_only_waves_since_the_last_break_count():
    table = waves([10.0, 11, 30, 34, 38], breaks=[False, False, True, False, False])
    assert wave_trend(table).waves == 3 and wave_trend(table).slope == pytest.approx(4.0)


def test_two_waves_are_no_trend_and_a_wave_without_a_number_is_none():
    with pytest.raises(InputError, match="at least 3 waves"):
        wave_trend(waves([10.0, 20.0]))
    with pytest.raises(InputError, match="at least 3 waves"):
        wave_trend(waves([10.0, np.nan, 20.0]))


def test_shifting_all_waves_changes_nothing():
    one, other = wave_trend(waves([1.0, 5, 3, 8])), wave_trend(waves([101.0, 105, 103, 108]))
    assert one.slope == pytest.approx(other.slope) and one.joint_p == pytest.approx(other.joint_p)
