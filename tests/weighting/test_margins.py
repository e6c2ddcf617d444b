import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.weighting.margins import as_counts, margin_table, read_margins

DATA = pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 2]})


def test_levels_targets_and_table():
    margins = read_margins(DATA, {"a": {"x": 30, "y": 70}, ("a", "b"): {("x", 1): 10, ("x", 2): 20, ("y", 2): 70}})
    assert [m.name for m in margins] == ["a", "a × b"]
    table = margin_table(margins, pd.Series([1.0, 1, 1]).to_numpy(), pd.Series([10.0, 20, 70]).to_numpy())
    assert table["after"].tolist() == table["target"].tolist()
    assert table["level"].tolist()[2] == "x × 1" and table["n"].tolist() == [2, 1, 1, 1, 1]


def test_shares_are_recognised():
    margins, shares = as_counts(read_margins(DATA, {"a": {"x": 0.4, "y": 0.6}}), 200)
    assert shares and margins[0].targets.tolist() == [80, 120]
    assert not as_counts(read_margins(DATA, {"a": {"x": 4, "y": 6}}), 200)[1]


def test_a_series_may_not_repeat_levels_or_lack_names():
    with pytest.raises(InputError, match="'x' twice"):
        read_margins(DATA, {"a": pd.Series([1, 2], index=["x", "x"])})
    with pytest.raises(InputError, match="index names"):
        read_margins(DATA, [pd.Series([1, 2], index=["x", "y"])])
