import numpy as np
import pytest

from workbench.clv import Sbg, fit_sbg
from workbench.core import InputError


def test_high_end_example(reference):
    known = reference["sbg_high_end"]
    survivors = np.concatenate([[100.0], known["survival_pct_years_1_12"][:7]]) * 10
    fit, computed = fit_sbg(survivors), known["computed"]
    assert fit.log_likelihood == pytest.approx(computed["ll_n1000"], abs=1e-8)
    assert fit.parameters["alpha"] == pytest.approx(computed["params"]["alpha"], rel=1e-6)
    assert fit.parameters["beta"] == pytest.approx(computed["params"]["beta"], rel=1e-6)
    spread = np.sqrt(np.diag(fit.log_covariance))
    np.testing.assert_allclose(spread, computed["se_log"], rtol=1e-4)
    np.testing.assert_allclose(fit.model.survival(np.arange(1, 13)), computed["survival_1_12"], rtol=1e-6)
    np.testing.assert_allclose(fit.model.retention(np.arange(1, 13)), computed["retention_1_12"], rtol=1e-6)
    for m in range(9):
        expected = computed["DERL_d0p1"][f"survived_{m}_renewals"]
        assert float(fit.model.residual_lifetime(m, 0.1)) == pytest.approx(expected, rel=1e-6)


def test_residual_lifetime_against_the_sum():
    model = Sbg(alpha=0.668, beta=3.806)
    s = model.survival(np.arange(4000))
    for m in (0, 7):
        direct = (s[m + 1 :] / s[m] / 1.1 ** np.arange(4000 - m - 1)).sum()
        assert float(model.residual_lifetime(m, 0.1)) == pytest.approx(direct, rel=1e-9)


@pytest.mark.parametrize("bad", [[10, 5], [10, 5, 6], [10, 10, 10], [3, 2, -1], [5, float("nan"), 1]])
def test_refuses(bad):
    with pytest.raises(InputError, match="Survivors fall"):
        fit_sbg(bad)
    with pytest.raises(InputError, match="discount rate"):
        Sbg(alpha=1, beta=1).residual_lifetime(0, 0.0)
