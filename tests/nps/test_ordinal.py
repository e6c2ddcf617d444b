import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.estimation import Design
from workbench.estimation.sample import read_sample
from workbench.nps.importance import latent_correlation, shapley
from workbench.nps.ordinal import (
    check_proportional_odds,
    coefficient_table,
    fit_ordinal,
    merge_levels,
)

DRIVERS = ["Q7FOOD", "Q7SIGN", "Q7WALKWAYS", "Q7SCREENS", "Q9RESTROOM"]


def case(reference, name):
    data = reference.data("sfo_2017")
    data[DRIVERS] = data[DRIVERS].where(data[DRIVERS].apply(lambda s: s.between(1, 5)))
    score = data["NETPRO"] if name == "sfo2017_nps3" else data["Q7ALL"].where(data["Q7ALL"].between(1, 5))
    answer = np.where(score >= 9, 1.0, np.where(score >= 7, 0.0, -1.0)) if name == "sfo2017_nps3" else score.clip(2)
    rows = score.notna() & data[DRIVERS].notna().all(axis=1)
    level, _ = merge_levels(np.asarray(answer, dtype=float)[rows])
    return data[rows], level, data.loc[rows, DRIVERS].to_numpy(dtype=float), reference.numbers("ordinal")[name]


@pytest.mark.parametrize("name", ["sfo2017_nps3", "sfo2017_q7all_min2"])
def test_clm_of_r(reference, name):
    data, y, x, expected = case(reference, name)
    assert len(y) == expected["n"]
    fit = fit_ordinal(y, x, np.ones(len(y)))
    wanted = [*expected["thresholds"].values(), *expected["beta"].values()]
    np.testing.assert_allclose(fit.parameters, wanted, rtol=1e-5)
    errors = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    np.testing.assert_allclose(errors, list(expected["se"].values()), rtol=1e-4)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], rel=1e-9)
    rows = np.ones(len(y), dtype=bool)
    check = check_proportional_odds(y, x, read_sample(data, Design()), rows, DRIVERS, fit, designed=False)
    tests = expected["po_test_nominal_LR"].values()
    np.testing.assert_allclose(check["statistic"], [t["LRT"] for t in tests], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(check["p_value"], [t["p"] for t in tests], rtol=1e-5)


def made(n=500, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    latent = x @ [1.0, 0.5, 0.0] + rng.logistic(size=n)
    return np.digitize(latent, [-1.5, 0.0, 1.5]).astype(np.int64), x


def test_statsmodels_agrees_where_weights_are_equal():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y, x = made()
    other = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, maxiter=500, gtol=1e-8)
    fit = fit_ordinal(y, x, np.full(len(y), 2.5))
    np.testing.assert_allclose(fit.slopes, other.params[:3], rtol=1e-4)
    assert fit.log_likelihood == pytest.approx(2.5 * other.llf, rel=1e-8)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_a_weight_is_as_good_as_a_repeated_row(seed):
    y, x = made(200, seed)
    times = np.random.default_rng(seed).integers(1, 4, len(y))
    one = fit_ordinal(y, x, times.astype(float))
    many = fit_ordinal(np.repeat(y, times), np.repeat(x, times, axis=0), np.ones(times.sum()))
    np.testing.assert_allclose(one.parameters, many.parameters, rtol=1e-6)


def test_one_step_is_close_to_a_new_fit():
    y, x = made(800)
    rng = np.random.default_rng(3)
    weights = rng.multinomial(800, np.full(800, 1 / 800), 20).T.astype(float)
    fit = fit_ordinal(y, x, np.ones(800))
    quick = fit.replicated(np.ones(800), weights)
    full = np.array([fit_ordinal(y, x, w).parameters for w in weights.T])
    assert np.abs(quick - full).max() < 0.1 * np.abs(full - fit.parameters).max() + 0.02


def test_clusters_widen_the_errors():
    y, x = made(400)
    data, rows = read_sample, np.ones(1200, dtype=bool)
    import pandas as pd

    tripled = pd.DataFrame({"who": np.repeat(np.arange(400), 3)})
    fit = fit_ordinal(np.repeat(y, 3), np.repeat(x, 3, axis=0), np.ones(1200))
    plain, clustered = (
        coefficient_table("abc", fit, fit.covariance(data(tripled, d), rows), 0.95)["std_error"]
        for d in (Design(), Design(psu="who"))
    )
    np.testing.assert_allclose(clustered / plain, np.sqrt(3), rtol=0.01)


def test_a_driver_that_works_differently_is_found():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(3000, 2))
    # the second driver decides only whether the lowest level is left
    y = np.where(
        rng.logistic(size=3000) + 2 * x[:, 1] + x[:, 0] < -1, 0, np.where(rng.logistic(size=3000) + x[:, 0] < 0.5, 1, 2)
    )
    fit = fit_ordinal(y, x, np.ones(3000))
    import pandas as pd

    sample = read_sample(pd.DataFrame(index=range(3000)), Design())
    check = check_proportional_odds(y, x, sample, np.ones(3000, dtype=bool), "ab", fit, designed=True)
    assert check["p_adjusted"].iloc[1] < 1e-6


def test_latent_correlations_add_up():
    y, x = made()
    fit = fit_ordinal(y, x, np.ones(len(y)))
    line = x @ fit.slopes
    r2 = line.var() / (line.var() + np.pi**2 / 3)
    assert shapley(latent_correlation(x, np.ones(len(y)), fit.slopes)).sum() == pytest.approx(r2)


def test_rare_levels_join_their_neighbours_but_not_across_fences():
    y = np.repeat([0.0, 3, 6, 7, 8, 9, 10], [4, 4, 60, 50, 3, 40, 40])
    level, groups = merge_levels(y, (7, 9))
    assert groups == [[0.0, 3.0, 6.0], [7.0, 8.0], [9.0], [10.0]] and level.max() == 3
    assert merge_levels(np.repeat([1.0, 2.0], [3, 50]), (2,))[1] == [[1.0], [2.0]]


def test_separation_is_not_called_converged():
    x = np.r_[np.zeros(30), np.ones(30)][:, None]
    assert not fit_ordinal(np.r_[np.zeros(30), np.ones(30)].astype(int), x, np.ones(60)).converged
