import numpy as np
import pytest

from workbench.clv import bootstrap_fit, fit_bg_nbd, fit_gamma_gamma
from workbench.core import InputError


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_gamma_gamma])
def test_agrees_with_the_hessian(cdnow, fit):
    found = bootstrap_fit(fit, cdnow, replicates=80, seed=1)
    spread = np.log(found.draws).std()
    np.testing.assert_allclose(spread, np.sqrt(np.diag(found.fit.log_covariance)), rtol=0.4)
    assert (
        (found.table["ci_low"] < found.table["estimate"]) & (found.table["estimate"] < found.table["ci_high"])
    ).all()
    again = bootstrap_fit(fit, cdnow, replicates=20, seed=1)
    assert again.draws.equals(found.draws.iloc[:20])


def test_refuses(cdnow):
    with pytest.raises(InputError, match="20 samples or more"):
        bootstrap_fit(fit_bg_nbd, cdnow, replicates=5, seed=1)
