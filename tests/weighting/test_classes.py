from __future__ import annotations

import pandas as pd
import pytest

from workbench.core import InputError
from workbench.weighting import weighting_classes


def test_small_classes_are_combined_with_their_neighbours_only():
    cells = {("n", "a"): (40, 20), ("n", "b"): (30, 4), ("s", "a"): (50, 25), ("s", "b"): (40, 15)}
    rows = [(r, c, i < k) for (r, c), (n, k) in cells.items() for i in range(n)]
    asked = pd.DataFrame(rows, columns=["region", "amount", "responded"])
    classes, note = weighting_classes(asked, ["region", "amount"], 10)
    assert sorted(set(classes["weighting_class"])) == ["n", "s | a", "s | b"]
    assert "neighbours: n." in note.message.text("en")
    everybody, _ = weighting_classes(asked, ["region", "amount"], 60)
    assert set(everybody["weighting_class"]) == {"all"}
    same, none = weighting_classes(asked, ["region", "amount"], 4)
    assert none is None and same["weighting_class"].nunique() == 4


def test_a_missing_value_is_a_level_of_its_own():
    asked = pd.DataFrame({"region": ["n", None, None], "size": [1, 2, 1], "responded": True})
    classes, _ = weighting_classes(asked, ["region", "size"], 1)
    assert classes["weighting_class"].tolist() == ["n | 1", "(missing) | 2", "(missing) | 1"]


def test_refuses_a_column_that_is_not_there():
    with pytest.raises(InputError, match="regoin"):
        weighting_classes(pd.DataFrame({"region": ["n"], "responded": [True]}), ["regoin"], 1)
