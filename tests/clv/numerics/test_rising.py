import numpy as np
from scipy.special import betaln, gammaln, polygamma, psi

from workbench.clv.numerics.rising import beta_ratio, rising


def test_agrees_with_gamma_functions():
    m = np.arange(51)
    log, first, second = rising(0.37, 50)
    np.testing.assert_allclose(log, gammaln(0.37 + m) - gammaln(0.37), atol=1e-12)
    np.testing.assert_allclose(first, psi(0.37 + m) - psi(0.37), atol=1e-12)
    np.testing.assert_allclose(second, polygamma(1, 0.37 + m) - polygamma(1, 0.37), atol=1e-12)
    np.testing.assert_allclose(beta_ratio(0.8, 2.4, 50), betaln(0.8, 2.4 + m) - betaln(0.8, 2.4), atol=1e-12)


def test_keeps_its_digits_where_log_gammas_lose_them():
    # B(a, b + 1) / B(a, b) = b / (a + b)
    assert beta_ratio(1e9, 3e12, 1)[1] == -np.log1p(1e9 / 3e12)
