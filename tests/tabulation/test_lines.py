from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.tabulation.columns import read_columns
from workbench.tabulation.comparisons import Compared
from workbench.tabulation.lines import Comparisons, letters_of, pair_lines
from workbench.tabulation.rows import as_rows


def compared(difference, p, reason=""):
    shape = np.shape(difference)
    return Compared(
        np.array(difference, dtype=float),
        np.full(shape, 0.1),
        np.full(shape, 2.0),
        np.full(shape, 9.0),
        np.array(p, dtype=float),
        np.full(shape, reason, dtype=object),
    )


def test_the_higher_column_carries_the_letter_of_the_lower_one():
    read = read_columns(pd.DataFrame({"g": ["a", "b", "c"]}), ["g"], np.ones(3, dtype=bool))
    first, second = read.pairs()
    p = np.array([[0.01], [0.07], [np.nan]])
    tested = Comparisons("each other", first, second, compared([[0.5], [-0.5], [0.1]], p), p)
    # a above b at the first level, c above a at the second only
    assert letters_of(read, tested, (0.95, 0.90)) == [[""], ["B"], [""], ["a"]]
    assert letters_of(read, tested, (0.95,))[3] == [""]


def test_comparisons_without_a_second_column_name_what_they_are_against():
    data = pd.DataFrame({"g": ["a", "b"], "q": ["x", "y"]})
    read = read_columns(data, ["g"], np.ones(2, dtype=bool))
    measured = as_rows("q", data)[0].measure(data, "answered")
    p = np.array([[0.01, 0.5], [0.2, 0.01]])
    places = np.array([1, 2])
    tested = Comparisons("previous", places, np.array([-1, -1]), compared([[0.2, 0.1], [0.0, -0.3]], p), p)
    lines = pd.DataFrame(pair_lines("q", measured, read, tested, 0.95))
    assert lines["second"].eq("previous").all() and lines["first"].tolist() == ["a", "b", "a", "b"]
    assert lines["verdict"].tolist() == ["up", "no clear change", "no clear change", "down"]
    few = Comparisons("rest", places, np.array([-1, -1]), compared([[0.2, 0.1], [0.0, -0.3]], p, "base too small"), p)
    assert set(pd.DataFrame(pair_lines("q", measured, read, few, 0.95))["verdict"]) == {"base too small"}
