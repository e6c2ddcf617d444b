import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from workbench.clv.checks.ranking import captured, errors, ranking_gini, surely_better


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=60))
def test_for_yes_and_no_the_gini_is_twice_the_area_less_one(rows):
    score, actual = (np.array(v, dtype=float) for v in zip(*rows, strict=True))
    if 0 < actual.sum() < len(actual):
        assert ranking_gini(score, actual) == pytest.approx(2 * roc_auc_score(actual, score) - 1, abs=1e-9)


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=30))
def test_perfect_reversed_and_ties(values):
    v = np.array(values)
    if np.ptp(v) > 1e-6:
        assert ranking_gini(v, v) == pytest.approx(1)
        assert ranking_gini(-v, v) == pytest.approx(-1)
    assert ranking_gini(np.ones(len(v)), v + 0.0) == pytest.approx(0, abs=1e-6) or np.ptp(v) < 1e-6
    assert captured(np.ones(len(v)), v) == pytest.approx(0.1)


def test_counts_stand_for_customers():
    score, actual, count = np.array([3.0, 1.0]), np.array([8.0, 2.0]), np.array([4.0, 6.0])
    assert captured(score, actual, count) == pytest.approx(0.2)
    assert np.isnan(captured(score, np.zeros(2)))


def test_errors_and_who_is_better():
    rng = np.random.default_rng(1)
    actual = rng.random(500)
    near, far = actual + rng.normal(0, 0.1, 500), actual + rng.normal(0, 0.5, 500)
    assert errors(near, actual)[0] < errors(far, actual)[0]
    assert surely_better(near, far, actual) == 1
    assert surely_better(far, near, actual) == -1
    assert surely_better(near, near, actual) == 0
