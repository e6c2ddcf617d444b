import json

import numpy as np
import pandas as pd
import pytest

from workbench.clv import Sbg, fit_bg_nbd, fit_gamma_gamma, fit_to_json
from workbench.clv.models.fit import log_covariance, parameter_table
from workbench.core import InputError, use_language


def test_draws_have_the_fits_moments(cdnow):
    fit = fit_bg_nbd(cdnow)
    logs = np.log(fit.draws(20_000, seed=1))
    np.testing.assert_allclose(np.cov(logs.T), fit.log_covariance, atol=0.003)
    np.testing.assert_allclose(logs.mean(), np.log(list(fit.parameters.values())), atol=0.01)
    assert fit.draws(3, seed=5).equals(fit.draws(3, seed=5))
    assert not fit.draws(3, seed=5).equals(fit.draws(3, seed=6))


def test_json_holds_everything(cdnow):
    read = json.loads(fit_to_json(fit_bg_nbd(cdnow)))
    assert read["unit"] == "week"
    assert read["parameters"]["r"] == fit_bg_nbd(cdnow).parameters["r"]


def test_unknown_directions_have_infinite_variance():
    covariance, condition = log_covariance(np.array([[-4.0, 0.0], [0.0, 0.0]]))
    assert covariance.tolist() == [[0.25, 0.0], [0.0, np.inf]]
    assert condition == np.inf


def test_a_model_of_amounts_does_not_know_who_is_alive(cdnow):
    with pytest.raises(InputError, match="Only a model of purchases"):
        fit_gamma_gamma(cdnow).probability_alive()


def test_shows_itself_in_both_languages(cdnow):
    fit = fit_bg_nbd(cdnow)
    with use_language("zh-CN"):
        assert "参数" in fit._repr_html_()
    assert "Standard error" in fit._repr_html_()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_where_nothing_is_known_the_interval_is_everything():
    """A fit that runs away must still be shown."""
    table = parameter_table(Sbg(alpha=2.0, beta=1.0), np.diag([0.01, 400.0]), 0.95)
    assert table["ci_low"].tolist()[1] == 0
    assert np.isinf(table["ci_high"].tolist()[1])
    lonely = fit_bg_nbd(pd.DataFrame({"x": [3, 4, 4], "t_x": [30.0, 33, 31], "T": [40.0] * 3}))
    assert "∞" in lonely._repr_html_()
