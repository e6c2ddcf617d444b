import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nps.shrunken import shrink


def test_equal_variances_have_a_closed_form():
    y = np.array([10.0, 14.0, 30.0, -5.0, 22.0])
    found = shrink(y, np.full(5, 40.0))
    between = y.var(ddof=1) - 40
    assert found.between == pytest.approx(between)
    np.testing.assert_allclose(found.estimate, y.mean() + between / (between + 40) * (y - y.mean()))
    assert (found.low < found.estimate).all() and (found.estimate < found.high).all()


def test_no_differences_shrink_to_the_mean():
    found = shrink(np.array([1.0, 2.0, 3.0]), np.full(3, 50.0))
    assert found.between == 0 and np.allclose(found.estimate, 2.0) and (found.weight == 0).all()


def test_a_region_without_answers_gets_the_mean():
    found = shrink(np.array([10.0, 40.0, 70.0, np.nan]), np.array([20.0, 20.0, 20.0, np.nan]))
    assert found.estimate[3] == pytest.approx(found.centre) and found.std_error[3] > found.std_error[0]


def test_two_regions_say_nothing():
    assert np.isnan(shrink(np.array([1.0, 2.0]), np.ones(2)).estimate).all()


def test_steadied_estimates_are_nearer_and_their_intervals_cover():
    rng = np.random.default_rng(4)
    errors = np.repeat([3.0, 6.0, 12.0, 20.0], 5)
    nearer, hits = [], []
    for _ in range(400):
        truth = rng.normal(30, 8, 20)
        direct = rng.normal(truth, errors)
        found = shrink(direct, errors**2)
        nearer.append(((found.estimate - truth) ** 2).mean() / ((direct - truth) ** 2).mean())
        hits.append(((found.low <= truth) & (truth <= found.high)).mean())
    assert np.mean(nearer) < 0.6
    assert 0.93 <= np.mean(hits) <= 0.975


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.5, 400)), min_size=3, max_size=30))
def test_a_steadied_estimate_lies_between_the_direct_one_and_the_mean(cells):
    y, d = (np.array(v) for v in zip(*cells, strict=True))
    found = shrink(y, d)
    low, high = np.minimum(y, found.centre), np.maximum(y, found.centre)
    assert ((low - 1e-9 <= found.estimate) & (found.estimate <= high + 1e-9)).all()
    assert ((found.weight >= 0) & (found.weight <= 1)).all() and (found.std_error >= 0).all()
