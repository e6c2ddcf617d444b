import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clustering import rfm_cells
from workbench.core import InputError


def test_quintiles_are_of_equal_size_where_values_differ():
    rng = np.random.default_rng(1)
    raw = pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(1000)],
            "recency_days": rng.permutation(1000),
            "frequency": rng.permutation(1000) + 1,
            "monetary": rng.permutation(1000) + 0.5,
        }
    )
    found = rfm_cells(raw)
    for score in "rfm":
        assert found.table[score].value_counts().tolist() == [200] * 5
    best = found.table.merge(raw).sort_values("recency_days").iloc[0]
    assert best["r"] == 5 and best["cell"].startswith("5")
    assert found.summary["customers"].sum() == 1000 and not found.notes


@settings(max_examples=20)
@given(st.lists(st.integers(1, 6), min_size=5, max_size=30))
def test_equal_values_have_equal_scores_and_more_is_not_less(frequency):
    raw = pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(len(frequency))],
            "recency_days": 5,
            "frequency": frequency,
            "monetary": 1.0,
        }
    )
    made = rfm_cells(raw).table.merge(raw)
    scores = made.groupby("frequency")["f"].agg(["min", "max"])
    assert (scores["min"] == scores["max"]).all() and scores["max"].is_monotonic_increasing


def test_ties_are_told_and_one_group_refused():
    raw = pd.DataFrame({"customer_id": list("abcd"), "recency_days": 1, "frequency": 1, "monetary": 1.0})
    assert "not of equal size" in str(rfm_cells(raw).notes[0].message)
    with pytest.raises(InputError, match="two groups"):
        rfm_cells(raw, groups=1)
