from __future__ import annotations

import pytest

from workbench.store.config.sets import SetPlan


def test_a_set_has_choices_or_one_column_that_lists_them():
    plan = SetPlan(choices={"app": "a", "web": "b"}, none="c")
    assert plan.columns == ["a", "b", "c"] and SetPlan(column="seen", none="nothing").columns == ["seen"]
    for wrong in ({}, {"choices": {"app": "a"}, "column": "seen"}, {"choices": {"app": "a"}, "none": "a"}):
        with pytest.raises(ValueError, match="set has choices|says that nothing"):
            SetPlan(**wrong)
