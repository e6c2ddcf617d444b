import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.nps.ranks import luck_spread, rank_intervals


@settings(max_examples=40)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12), st.floats(0.5, 30))
def test_a_rank_lies_in_its_interval(values, error):
    found = rank_intervals(np.array(values), np.eye(len(values)) * error**2, 200.0)
    assert sorted(found.rank.tolist()) == list(range(1, len(values) + 1))
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    turned = rank_intervals(-np.array(values), np.eye(len(values)) * error**2, 200.0, lower_is_better=True)
    assert turned.low.tolist() == found.low.tolist()


def test_regions_without_an_estimate_have_no_rank():
    found = rank_intervals(np.array([np.nan, 3.0, 90.0]), np.eye(3), 50.0)
    assert found.rank.tolist() == [0, 2, 1] and found.low.tolist() == [0, 2, 1]


def test_all_true_ranks_are_covered_together():
    rng = np.random.default_rng(1)
    truth = np.linspace(0, 40, 10)
    rank = np.arange(10, 0, -1)
    hits = 0
    for _ in range(300):
        found = rank_intervals(rng.normal(truth, 8.0), np.eye(10) * 64.0, 1e6)
        hits += bool(((found.low <= rank) & (rank <= found.high)).all())
    assert hits / 300 >= 0.94


def test_equal_regions_all_may_have_any_rank():
    rng = np.random.default_rng(2)
    found = rank_intervals(rng.normal(0, 10, 20), np.eye(20) * 100.0, 1e6)
    assert set(found.low) == {1} and set(found.high) == {20}


def test_luck_spreads_twenty_small_regions_by_36_points():
    error = 100 * 0.69 / np.sqrt(50)
    drawn = stats.norm.rvs(0, error, (4000, 20), random_state=3)
    assert luck_spread(np.full(20, error)) == pytest.approx(np.ptp(drawn, axis=1).mean(), rel=0.02)
    assert luck_spread(np.full(20, error)) == pytest.approx(36, abs=1)
    assert luck_spread(np.array([5.0])) == 0.0
