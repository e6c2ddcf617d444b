import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from workbench.clv.checks.ranking import CRITERIA, captured, criteria_of, errors, judge, paired_gains, ranking_gini


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


def gains(one, other, actual, criteria):
    return paired_gains(judge(one, actual, criteria), judge(other, actual, criteria), criteria)


@pytest.mark.parametrize("customers", [7, 10, 50, 333])
def test_without_a_group_is_the_same_as_judged_without_it(customers):
    rng = np.random.default_rng(customers)
    actual, forecast = rng.poisson(0.7, customers).astype(float), rng.random(customers).round(1)
    found = judge(forecast, actual, CRITERIA)
    assert found.whole.tolist() == list(criteria_of(forecast, actual, CRITERIA).values())
    groups = min(50, customers) if customers >= 10 else 0
    assert found.left.shape == (groups, len(CRITERIA))
    for g in range(groups):
        kept = np.arange(customers) % groups != g
        again = list(criteria_of(forecast[kept], actual[kept], CRITERIA).values())
        assert found.left[g] == pytest.approx(again, abs=1e-12, nan_ok=True)


def test_errors_and_who_is_better():
    rng = np.random.default_rng(1)
    actual = rng.random(500)
    near, far = actual + rng.normal(0, 0.1, 500), actual + rng.normal(0, 0.5, 500)
    assert errors(near, actual)[0] < errors(far, actual)[0]
    criteria = ["mae", "rmse", "gini"]
    for one, other, sign in ((near, far, 1), (far, near, -1)):
        for found in gains(one, other, actual, criteria):
            assert found["gain"] * sign > 0
            assert found["p_value"] < 0.001
    assert np.isnan([g["p_value"] for g in gains(near, near, actual, criteria)]).all()
    assert np.isnan(gains(near[:5], far[:5], actual[:5], ["mae"])[0]["p_value"])


def test_forecasts_that_are_alike_are_rarely_told_apart():
    rng = np.random.default_rng(2)
    p = []
    for _ in range(200):
        actual = rng.gamma(1.0, 2.0, 600)
        one, other = (actual + rng.normal(0, 1.0, 600) for _ in range(2))
        p.append([g["p_value"] for g in gains(one, other, actual, ["mae", "rmse", "gini", "top_decile"])])
    told = (np.array(p) < 0.05).mean(axis=0)
    assert (told < 0.11).all()  # 5 % of 200 and almost four standard errors


def test_criteria_by_hand():
    found = criteria_of(np.array([0.6, 0.4, 0.9]), np.array([1.0, 1.0, 0.0]), ["mae", "correct"])
    assert found["mae"] == pytest.approx((0.4 + 0.6 + 0.9) / 3)
    assert found["correct"] == pytest.approx(1 / 3)
