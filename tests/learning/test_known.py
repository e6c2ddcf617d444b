from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import customer_features, known_columns

PEOPLE = pd.DataFrame(
    {"customer_id": [str(i) for i in range(100)], "region": ["N"] * 60 + ["S"] * 35 + ["tiny"] * 5, "score": range(100)}
)
ORDERS = pd.DataFrame({"customer_id": ["0", "70", "99"], "ordered_at": pd.Timestamp("2026-01-01"), "amount": 1.0})


def test_groups_of_few_have_no_column_and_numbers_stay_numbers():
    known = known_columns(PEOPLE, ["region", "score"])
    assert known.names() == ["region=N", "region=S", "score"]
    found = customer_features(ORDERS, cut=dt.date(2026, 2, 1), known=[known])
    assert found.table[known.names()].to_numpy().tolist() == [[1, 0, 0], [0, 1, 70], [0, 0, 99]]


def test_groups_that_differ_in_capitals_only_are_one_and_yes_and_no_are_groups():
    people = PEOPLE.assign(
        region=["MA"] * 35 + ["ma"] * 60 + ["É", "é"] * 2 + ["x"], regular=[True] * 40 + [False] * 60
    )
    known = known_columns(people, ["region", "regular"])
    assert known.names() == ["region=ma", "regular=false", "regular=true"]
    found = customer_features(ORDERS, cut=dt.date(2026, 2, 1), known=[known])
    assert found.table[known.names()].to_numpy().tolist() == [[1, 0, 1], [1, 1, 0], [0, 1, 0]]


def test_what_was_known_later_is_missing_before():
    known = known_columns(PEOPLE, ["region", "score"], since=dt.date(2026, 3, 1))
    before, after = (customer_features(ORDERS, cut=dt.date(2026, m, 15), known=[known]) for m in (2, 3))
    assert before.names == after.names
    assert before.table[known.names()].isna().all(axis=None) and after.table[known.names()].notna().all(axis=None)


def test_a_missing_column_is_refused():
    with pytest.raises(InputError, match="district"):
        known_columns(PEOPLE, ["district"])
