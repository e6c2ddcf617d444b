import numpy as np
import pytest

from workbench.clv.numerics.counting import discounted_while_alive, purchases_while_alive
from workbench.clv.numerics.histories_grid import over_histories

RNG = np.random.default_rng(4)
ALL_AGES = np.arange(1.0, 1001.0)


def histories(most=5_000):
    x = np.minimum(np.floor(np.exp(RNG.uniform(0, np.log(most + 1), 20_000))), most) - 1
    return x, RNG.choice(ALL_AGES, 20_000)


@pytest.mark.parametrize(
    ("r", "alpha", "a", "b"), [(0.9, 10.0, 0.6, 14.0), (0.05, 60.0, 0.05, 0.3), (6.0, 300.0, 12.0, 40.0)]
)
@pytest.mark.parametrize("kind", ["a month", "four years", "all time"])
def test_the_bound_of_the_error(r, alpha, a, b, kind):
    asked = []

    def expected(x, T):
        asked.append(len(x))
        if kind == "all time":
            return discounted_while_alive(r + x, alpha + T, a, b + x, 2.6e-4)
        return purchases_while_alive(r + x, alpha + T, a, b + x, 30.0 if kind == "a month" else 1500.0)

    x, T = histories()
    some = slice(None, None, 40)
    found = over_histories(expected, x, T, alpha)[some]
    assert asked == [(21 + 24) * 24]
    np.testing.assert_allclose(found, expected(x[some], T[some]), rtol=1e-10)


def test_few_are_told_as_they_are():
    x, T = np.array([[0.0, 3.0]]), np.array([[9.0, 30.0]])
    assert over_histories(lambda k, t: k + t, x, T, 5.0).tolist() == [[9.0, 33.0]]


def test_one_age_and_few_numbers_of_purchases_need_no_points_between():
    x = np.repeat(np.arange(40.0), 50)
    found = over_histories(lambda k, t: (k + 1) ** 2 / t, x, np.full(len(x), 7.0), 5.0)
    np.testing.assert_allclose(found, (x + 1) ** 2 / 7, rtol=1e-13)


def test_what_is_nought_somewhere_is_told_everywhere():
    x, T = histories()
    assert (over_histories(lambda k, t: np.zeros_like(k), x, T, 5.0) == 0).all()
