from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from workbench.core.calls import column_name, column_names, takes_columns
from workbench.core.errors import InputError


@takes_columns("column", many=["by"])
def counted(data, column, *, by=None):
    """Count rows."""
    return column, by, len(data)


@pytest.mark.parametrize(
    "by",
    [["a", "b"], ("a", "b"), pd.Index(["a", "b"]), pd.Series(["a", "b"], index=[5, 5]), np.array(["a", "b"])],
)
def test_names_come_in_many_forms(by):
    assert counted([1], "y", by=by) == ("y", ["a", "b"], 1)


def test_a_single_name_and_none_stay():
    assert counted([1], np.str_("y"), by="a") == ("y", "a", 1)
    assert counted([1], column="y") == ("y", None, 1)
    assert counted.__doc__ == "Count rows." and counted.__name__ == "counted"


@pytest.mark.parametrize("wrong", [7, np.int64(1), {"y": 1}, pd.DataFrame({"y": [1]}), ["y", 3], pd.Series([1.0]), len])
def test_what_names_no_column_is_refused(wrong):
    with pytest.raises(InputError, match="names columns") as refused:
        column_names(wrong, "by")
    assert "by=" in refused.value.fix
    with pytest.raises(InputError, match="name of a column"):
        column_name(wrong, "column")


def test_what_a_function_says_it_takes_decides():
    @takes_columns("weight", many=["items"])
    def listed(items: Sequence[str], weight: str):
        return items, weight

    assert listed("price", "w") == (["price"], "w")
    with pytest.raises(InputError, match="NoneType None"):
        listed(["price"], None)


def test_no_names_at_all_are_none_where_that_will_do():
    assert counted([1], "y", by=[]) == ("y", None, 1)

    @takes_columns(many=["items"])
    def listed(items: Sequence[str]):
        return items

    assert listed(()) == []


def test_an_empty_text_is_no_name():
    for read in (column_name, column_names):
        with pytest.raises(InputError, match="an empty text"):
            read("", "by")


def test_a_wrong_number_of_arguments_stays_an_error_of_python():
    with pytest.raises(TypeError, match="missing"):
        counted([1])
