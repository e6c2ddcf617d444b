import numpy as np
import pandas as pd
import pytest

from workbench.clv import fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd
from workbench.core import InputError

FEW = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [6, 2, 1, 1]})


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd])
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
    assert fit(cdnow, penalty=0.0).to_json(keep="parameters") == fit(cdnow).to_json(keep="parameters")


def test_refuses():
    with pytest.raises(InputError, match="0 or more"):
        fit_bg_nbd(FEW, penalty=-1.0)
