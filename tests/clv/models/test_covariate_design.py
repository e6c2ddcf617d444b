from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clv import fit_covariates
from workbench.clv.models.covariate_design import characteristics_of, logs_of


@pytest.fixture(scope="module", params=["bg_nbd", "pareto_nbd"])
def fit(request):
    p = pd.DataFrame(
        {"x": [0, 1, 2, 9, 0, 2, 5, 12], "t_x": [0, 10.0, 20, 35, 0, 22, 30, 36], "T": 38.0, "age": [1, 2, 3, 4] * 2}
    ).assign(count=[60, 20, 10, 9, 30, 20, 15, 9], app=["no"] * 4 + ["yes"] * 4)
    return fit_covariates(request.param, p, rate=["app"], leaving=["app", "age"])


def test_texts_become_levels_and_numbers_stay(fit):
    assert characteristics_of(fit, {"app": "yes", "age": 3}) == {"app=yes": 1.0, "age": 3.0}
    assert characteristics_of(fit, {"app": None, "age": 1}) == {"app=yes": 0.0, "age": 1.0}


def test_the_matrix_makes_the_parameters_that_the_fit_makes(fit):
    for app, age in (("yes", 3.0), ("no", 1.0)):
        known = characteristics_of(fit, {"app": app, "age": age})
        logs = logs_of(fit, known) @ np.concatenate([np.log(fit.base.theta), list(fit.coefficients.values())])
        assert np.exp(logs) == pytest.approx(fit.model_for(**known).theta)
