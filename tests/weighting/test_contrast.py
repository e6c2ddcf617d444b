from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.errors import InputError
from workbench.weighting import widest_contrast

COLUMNS = ["variable", "level", "asked", "answered"]


def rates(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def test_p_is_that_of_the_test_of_two_proportions_times_the_pairs():
    found = widest_contrast(rates(("m", "a", 100, 60), ("m", "b", 120, 50), ("m", "c", 110, 52)))
    table = [[60, 40], [50, 70]]
    assert (found.high, found.low, found.family, found.n) == ("a", "b", 3, 100)
    assert found.p_value == pytest.approx(3 * stats.chi2_contingency(table, correction=False).pvalue)


def test_the_pair_that_differs_most_is_named_whether_it_is_clear_or_not():
    found = widest_contrast(
        rates(("m", "a", 40, 30), ("m", "b", 40, 20), ("r", "x", 4000, 2000), ("r", "y", 4000, 1600))
    )
    assert (found.variable, found.high, found.family) == ("m", "a", 2)
    assert found.p_value > 0.03, "the wider difference of two small groups"


def test_groups_without_a_difference_or_a_base_say_nothing():
    assert widest_contrast(rates(("m", "a", 29, 29), ("m", "b", 100, 1))) is None
    assert widest_contrast(rates(("m", "a", 50, 0), ("m", "b", 50, 0))).p_value == 1
    with pytest.raises(InputError, match="asked"):
        widest_contrast(pd.DataFrame({"variable": ["m"], "level": ["a"]}))


def test_false_alarms_stay_below_five_in_a_hundred():
    random = np.random.default_rng(7)
    alarms = 0
    for _ in range(400):
        answered = random.binomial(200, 0.3, size=15)
        found = widest_contrast(rates(*[("m", i, 200, int(a)) for i, a in enumerate(answered)]))
        alarms += found.p_value < 0.05
    assert alarms / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
