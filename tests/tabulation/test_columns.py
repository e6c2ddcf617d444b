from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.core.language import message
from workbench.core.value_names import show_value_names
from workbench.tabulation.columns import groups, nested, read_columns

EVERYBODY = np.ones(4, dtype=bool)
DATA = pd.DataFrame(
    {
        "region": ["n", "s", "n", None],
        "age": [30, 20, None, 20],
        "used": ["app;web", "web", None, "app"],
        "card": [1, 0, 1, 0],
    }
)


def test_letters_run_through_the_banner_and_the_total_has_none():
    found = read_columns(DATA, ["region", "age", groups({"card": "card", "young": "age < 25"}, name="uses")], EVERYBODY)
    assert found.key["letter"].tolist() == ["", "A", "B", "C", "D", "E", "F"]
    assert found.key["column"].tolist() == ["total", "n", "s", "20", "30", "card", "young"]
    assert found.members[:, 3].tolist() == [False, True, False, True]
    first, second = found.pairs()
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(1, 2), (3, 4), (5, 6)]
    assert found.labels["total"].text("en") == "Total"


def test_choices_of_one_cell_are_columns_that_overlap():
    found = read_columns(DATA, ["used"], EVERYBODY)
    assert found.key["column"].tolist() == ["total", "app", "web"]
    assert found.members[:, 1].tolist() == [True, False, False, True]


def test_columns_lie_within_each_other():
    found = read_columns(DATA, [nested("region", "age")], EVERYBODY)
    assert found.key["column"].tolist()[1:] == ["n | 30", "s | 20"]


def test_columns_stand_in_the_order_of_the_named_values():
    show_value_names({"region": {"s": message("South"), "n": message("North")}})
    assert read_columns(DATA, ["region"], EVERYBODY).key["column"].tolist() == ["total", "s", "n"]
    show_value_names({})
    ordered = DATA.assign(region=pd.Categorical(DATA["region"], ["s", "n", "nobody"]))
    assert read_columns(ordered, ["region"], EVERYBODY).key["column"].tolist() == ["total", "s", "n", "nobody"]


@pytest.mark.parametrize(
    ("banner", "said"),
    [
        (["regoin"], "region"),
        (["region", "region"], "twice"),
        ([groups({"x": "age"}, name="g")], "1 for who is in it"),
        ([groups({"x": "agee < 3"}, name="g")], "age"),
    ],
)
def test_wrong_banners_are_refused(banner, said):
    with pytest.raises(InputError, match=said):
        read_columns(DATA, banner, EVERYBODY)


def test_a_column_without_values_and_one_with_too_many():
    with pytest.raises(InputError, match="has values"):
        read_columns(DATA.assign(region=None), ["region"], EVERYBODY)
    with pytest.raises(InputError, match="at most"):
        read_columns(pd.DataFrame({"id": [f"c{i}" for i in range(300)]}), ["id"], np.ones(300, dtype=bool))
