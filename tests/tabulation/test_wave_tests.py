from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.tabulation.wave_tests import anything_moved, change_between, combined, slope_of

from .test_wave_rows import DESIGN, TRENDS, fitted, four  # noqa: F401 - a fixture


@pytest.mark.parametrize("row", ["top2", "recommend"])
def test_changes_slope_and_joint_test_are_those_of_r(four, row):  # noqa: F811
    from workbench.tabulation.ratings import mean

    found, columns, _ = fitted(four, mean(row), ["segment"], DESIGN)
    everybody = [np.arange(len(columns))]
    for theirs in (r for r in TRENDS if r["row"] == row):
        j = columns.index("total" if theirs["column"] == "Total" else theirs["column"])
        for step, told in enumerate(theirs["change"]):
            ours = change_between(found, step, step + 1, test="linearised_t", minimum_base=30, families=everybody)
            assert ours.difference[j, 0] == pytest.approx(told["estimate"], rel=1e-8)
            assert ours.std_error[j, 0] == pytest.approx(told["se"], rel=1e-8)
            assert ours.p_value[j, 0] == pytest.approx(told["p_df_column"], rel=1e-6)
        y, v = found.estimate[:, j, 0], found.covariance[:, :, j, 0]
        df = theirs["slope_per_wave"]["df"]
        slope = slope_of(y, v, np.arange(4.0), df)
        assert slope.estimate == pytest.approx(theirs["slope_per_wave"]["estimate"], rel=1e-8)
        assert slope.std_error == pytest.approx(theirs["slope_per_wave"]["se"], rel=1e-8)
        assert slope.p_value == pytest.approx(theirs["slope_per_wave"]["p"], rel=1e-7)
        told = theirs["wald_all_waves_alike"]
        f, top, below, p = anything_moved(y, v, df)
        assert (f, top, below) == pytest.approx((told["F"], told["ndf"], told["ddf"]), rel=1e-8)
        assert p == pytest.approx(told["p"], rel=1e-7)
        ends = combined(y, v, np.array([-1.0, 0, 0, 1.0]), df)
        assert ends.std_error == pytest.approx(theirs["first_to_last"]["se"], rel=1e-8)


def test_rare_answers_do_not_look_sure():
    rng = np.random.default_rng(5)
    n = np.array([40.0, 200.0, 200.0, 200.0])
    false = {"own": 0, "common": 0}
    for _ in range(600):
        share = rng.binomial(n.astype(int), 0.03) / n
        v = np.diag(share * (1 - share) / n)
        own = anything_moved(share, v, 600.0)[3]
        false["own"] += own < 0.05
        false["common"] += anything_moved(share, v, 600.0, effective=n)[3] < 0.05
    # by the waves' own variances a wave in which nobody said it is as sure as can be
    assert false["own"] > 60 and false["common"] < 45


def test_without_knowledge_there_is_no_test():
    y = np.array([0.2, 0.3])
    assert np.isnan(anything_moved(y, np.full((2, 2), np.nan), 50.0)[3])
    assert np.isnan(anything_moved(y, np.zeros((2, 2)), 50.0)[3])
    assert np.isnan(combined(y, np.eye(2), np.array([-1.0, 1.0]), 0.5).p_value)
    # one wave has nearly all of the error, and few units: its own degrees of freedom count
    line = combined(y, np.diag([1e-9, 0.01]), np.array([-1.0, 1.0]), 500.0, np.array([490.0, 9.0]))
    assert line.freedom == pytest.approx(9.0, rel=1e-3)


def test_small_bases_are_not_compared():
    from workbench.tabulation.ratings import mean

    data = [pd.DataFrame({"customer_id": range(i, i + 20), "q": [1.0, 2.0] * 10}) for i in (0, 10)]
    found, _, _ = fitted(data, mean("q"), [], None)
    ours = change_between(found, 0, 1, test="design", minimum_base=30, families=[np.arange(1)])
    assert ours.reason.item() == "base too small" and np.isnan(ours.p_value.item())
