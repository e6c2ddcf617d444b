import numpy as np
import pytest

from workbench.clv import draw_posterior, fit_bg_nbd, fit_gamma_gamma, fit_sbg
from workbench.clv.bayes.posterior import effective_draws
from workbench.core import InputError, use_language
from workbench.core.errors import UntrustedWarning


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_gamma_gamma])
def test_with_many_customers_it_is_the_normal_around_the_maximum(cdnow, fit):
    first = fit(cdnow)
    found = draw_posterior(first, draws=1500, seed=2, prior=30.0)
    logs = np.log(found.draws)
    spread = np.sqrt(np.diag(first.log_covariance))
    assert (np.abs(logs.mean() - np.log(first.model.theta)) < 0.6 * spread).all()
    np.testing.assert_allclose(logs.std(), spread, rtol=0.45)
    assert found.accepted > 0.4
    assert (found.table["n_effective"] > 300).all()


def test_against_a_grid():
    """Two parameters: the posterior by summing over a fine grid."""
    fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    found = draw_posterior(fit, draws=4000, prior=2.0, seed=3)
    a, b = (np.linspace(m - 1.2, m + 1.4, 140) for m in np.log(fit.model.theta))
    rows, count = fit.evidence, fit.evidence["count"].to_numpy()
    logs = np.array(
        [
            [type(fit.model).of(np.exp([u, v])).log_likelihood(rows["period"], rows["left"]) @ count for v in b]
            for u in a
        ]
    )
    logs -= (a[:, None] ** 2 + b[None, :] ** 2) / 8
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    assert found.table["mean"][0] == pytest.approx(weight.sum(axis=1) @ np.exp(a), rel=0.02)
    assert found.table["mean"][1] == pytest.approx(weight.sum(axis=0) @ np.exp(b), rel=0.02)


def test_the_prior_does_not_depend_on_the_unit():
    import pandas as pd

    p = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})
    days = p.assign(t_x=p["t_x"] * 7, T=p["T"] * 7)
    one, other = (draw_posterior(fit_bg_nbd(d), draws=1000, seed=1).table for d in (p, days))
    np.testing.assert_allclose(other["median"] / one["median"], [1, 7, 1, 1], rtol=0.02)


def test_effective_draws_of_a_moving_average():
    rng = np.random.default_rng(3)
    noise = rng.standard_normal(40_000)
    chain = np.empty(40_000)
    chain[0] = noise[0]
    for i in range(1, len(chain)):
        chain[i] = 0.8 * chain[i - 1] + noise[i]
    assert effective_draws(chain) == pytest.approx(40_000 * 0.2 / 1.8, rel=0.15)
    assert effective_draws(np.ones(10)) == 1.0


def test_few_effective_draws_are_said(monkeypatch):
    monkeypatch.setattr("workbench.clv.bayes.posterior._ROUNDS", 0)
    with pytest.warns(UntrustedWarning, match="effective draws"):
        draw_posterior(fit_sbg([20, 17, 15, 14]), draws=300, prior=0.05, seed=1)


def test_refuses_and_shows(cdnow):
    fit = fit_bg_nbd(cdnow)
    with pytest.raises(InputError, match="Draws are 2 or more"):
        draw_posterior(fit, draws=1, seed=1)
    found = draw_posterior(fit, draws=1000, seed=1)
    assert found.plot().axes
    with use_language("zh-CN"):
        assert "后验" in found._repr_html_()
