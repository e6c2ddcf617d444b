from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from workbench.core.errors import InputError
from workbench.privacy.small_cells import dominated, exposed, few, hide


def margins(rows, columns):
    across = [{i * columns + j: 1.0 for j in range(columns)} for i in range(rows)]
    down = [{i * columns + j: 1.0 for i in range(rows)} for j in range(columns)]
    return across + down


def widths(counts, relations, hidden):
    """Return how far apart the bounds of each hidden cell are, for a reader who knows only that nobody is negative."""
    cells = sorted(hidden)
    matrix = np.array([[r.get(c, 0.0) for c in cells] for r in relations])
    target = matrix @ np.asarray(counts, float)[cells]
    found = []
    for i in range(len(cells)):
        aim = np.zeros(len(cells))
        aim[i] = 1
        low = linprog(aim, A_eq=matrix, b_eq=target, bounds=(0, None))
        high = linprog(-aim, A_eq=matrix, b_eq=target, bounds=(0, None))
        found.append(np.inf if high.status == 3 else -high.fun - low.fun)
    return dict(zip(cells, found, strict=True))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=12, max_size=12), st.sampled_from([(3, 4), (4, 3), (2, 6)]))
def test_no_hidden_cell_of_a_table_with_margins_can_be_told(counts, shape):
    relations = margins(*shape)
    found = hide(counts, relations)
    assert found.primary == {i for i, c in enumerate(counts) if 0 < c < 10}
    assert set(exposed(counts, relations, found.primary, found.secondary)) == found.open
    told = widths(counts, relations, found.all)
    assert all(width > 4 for cell, width in told.items() if cell not in found.open)
    # what stays narrow has nothing beside it that could be hidden
    for cell in found.open:
        beside = {j for r in relations if cell in r for j in r if counts[j] > 0}
        assert beside <= found.all


def test_a_group_is_not_computed_back_from_the_total_and_the_others():
    counts, total = [3, 40, 25, 60], [dict.fromkeys(range(4), 1.0)]
    assert exposed(counts, total, {0}) == [0]
    found = hide(counts, total)
    assert found.all == {0, 2} and not exposed(counts, total, found.primary, found.secondary)


def test_another_cell_goes_where_one_would_say_too_much():
    # 3 of a hidden 15, 12 of which read as ten or more: between 1 and 5
    found = hide([3, 12, 14], [{0: 1.0, 1: 1.0, 2: 1.0}])
    assert found.secondary == {1, 2} and not found.open


def test_the_same_count_in_two_tables_is_hidden_in_both():
    counts = [3, 40, 25, 3, 40, 25]
    same = [{i: 1.0, i + 3: -1.0} for i in range(3)]
    found = hide(counts, [{0: 1.0, 1: 1.0, 2: 1.0}, *same])
    assert found.all == {0, 2, 3, 5}


def test_where_the_whole_is_small_that_is_said():
    found = hide([1, 2], [{0: 1.0, 1: 1.0}])
    assert found.open == {0, 1} and not found.secondary


def test_exempt_cells_stay_and_nobody_is_nobody():
    assert hide([7, 0, 50], [{0: 1.0, 1: 1.0, 2: 1.0}], exempt=frozenset({0})).all == set()
    assert hide([0, 40], [{0: 1.0, 1: 1.0}]).all == set()
    assert hide([3.0, np.nan, 40, 50], [{0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}]).all == {0, 2}


@pytest.mark.parametrize("minimum", [2, 3, 5, 10, 30])
def test_any_minimum_ends(minimum):
    rng = np.random.default_rng(minimum)
    counts = rng.poisson(minimum * 1.5, 20).astype(float)
    found = hide(counts, margins(4, 5), minimum=minimum)
    assert found.primary == {i for i, c in enumerate(counts) if few(c, minimum)}


def test_a_sum_of_cells_that_are_not_there_is_refused():
    with pytest.raises(InputError, match="cell 7"):
        hide([1, 2], [{0: 1.0, 7: 1.0}])


def test_sums_that_are_nearly_one_persons():
    assert dominated([1000, 10, 10, 10]) and dominated([100, 90]) and dominated([100, 99, 3, 2])
    assert not dominated([10, 11, 12, 9]) and not dominated([]) and not dominated([np.nan])


def test_what_sums_determine_is_what_their_null_space_says():
    rng = np.random.default_rng(1)
    determined = 0
    for _ in range(300):
        sums, cells = rng.integers(1, 25), rng.integers(2, 20)
        there = rng.random((sums, cells)) < rng.choice([0.1, 0.2, 0.4])
        total = np.ones(cells)
        relations = [dict(zip(np.flatnonzero(row), rng.choice([1.0, 1.0, -1.0], cells), strict=False)) for row in there]
        matrix = np.array([[r.get(i, 0.0) for i in range(cells)] for r in relations])
        _, singular, right = np.linalg.svd(matrix)
        free = right[int((singular > 1e-9).sum()) :]
        wanted = np.flatnonzero((np.abs(free) < 1e-9).all(axis=0))
        # bounds say nothing here: the counts are far from them
        found = exposed(1e6 * total, relations, set(), set(range(cells)))
        assert found == [i for i in wanted if matrix[:, i].any()]
        determined += len(found)
    assert determined > 300
