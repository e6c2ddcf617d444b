import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta

from workbench.clv.numerics.counting import purchases_while_alive


def test_agrees_with_the_published_form():
    R, A, a, B, t = 2.243, 43.274, 0.793, 4.426, 39.0
    z = t / (A + t)
    published = (a + B - 1) / (a - 1) * (1 - (1 - z) ** R * hyp2f1(R, B, a + B - 1, z))
    assert float(purchases_while_alive(R, A, a, B, t)) == pytest.approx(published, rel=1e-12)


@given(st.floats(0.2, 30), st.floats(0.5, 100), st.floats(0.6, 20), st.floats(0.6, 20), st.floats(0.1, 100))
@settings(max_examples=30)
def test_agrees_with_the_integral(R, A, a, B, t):
    value = quad(lambda p: -np.expm1(-R * np.log1p(p * t / A)) / p * beta.pdf(p, a, B), 0, 1, epsabs=0, epsrel=1e-10)[0]
    assert float(purchases_while_alive(R, A, a, B, t)) == pytest.approx(value, rel=1e-6)


def test_sum_and_quadrature_agree():
    from workbench.clv.numerics.counting import _quadrature, _sum

    R, ratio = np.array([0.3, 2.0, 30.0, 200.0]), np.array([8.0, 1.0, 2.0, 0.5])
    for a, b in ((0.02, 0.03), (0.8, 2.4), (1.0, 3.0), (40.0, 900.0)):
        B = b + R
        np.testing.assert_allclose(_sum(R, ratio, a, B), _quadrature(R, ratio, a, B), rtol=1e-11)


def test_no_leaving_is_the_limit():
    assert float(purchases_while_alive(2.0, 10.0, 1e-9, 5.0, 30.0)) == pytest.approx(6.0, rel=1e-6)


def test_nothing_in_no_time():
    assert float(purchases_while_alive(2.0, 10.0, 0.8, 5.0, 0.0)) == 0.0


@pytest.mark.parametrize(
    ("R", "A", "a", "B"), [(0.3, 40.0, 0.8, 2.4), (6.0, 400.0, 1.0, 9.0), (40.0, 700.0, 3.0, 60.0)]
)
def test_discounted_purchases_against_quadrature(R, A, a, B):
    from scipy.stats import beta, gamma

    from workbench.clv.numerics.counting import discounted_while_alive

    force, middle = 0.0026, (np.arange(2000) + 0.5) / 2000
    rate, p = gamma.ppf(middle, R, scale=1 / A), beta.ppf(middle, a, B)
    expected = (rate[:, None] / (force + p * rate[:, None])).mean()
    found = discounted_while_alive(np.array([R]), np.array([A]), a, np.array([B]), force)[0]
    assert found == pytest.approx(expected, rel=2e-3)
