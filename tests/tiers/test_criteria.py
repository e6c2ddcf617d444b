from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.engine import DuckDBEngine, as_table
from workbench.core.errors import InputError
from workbench.tiers.criteria import buyers, with_criteria


@pytest.fixture
def engine():
    return DuckDBEngine()


def test_columns_are_added_and_replaced_and_nobody_is_lost_or_doubled(engine):
    people = as_table(pd.DataFrame({"customer_id": ["a", "b", "c"], "clv": [0.0, 0.0, 0.0]}), engine)
    values = as_table(pd.DataFrame({"customer_id": ["b", "c", "x"], "clv": [5.0, 7.0, 9.0]}), engine)
    answers = as_table(pd.DataFrame({"customer_id": ["a"], "satisfaction": [2], "comment": ["no"]}), engine)
    joined = with_criteria(people, {"clv": (values, ["clv"]), "responses": (answers, ["satisfaction"])})
    rows = joined.rows("SELECT * FROM {table} ORDER BY customer_id")
    expected = pd.DataFrame({"customer_id": ["a", "b", "c"]})
    expected = expected.merge(values.to_frame(), how="left").merge(
        answers.to_frame()[["customer_id", "satisfaction"]], how="left"
    )
    pd.testing.assert_frame_equal(rows, expected, check_dtype=False)
    assert list(rows.columns) == ["customer_id", "clv", "satisfaction"]


def test_a_missing_column_is_named(engine):
    people = as_table(pd.DataFrame({"customer_id": ["a"]}), engine)
    with pytest.raises(InputError, match="satisfaction"):
        with_criteria(people, {"responses": (people, ["satisfaction"])})


def test_buyers_are_everybody_with_an_order(engine):
    orders = as_table(pd.DataFrame({"customer_id": ["b", "a", "b", "01"], "amount": [1, 2, 3, 4]}), engine)
    assert set(buyers(orders).to_frame()["customer_id"]) == {"a", "b", "01"}
