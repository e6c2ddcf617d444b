import numpy as np
import pandas as pd
import pytest

from workbench.clv import Fit, fit_bg_nbd, fit_from_json, fit_hierarchical, fit_to_json
from workbench.clv.bayes.hierarchical import summed_up
from workbench.clv.bayes.hierarchical_sampling import Drawn
from workbench.clv.bayes.hierarchy import Hierarchy, parameters
from workbench.core import InputError, use_language
from workbench.core.errors import UntrustedWarning

ROWS = pd.DataFrame(
    {
        "x": [0, 1, 2, 9, 0, 3],
        "t_x": [0, 10.0, 20, 35, 0, 30],
        "T": 38.0,
        "count": [60, 20, 10, 9, 40, 30],
        "region": ["n", "n", "n", "n", "s", "s"],
    }
)
CENTRE = np.array([[-0.5, 0.2, -1.0, 1.2], [0.1, 0.8, -1.5, 1.0]])


@pytest.fixture(scope="module")
def made():
    noise = np.random.default_rng(1).standard_normal((4, 500, 2, 4))
    drawn = Drawn(quantities=CENTRE + 0.1 * noise, between=np.abs(0.3 + 0.05 * noise[:, :, 0]), diverged=0)
    return summed_up(Hierarchy.of(ROWS, "region"), "bg_nbd", drawn, 0.9)


def test_the_table_tells_every_group_in_the_datas_unit(made):
    assert made.table["group"].tolist() == ["n"] * 4 + ["s"] * 4
    r, alpha, a, b = parameters("bg_nbd", CENTRE[0])
    np.testing.assert_allclose(made.table["estimate"][:4], [r, 38 * alpha, a, b], rtol=0.02)
    spread = np.log(made.table["ci_high"][0] / made.table["ci_low"][0])
    assert spread == pytest.approx(2 * 1.645 * 0.1, rel=0.1)
    assert (made.table["r_hat"] < 1.01).all()
    assert (made.table["ess"] > 1500).all()
    assert made.between["quantity"].tolist() == ["r", "rate", "leaving", "sameness"]
    assert [n.severity for n in made.notes] == ["info"]


def test_a_group_is_a_fit_like_others(made):
    fit = made.fit("s")
    assert isinstance(fit, Fit)
    assert fit.customers == 70
    logs = np.log(made.draws("s"))
    np.testing.assert_allclose(np.log(fit.model.theta), logs.mean())
    np.testing.assert_allclose(fit.log_covariance, np.cov(logs.T), rtol=1e-6)
    assert np.isfinite(fit.expected_purchases(90)).all()
    assert fit_from_json(fit_to_json(fit)).parameters == fit.parameters


def test_forecasts_by_group_have_intervals(made):
    alive, ahead = made.probability_alive(), made.expected_purchases(365)
    for table in (alive, ahead):
        assert table["group"].tolist() == ["n", "s"]
        assert table["customers"].tolist() == [99, 70]
        assert ((table["ci_low"] < table["estimate"]) & (table["estimate"] < table["ci_high"])).all()
    assert alive["estimate"].between(0, 1).all()
    fit = made.fit("n")
    assert ahead["estimate"][0] == pytest.approx(fit.expected_purchases(365) @ fit.patterns.count, rel=0.03)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_itself_in_both_languages(made, language):
    with use_language(language):
        assert "s" in made.to_html()
    assert made.plot(language).axes[0].get_xlabel()


def test_chains_that_disagree_are_said():
    noise = np.random.default_rng(1).standard_normal((4, 200, 1, 4)) + np.arange(4)[:, None, None, None]
    with pytest.warns(UntrustedWarning, match="chains agree"):
        found = summed_up(Hierarchy.of(ROWS, None), "bg_nbd", Drawn(0.1 * noise, None, 0), 0.9)
    assert found.notes[-1].severity == "warning"
    assert found.between.empty


def test_a_few_steps_astray_are_a_caution():
    noise = np.random.default_rng(1).standard_normal((4, 500, 1, 4))
    found = summed_up(Hierarchy.of(ROWS, None), "pareto_nbd", Drawn(0.1 * noise, None, 3), 0.9)
    assert found.notes[-1].severity == "caution"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"model": "sbg"}, "hierarchy is of one"),
        ({"draws": 3}, "Draws are"),
        ({"chains": 1}, "Draws are"),
        ({"level": 1.0}, "level"),
        ({"between": 0.0}, "above 0"),
    ],
)
def test_arguments_out_of_range_are_refused(wrong, rule):
    with pytest.raises(InputError, match=rule):
        fit_hierarchical(ROWS, seed=1, **wrong)


def test_small_groups_come_nearer_to_the_truth(simulate):
    """Eight groups of known truth: partial pooling beats a fit of each group by itself."""
    pytest.importorskip("pymc_marketing", reason="PyMC-Marketing is an optional extra, `bayes`; it is not installed")
    rng = np.random.default_rng(8)
    truth, parts = [], []
    for g in range(8):
        q = np.array([0.0, 0.9, -1.2, 1.4]) + 0.25 * rng.standard_normal(4)
        r, alpha, a, b = parameters("bg_nbd", q)
        truth.append(q)
        parts.append(simulate(120, seed=20 + g, r=r, alpha=alpha, a=a, b=b, T=1.0).assign(region=f"g{g}"))
    rows = pd.concat(parts)
    found = fit_hierarchical(rows, by="region", draws=300, tune=500, chains=2, seed=2)
    assert (found.table["r_hat"] < 1.05).all()

    def off(theta, q):
        r, alpha, a, b = theta
        told = [np.log(r), np.log(r / alpha), np.log(a / b)]
        return np.abs(np.array(told) - q[:3])

    pooled = np.mean([off(found.fit(f"g{g}").model.theta, truth[g]) for g in range(8)], axis=0)
    alone = np.mean([off(fit_bg_nbd(parts[g]).model.theta, truth[g]) for g in range(8)], axis=0)
    # how often they buy and how soon they leave, on which forecasts rest; ln r alone is told as well without pooling
    assert (pooled[1:] < alone[1:]).all()
    assert pooled.sum() < 0.8 * alone.sum()
    inside = sum(
        low <= value <= high
        for g in range(8)
        for value, low, high in [
            (truth[g][1], *np.quantile(np.log(found.draws(f"g{g}")["r"] / found.draws(f"g{g}")["alpha"]), [0.05, 0.95]))
        ]
    )
    assert inside >= 5
