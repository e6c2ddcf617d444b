import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from workbench.clv.numerics.hypergeometric import (
    gauss_fraction,
    gauss_fraction_slopes,
    scaled_exponential_integral,
)


@given(st.floats(0.05, 50), st.floats(0.05, 20), st.floats(0, 0.95))
@settings(max_examples=100)
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
    from workbench.clv.numerics.hypergeometric import gauss_fraction_bends, gauss_fraction_slopes

    for at in ([1.5, 3.2, 0.4], [0.2, 9.0, 0.9], [30.0, 31.5, 0.05]):

        def slopes(values):
            value, *found = gauss_fraction_slopes(*(np.array([v]) for v in values))
            return np.array([float((f / value)[0]) for f in found])

        slope, bend = gauss_fraction_bends(*(np.array([v]) for v in at))
        np.testing.assert_allclose(slope[:, 0], slopes(at), rtol=1e-11)
        np.testing.assert_allclose(bend[..., 0], derivative(slopes, at), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("order", "y", "true"),
    [  # mpmath 1.4, 40 digits
        (1e-06, 1e-10, 9999775516.1752376),
        (0.5, 0.03, 8.5044323173272653),
        (1.0, 1e-08, 17.843465267485484),
        (1.0000001, 0.2, 1.4933486052416722),
        (1.4999, 1.0, 0.48427450793229195),
        (2.0, 1e-12, 0.99999999997294619),
        (7.25, 0.9, 0.13718955145854895),
        (250.0, 0.001, 0.0040160480632861861),
        (0.3, 2.5, 0.36614960683753855),
    ],
)
def test_exponential_integrals_of_any_order(order, y, true):
    value = scaled_exponential_integral(np.array([order]), np.array([y]))[0]
    assert value == pytest.approx(true, rel=1e-14)


def test_one_order_does_not_depend_on_its_neighbours():
    order, y = np.array([0.2, 1.0, 3.7, 60.0]), np.array([1e-9, 0.4, 1.0, 20.0])
    alone = [scaled_exponential_integral(order[[i]], y[[i]])[0] for i in range(4)]
    np.testing.assert_allclose(scaled_exponential_integral(order, y), alone, rtol=1e-13)
