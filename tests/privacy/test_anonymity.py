from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.privacy.anonymity import k_anonymous, tell_the_same


def fewest(table, quasi, person=None):
    groups = table.fillna(dict.fromkeys(quasi, "–")).astype(dict.fromkeys(quasi, str)).groupby(quasi)
    return int((groups[person].nunique() if person else groups.size()).min())


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(0, 40), st.booleans()), min_size=6, max_size=80),
    st.integers(2, 6),
)
def test_nobody_is_among_fewer_than_k_and_nobody_is_lost(rows, k):
    table = pd.DataFrame(rows, columns=["region", "age", "member"]).assign(score=range(len(rows)))
    quasi = ["region", "age", "member"]
    found = k_anonymous(table, quasi, k)
    assert fewest(found.table, quasi) == found.smallest >= k
    assert found.table["score"].tolist() == table["score"].tolist() and list(found.table) == list(table)


def test_what_is_safe_stays_as_it_is_and_nothing_is_said():
    table = pd.DataFrame({"region": ["n", "s"] * 10, "sex": ["f", "f", "m", "m"] * 5})
    found = k_anonymous(table, ["region", "sex"], 5)
    assert found.table.to_numpy().tolist() == table.to_numpy().tolist()
    assert found.notes == () and found.smallest == 5 and not any(c.any() for c in found.changed.values())


def test_the_finer_column_is_left_empty_first_and_only_where_needed():
    cities = ["a"] * 6 + ["b", "c"] + ["d"] * 6 + ["e", "f"]
    table = pd.DataFrame({"region": ["n"] * 8 + ["s"] * 8, "city": cities})
    found = k_anonymous(table, ["region", "city"], 2)
    assert found.table["region"].tolist() == table["region"].tolist() and found.smallest == 2
    assert found.table["city"].tolist() == ["a"] * 6 + ["other"] * 2 + ["d"] * 6 + ["other"] * 2
    said = [n.text("en") for n in found.notes]
    assert said == ["city: 4 values of fewer than 2 people are merged (4 rows)."]
    alone = k_anonymous(table.assign(city=["a"] * 7 + ["b"] + ["b"] * 7 + ["a"]), ["city", "region"], 2)
    assert alone.smallest >= 2
    assert alone.changed["city"].sum() + alone.changed["region"].sum() <= 4


def test_numbers_become_classes_and_days_years():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "amount": rng.lognormal(5, 1, 200),
            "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, 200), "D"),
            "n": rng.integers(0, 3, 200),
        }
    )
    found = k_anonymous(table, ["amount", "since"], 5)
    assert found.table["amount"].nunique() == 5 and set(found.table["since"].dropna()) == {"2020", "2021"}
    said = " ".join(n.text("en") for n in found.notes)
    assert "5 classes" in said and "year" in said and found.table["n"].equals(table["n"])


def test_a_person_of_many_rows_is_one():
    table = pd.DataFrame({"id": ["a"] * 9 + ["b", "c", "d"], "region": ["w"] * 9 + ["n", "n", "n"]})
    assert k_anonymous(table, ["region"], 3).smallest == 3
    found = k_anonymous(table, ["region"], 3, person="id")
    assert found.table["region"].isna().all() and found.smallest == 4


def test_empty_cells_count_as_a_value_and_few_people_are_refused():
    table = pd.DataFrame({"region": ["n"] * 5 + [None] * 5})
    assert k_anonymous(table, ["region"], 5).table["region"].isna().sum() == 5
    for given_k in (11, 1):
        with pytest.raises(InputError, match="k"):
            k_anonymous(table, ["region"], given_k)
    with pytest.raises(InputError, match="age"):
        k_anonymous(table, ["age"], 2)


def test_columns_that_tell_another_are_found():
    table = pd.DataFrame({"region": list("nnss"), "stratum": [1, 2, 3, 3], "weight": [1.0, 2.0, 2.0, 1.0], "one": 1})
    assert tell_the_same(table, "region", list(table)) == ["stratum"]
