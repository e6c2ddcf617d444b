import importlib.util

import numpy as np
import pandas as pd
import pytest

from workbench.clv import draw_posterior, fit_bg_nbd, fit_hierarchical, fit_mbg_nbd, fit_pareto_nbd
from workbench.core import InputError

THERE = importlib.util.find_spec("pymc_marketing") is not None
NEEDS = pytest.mark.skipif(not THERE, reason="PyMC-Marketing is an optional extra, `bayes`; it is not installed")
ROWS = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})


@pytest.mark.skipif(THERE, reason="PyMC-Marketing is installed")
def test_without_the_extra_it_says_how_to_install_it():
    with pytest.raises(InputError, match=r"requirements-bayes\.lock"):
        fit_hierarchical(ROWS, seed=1)


@NEEDS
@pytest.mark.parametrize(
    ("model", "fit"), [("bg_nbd", fit_bg_nbd), ("mbg_nbd", fit_mbg_nbd), ("pareto_nbd", fit_pareto_nbd)]
)
def test_one_group_agrees_with_metropolis_hastings(cdnow, model, fit):
    """Two samplers, two likelihoods (but for Pareto/NBD), priors that hardly matter: one posterior."""
    found = fit_hierarchical(cdnow, model=model, draws=300, tune=400, chains=2, seed=1)
    other = np.log(draw_posterior(fit(cdnow), seed=1).draws)
    one = np.log(found.draws())
    # what the data tell well: how often customers buy, and how soon they leave
    for logs in ([0, 1], [0]):
        mine, theirs = one.iloc[:, logs].to_numpy(), other.iloc[:, logs].to_numpy()
        assert (np.abs(np.median(mine, axis=0) - np.median(theirs, axis=0)) < 0.35 * theirs.std(axis=0)).all()
    leaving = [v.iloc[:, 2] - v.iloc[:, 3] for v in (one, other)]
    assert abs(leaving[0].median() - leaving[1].median()) < 0.35 * leaving[1].std()
    assert leaving[0].std() == pytest.approx(leaving[1].std(), rel=0.35)


@NEEDS
def test_weeks_and_days_give_the_same_posterior_to_the_last_digit():
    days = ROWS.assign(t_x=ROWS["t_x"] * 7, T=ROWS["T"] * 7)
    one, other = (fit_hierarchical(r, draws=200, tune=200, chains=2, seed=3) for r in (ROWS, days))
    np.testing.assert_allclose(
        other.samples / one.samples, np.broadcast_to([1.0, 7, 1, 1], one.samples.shape), rtol=1e-9
    )


@NEEDS
def test_counts_are_customers():
    single = ROWS.loc[ROWS.index.repeat(ROWS["count"])].drop(columns="count")
    one, other = (fit_hierarchical(r, draws=200, tune=300, chains=2, seed=3).table for r in (ROWS, single))
    np.testing.assert_allclose(one["estimate"], other["estimate"], rtol=0.15)


@NEEDS
def test_the_same_seed_gives_the_same_draws():
    one, other = (fit_hierarchical(ROWS, draws=200, tune=200, chains=2, seed=5).samples for _ in range(2))
    assert (one == other).all()
