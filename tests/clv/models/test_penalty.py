import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    fit_bdw,
    fit_bg_nbd,
    fit_covariates,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
    fit_sbg,
    fit_to_json,
)
from workbench.clv.models.penalty import Pull, highest
from workbench.clv.numerics.newton import maximise
from workbench.core import InputError

FEW = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [6, 2, 1, 1]})


@pytest.mark.parametrize("fit", [fit_nbd, fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd])
def test_the_same_in_every_unit(fit):
    weeks = fit(FEW, penalty=2.0)
    days = fit(FEW.assign(t_x=FEW["t_x"] * 7, T=FEW["T"] * 7), penalty=2.0)
    scales = [7 if s == "time" else 1 for s in weeks.model.scales]
    np.testing.assert_allclose(days.model.theta / weeks.model.theta, scales, rtol=1e-6)


def test_amounts_in_cents_are_the_same():
    spend = pd.DataFrame({"x": [1, 2, 5, 3], "monetary_value": [20.0, 35.0, 18.0, 60.0]})
    one = fit_gamma_gamma(spend, penalty=1.0)
    other = fit_gamma_gamma(spend.assign(monetary_value=spend["monetary_value"] * 100), penalty=1.0)
    np.testing.assert_allclose(other.model.theta / one.model.theta, [1, 1, 100], rtol=1e-6)


def test_log_likelihood_is_of_the_data_and_parameters_are_drawn_to_one():
    free, tied = fit_bg_nbd(FEW), fit_bg_nbd(FEW, penalty=5.0)
    assert tied.log_likelihood < free.log_likelihood
    own = tied.model.log_likelihood(FEW["x"], FEW["t_x"], FEW["T"]) @ FEW["count"]
    assert tied.log_likelihood == pytest.approx(own, rel=1e-12)
    far = fit_bg_nbd(FEW, penalty=1e7)
    np.testing.assert_allclose(far.model.theta, [1, 38, 1, 1], rtol=1e-3)


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd, fit_gamma_gamma])
def test_no_penalty_is_none(fit, cdnow):
    assert fit_to_json(fit(cdnow, penalty=0.0), keep="parameters") == fit_to_json(fit(cdnow), keep="parameters")


SPEND = pd.DataFrame({"x": [1, 2, 5, 3], "monetary_value": [20.0, 35.0, 18.0, 60.0]})


@pytest.mark.parametrize(
    ("fit", "data"),
    [
        *((f, FEW) for f in (fit_nbd, fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd)),
        (fit_gamma_gamma, SPEND),
        (fit_sbg, [20, 17, 15, 14]),
        (fit_bdw, [20, 17, 15, 14]),
    ],
)
def test_every_fit_can_be_tied(fit, data):
    free, loose, tied, fast = (fit(data, penalty=p) for p in (0.0, 0.5, 50.0, 1e7))
    assert free.log_likelihood >= loose.log_likelihood >= tied.log_likelihood >= fast.log_likelihood
    assert loose.converged
    assert tied.converged
    shapes = [v for v, s in zip(fast.model.theta, fast.model.scales, strict=True) if s == "shape"]
    np.testing.assert_allclose(shapes, 1.0, rtol=0.01)
    with pytest.raises(InputError, match="0 or more"):
        fit(data, penalty=-1.0)


@pytest.mark.parametrize("kind", ["bg_nbd", "pareto_nbd"])
def test_coefficients_are_drawn_to_nothing_in_every_unit(kind):
    rows = pd.concat([FEW.assign(app=0), FEW.assign(app=1, t_x=FEW["t_x"] / 2)])
    tied = [
        fit_covariates(kind, r, rate=["app"], leaving=["app"], penalty=2.0)
        for r in (rows, rows.assign(t_x=rows["t_x"] * 7, T=rows["T"] * 7))
    ]
    np.testing.assert_allclose(*(t.table["coefficient"] for t in tied), rtol=1e-5, atol=1e-7)
    fast = fit_covariates(kind, rows, rate=["app"], leaving=["app"], penalty=1e7)
    np.testing.assert_allclose(fast.table["coefficient"], 0.0, atol=1e-3)


def test_the_highest_of_several_maxima_is_taken():
    def two_tops(theta):  # in v = ln θ: −(v² − 4)² + v, maxima near −2 and 2
        v = np.log(theta[0])
        first, second = -4 * v * (v**2 - 4) + 1, -12 * v**2 + 16
        return -((v**2 - 4) ** 2) + v, np.array([first / theta[0]]), np.array([[(second - first) / theta[0] ** 2]])

    assert np.log(maximise(two_tops, [0.1], size=1.0).values[0]) < 0
    best = highest(two_tops, [[0.1], [9.0]], size=1.0, pull=Pull(0.0, np.zeros(1)))
    assert np.log(best.values[0]) == pytest.approx(2.03, abs=0.01)
