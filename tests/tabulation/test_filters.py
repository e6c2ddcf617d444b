from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.tabulation.filters import rows_where

DATA = pd.DataFrame({"age": [20, 40, None], "city": ["a", "b", None], "my visits": [0, 1, 2]})


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("age > 20", [0, 1, 0]),
        ("age = 20", [1, 0, 0]),
        ("age == 20 or age >= 40", [1, 1, 0]),
        ("not age = 20", [0, 1, 1]),
        ("city != 'a'", [0, 1, 0]),
        ("city in ('a', 'c')", [1, 0, 0]),
        ("city not in ('a', 'c')", [0, 1, 0]),
        ("`my visits` >= 1 and (age < 50 or city = 'x')", [0, 1, 0]),
        ("age > -5", [1, 1, 0]),
        ("city = 'a = b'", [0, 0, 0]),
    ],
)
def test_conditions_and_missing_values_that_meet_none(condition, rows):
    assert rows_where(DATA, condition).astype(int).tolist() == rows


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("aeg > 20", "age"),
        ("__import__('os').system('true')", "compares"),
        ("age > 20; 1", "compares"),
        ("age", "compares"),
        ("age > city", "compares"),
        ("1 < age < 3", "compares"),
        ("city > 5", "cannot be compared"),
        ("`age > 5", "not closed"),
        ("(lambda: 1)()", "compares"),
        ("age.__class__ == 1", "compares"),
    ],
)
def test_anything_else_is_refused_in_words(condition, said):
    with pytest.raises(InputError, match=said):
        rows_where(DATA, condition)


def test_nothing_of_the_table_is_changed():
    before = DATA.copy()
    assert isinstance(rows_where(DATA, "age > 1"), np.ndarray)
    pd.testing.assert_frame_equal(DATA, before)
