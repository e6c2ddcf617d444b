import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from workbench.clv.hypergeometric import gauss_fraction, gauss_fraction_slopes


@given(st.floats(0.05, 50), st.floats(0.05, 20), st.floats(0, 0.95))
@settings(max_examples=100, deadline=None)
def test_agrees_with_scipy(b, more, z):
    found = gauss_fraction(np.array([b]), np.array([b + more]), np.array([z]))[0]
    assert found == pytest.approx(hyp2f1(1, b, b + more, z), rel=1e-9)


def test_slopes_agree_with_differences_and_close_to_one():
    b, c, z = np.array([0.6, 3.0, 200.0]), np.array([1.9, 3.4, 230.0]), np.array([0.2, 0.9, 0.998])
    value, in_b, in_c, in_z = gauss_fraction_slopes(b, c, z)
    np.testing.assert_allclose(value, gauss_fraction(b, c, z), rtol=1e-14)
    h = 1e-6
    for slope, up, down in (
        (in_b, gauss_fraction(b + h, c, z), gauss_fraction(b - h, c, z)),
        (in_c, gauss_fraction(b, c + h, z), gauss_fraction(b, c - h, z)),
        (in_z, gauss_fraction(b, c, z + h), gauss_fraction(b, c, z - h)),
    ):
        np.testing.assert_allclose(slope, (up - down) / (2 * h), rtol=2e-5)


def test_logarithm():
    z = np.array([1e-9, 0.3, 0.999, 0.999999])
    np.testing.assert_allclose(gauss_fraction(np.ones(4), np.full(4, 2.0), z), -np.log1p(-z) / z, rtol=1e-12)


def test_second_derivatives(derivative):
    from workbench.clv.hypergeometric import gauss_fraction_bends, gauss_fraction_slopes

    for at in ([1.5, 3.2, 0.4], [0.2, 9.0, 0.9], [30.0, 31.5, 0.05]):

        def slopes(values):
            value, *found = gauss_fraction_slopes(*(np.array([v]) for v in values))
            return np.array([float((f / value)[0]) for f in found])

        slope, bend = gauss_fraction_bends(*(np.array([v]) for v in at))
        np.testing.assert_allclose(slope[:, 0], slopes(at), rtol=1e-11)
        np.testing.assert_allclose(bend[..., 0], derivative(slopes, at), rtol=1e-7, atol=1e-9)
