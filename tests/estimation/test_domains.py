import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation.domains import read_domains


def test_levels_are_sorted_and_missing_rows_counted():
    domains = read_domains(pd.DataFrame({"a": ["y", "x", None, "x"], "b": [1, 2, 1, 1]}), ["a", "b"])
    assert domains.levels.to_numpy().tolist() == [["x", 1], ["x", 2], ["y", 1]]
    assert domains.code.tolist() == [2, 1, -1, 0]
    assert "1 row without a, b" in domains.notes[0].message.text("en")
    np.testing.assert_array_equal(domains.sums(np.ones((4, 1)))[:, 0], [1, 1, 1])
    np.testing.assert_array_equal(domains.spread(np.array([[1.0], [2.0], [3.0]]))[:, 0], [3, 2, 0, 1])


def test_categories_and_booleans():
    data = pd.DataFrame({"c": pd.Categorical(["lo", "hi"], ["lo", "mid", "hi"]), "t": [True, False]})
    assert read_domains(data, "c").levels["c"].tolist() == ["lo", "hi"]
    assert read_domains(data, "t").levels["t"].tolist() == [False, True]


def test_nobody_in_any_group():
    with pytest.raises(InputError, match="belongs to a group"):
        read_domains(pd.DataFrame({"a": [None, None]}), "a")
    with pytest.raises(InputError, match="needed"):
        read_domains(pd.DataFrame({"a": [1]}), "b")
