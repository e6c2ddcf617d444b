from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.choices import as_chosen, choice_separator, choices_of, listed


@pytest.mark.parametrize(
    ("values", "separator"),
    [
        (["价格┋质量", "质量", "服务┋价格┋其他〖停车〗", "服务"], "┋"),
        (["a, b", "b", "a", "c, a", "b, c"], ","),
        (["north", "south"], None),
        (["Portland, OR", "Salem, OR", "Washington, DC"], None),
        (["a;b", "a;b", None], ";"),
        (["north | young", "south | old"], None),
        ([1, 2, None], None),
        ([], None),
    ],
)
def test_a_list_is_told_by_few_choices_in_many_combinations(values, separator):
    assert choice_separator(pd.Series(values, dtype=object)) == separator


def test_what_was_typed_beside_other_is_no_choice_of_its_own():
    assert choices_of(pd.Series(["其他〖停车〗┋价格", "价格", None, "其他〖灯┋光〗"]), "┋") == ["价格", "其他"]


def test_taking_apart_changes_nothing_given():
    data = pd.DataFrame({"used": ["web;shop", None, "webshop"], "n": [1, 2, 3]})
    assert as_chosen(data, "used", "web", ";")["used"].tolist() == ["web", None, ""]
    assert data["used"][0] == "web;shop"


def test_one_choice_alone_is_a_list_too():
    made = listed({"web": np.array([1.0, 0.0, np.nan])}, index=pd.Index([3, 4, 5]))
    assert made.tolist() == ["web┋", "┋", None] and made.index.tolist() == [3, 4, 5]
    assert choice_separator(made) == "┋" and choices_of(made, "┋") == ["web"]
