import numpy as np
import pandas as pd
import pytest

from workbench.clustering.categories import CategoryRule, as_text, category_rules, cramers_v, one_hot
from workbench.core import InputError
from workbench.core.engine import DUCKDB, as_table


def test_codes_agree_with_the_engine():
    rows = pd.DataFrame({"n": range(5), "c": pd.Series(["b", None, "a", "it's", "new"], dtype=object)})
    rule = CategoryRule("c", ("a", "b", "it's"))
    table = as_table(rows)
    sql = f"SELECT {rule.sql('c', DUCKDB)} AS code FROM {{table}} ORDER BY n"
    assert table.rows(sql)["code"].tolist() == rule.codes(rows["c"]).tolist() == [1, -1, 0, 2, 3]


def test_whole_numbers_and_truths_are_the_texts_the_engine_writes():
    assert as_text(pd.Series([1, 2])).tolist() == ["1", "2"]
    assert as_text(pd.Series([True, False])).tolist() == ["true", "false"]


def test_levels_are_counted():
    rows = pd.DataFrame({"one": ["a"] * 80, "many": [str(i) for i in range(80)]})
    for name in rows:
        with pytest.raises(InputError, match="from 2 to 60 levels"):
            category_rules(rows, [name])


def test_one_hot_of_a_new_level_is_empty():
    assert one_hot(np.array([[2], [0]]), [2]).tolist() == [[0, 0, 0], [1, 0, 0]]


def test_cramers_v_of_independent_columns_is_zero():
    assert cramers_v(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == pytest.approx(0)
