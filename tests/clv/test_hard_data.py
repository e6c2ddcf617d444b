"""Data sets that break fits: every one is answered with numbers that can be, and with words where it cannot be told."""

import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    Fit,
    draw_posterior,
    fit_bdw,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
    fit_sbg,
)

FITS = [fit_nbd, fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd]


def histories(x, t_x, T, count=1.0):
    return pd.DataFrame({"x": x, "t_x": np.asarray(t_x, dtype=float), "T": np.asarray(T, dtype=float), "count": count})


def poisson_buyers(n, rate, leave, seed, T=52.0):
    """Draw customers who all buy at one rate and all leave at one rate, in weeks with ties."""
    rng = np.random.default_rng(seed)
    life = np.minimum(rng.exponential(1 / leave, n), T)
    bought = (rng.random((n, int(T))) < rate) & (np.arange(1, T + 1) <= life[:, None])
    last = np.where(bought.any(axis=1), T - np.argmax(bought[:, ::-1], axis=1), 0)
    whole = histories(bought.sum(axis=1), last, T).drop(columns="count")
    return whole.value_counts().rename("count").reset_index()


HARD = {
    "one customer": histories([3], [30], [40]),
    "two customers": histories([0, 1], [0, 3], [10, 12]),
    "three alike": histories([2, 2, 2], [5, 5, 5], [9, 9, 9]),
    "one repeat purchase": histories([0, 0, 1], [0, 0, 0.5], [30, 30, 30], [500, 300, 1]),
    "all bought at the end": histories([1, 2, 3, 4], [30] * 4, [30] * 4, 5.0),
    "all stopped early": histories([1, 2, 3, 0], [1, 1.5, 2, 0], [1000] * 4, [40, 30, 20, 10]),
    "all bought often": histories([40, 50, 55, 61], [29, 28, 29.5, 30], [30] * 4, [9, 8, 7, 6]),
    "a hundred thousand purchases": histories([0, 5, 10_000, 100_000], [0, 10, 700, 729], [730] * 4, [50, 20, 2, 1]),
    "hardly anybody ever buys": histories([0, 1, 40, 90], [0, 20, 50, 52], [52] * 4, [5000, 3, 2, 2]),
    "some just came": histories([0, 0, 1, 2, 6], [0, 0, 9, 22, 40], [0, 40, 40, 40, 40], [500, 90, 20, 9, 5]),
    "one rate of buying, one of leaving": poisson_buyers(1500, 0.3, 0.05, 1),
    "one rate of buying, nobody leaves": poisson_buyers(600, 0.2, 1e-9, 2),
    "parts of customers": histories([0, 1, 2, 9], [0, 10, 20, 35], [38] * 4, [0.6, 0.2, 0.1, 0.09]),
    "hundreds of millions": histories([0, 1, 2, 9], [0, 10, 20, 35], [38] * 4, [6e8, 2e8, 1e8, 9e7]),
}


def check(fit: Fit) -> None:
    assert fit.converged or any("did not end" in str(v) for v in fit.verdicts)
    assert np.isfinite(fit.log_likelihood)
    assert not fit.table.drop(columns="parameter").isna().to_numpy().any()
    assert (fit.table["ci_low"] <= fit.table["estimate"]).all()
    unknown = np.isinf(fit.table["ci_high"]).any()
    assert fit.verdicts or not unknown  # an interval without end is said in words
    assert np.isfinite(fit.draws(50, 1).to_numpy()).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("how", FITS)
def test_histories(how, name):
    fit = how(HARD[name])
    check(fit)
    alive, ahead = fit.probability_alive(), fit.expected_purchases(90)
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (np.isfinite(ahead) & (ahead >= 0)).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("how", FITS)
@pytest.mark.parametrize("unit", [1e-6, 86_400.0, 604_800.0 * 52])
def test_the_unit_of_time_does_not_matter(how, unit):
    """Micro-units and seconds: the same fit, the likelihood moved by the unit alone."""
    base = poisson_buyers(500, 0.1, 0.03, 3)
    one, other = how(base), how(base.assign(t_x=base["t_x"] * unit, T=base["T"] * unit))
    shift = float((base["x"] * base["count"]).sum()) * np.log(unit)
    assert other.log_likelihood + shift == pytest.approx(one.log_likelihood, abs=2e-3)
    np.testing.assert_allclose(other.expected_purchases(8 * unit), one.expected_purchases(8), rtol=0.01)
    if how is fit_bg_nbd:
        assert np.isfinite(draw_posterior(other, draws=200, seed=1).draws.to_numpy()).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("how", [fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd])
@pytest.mark.parametrize("name", HARD)
def test_a_model_with_leaving_fits_at_least_as_well_as_without(how, name):
    if how is fit_bg_nbd and name == "one customer":
        pytest.skip("nobody who could have left")
    assert how(HARD[name]).log_likelihood >= fit_nbd(HARD[name]).log_likelihood - 2e-3


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize(
    "survivors",
    [[10, 9, 9, 9], [1000, 1, 1, 0], [5, 4, 3, 2, 1, 0], [1e9, 9e8, 8.5e8, 8.3e8], [100, 100, 100, 99], [3, 2, 2, 2]],
)
@pytest.mark.parametrize("how", [fit_sbg, fit_bdw])
def test_contracts(how, survivors):
    fit = how(survivors)
    check(fit)
    kept = fit.model.survival(np.arange(50))
    assert ((kept >= 0) & (kept <= 1)).all()
    assert (np.diff(kept) <= 1e-12).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize(
    "amounts", [[7.0], [7, 7, 7], [7, 7.0000001], [1e-9, 1e12], [1e12, 1.1e12, 1.2e12], [1.0, 10, 1e3, 1e5, 1e8, 1e12]]
)
@pytest.mark.parametrize("x", [1, 30, 100_000])
def test_amounts(amounts, x):
    fit = fit_gamma_gamma(pd.DataFrame({"x": x, "monetary_value": amounts}))
    check(fit)
    if fit.parameters["q"] > 1:
        assert (fit.model.expected_spend(x, np.array(amounts)) > 0).all()
