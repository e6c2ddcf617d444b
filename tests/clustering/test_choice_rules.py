from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clustering.choice_rules import chance, practical, rising_above, standing_apart


def test_chance_counts_data_without_groups_that_reach_as_high():
    nulls = np.random.default_rng(1).normal(0.2, 0.02, (99, 2))
    assert chance(np.array([0.5, 0.2]), nulls) == pytest.approx(0.01)
    assert chance(nulls.mean(axis=0), nulls) > 0.5


def test_what_stands_apart_is_found_again():
    widths = np.array([0.6, 0.58, 0.57])
    assert standing_apart([2, 3, 4], widths, 3, [2, 3, 4]) == 3
    assert standing_apart([2, 3, 4], widths, 4, [2]) == 2


def test_of_those_as_far_above_chance_the_smallest_is_taken():
    assert rising_above([2, 3, 6], np.array([0.1, 0.36, 0.37]), [2, 3, 6]) == 3
    assert rising_above([2, 3, 6], np.array([0.1, 0.36, 0.37]), [2, 6]) == 6


def test_where_nothing_stands_apart_enough_is_explained():
    table = pd.DataFrame({"k": [2, 3, 4, 8], "explained": [0.3, 0.5, 0.62, 0.9]})
    assert practical(table, np.array([0.9, 0.9, 0.9, 0.9])) == 4
    assert practical(table.assign(explained=0.1), np.array([0.9, 0.9, 0.1, 0.9])) == 3
