from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.checks import cell_name, flag_column, level_codes, number_column, weight_column
from workbench.core.errors import InputError


def test_numbers_of_every_kind():
    data = pd.DataFrame({"i": [1, 2], "n": pd.array([1, None], dtype="Int64"), "o": pd.Series([1, 2.5], dtype=object)})
    assert number_column(data, "i", where="t").tolist() == [1.0, 2.0]
    assert np.isnan(number_column(data, "n", where="t")[1])
    assert number_column(data, "o", where="t").tolist() == [1.0, 2.5]


@pytest.mark.parametrize("values", [["a", "b"], [1, "x"], [Decimal(1), "x"], pd.to_datetime(["2026-01-01"] * 2)])
def test_what_is_not_a_number(values):
    with pytest.raises(InputError, match="holds numbers"):
        number_column(pd.DataFrame({"y": pd.Series(values)}), "y", where="t")


def test_infinite_values_and_repeated_columns():
    with pytest.raises(InputError, match="first in row 2"):
        number_column(pd.DataFrame({"y": [1.0, -np.inf]}), "y", where="t")
    with pytest.raises(InputError, match="occurs once"):
        number_column(pd.DataFrame([[1, 2]], columns=["y", "y"]), "y", where="t")


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=300))
def test_integer_levels_equal_numpy(values):
    codes, levels = level_codes(pd.DataFrame({"v": values}), ["v"], where="t")
    unique, inverse = np.unique(values, return_inverse=True)
    assert levels["v"].tolist() == unique.tolist()
    np.testing.assert_array_equal(codes, inverse)


def test_combinations_categories_and_mixed_types():
    data = pd.DataFrame(
        {"a": ["x", "y", "x"], "b": [2, 1, 1], "c": pd.Categorical(["lo", "hi", "lo"], ["hi", "mid", "lo"])}
    )
    codes, levels = level_codes(data, ["a", "b"], where="t")
    assert levels.to_numpy().tolist() == [["x", 1], ["x", 2], ["y", 1]]
    assert codes.tolist() == [1, 2, 0] and cell_name(levels, 0) == "a = x, b = 1"
    assert level_codes(data, ["c"], where="t")[1]["c"].tolist() == ["hi", "lo"]
    mixed = pd.DataFrame({"m": pd.Series([1, "a", 1], dtype=object)})
    assert level_codes(mixed, ["m"], where="t")[0].tolist() == [0, 1, 0]


def test_flags_and_weights():
    assert flag_column(pd.DataFrame({"r": [True, False]}), "r", where="t").tolist() == [True, False]
    assert weight_column(pd.DataFrame({"y": [1, 2]}), None, where="t").tolist() == [1.0, 1.0]
    with pytest.raises(InputError, match="value in 'g'"):
        level_codes(pd.DataFrame({"g": ["a", None]}), ["g"], where="t")


def test_combinations_of_many_columns_keep_their_labels():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({f"c{i}": rng.integers(0, 100, 4_000) for i in range(12)})
    codes, levels = level_codes(data, list(data.columns), where="data")
    assert levels.iloc[codes].reset_index(drop=True).equals(data.astype(levels.dtypes))
    assert levels.sort_values(list(data.columns)).index.equals(levels.index)
