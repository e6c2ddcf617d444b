import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import usage_gaps
from workbench.core import InputError

END = dt.date(2026, 6, 30)


def orders():
    early, late = "2025-03-01", "2026-03-01"
    rows = []
    for i in range(10):
        rows += [(f"a{i}", early, "tea"), (f"a{i}", late, "coffee" if i < 4 else "tea")]
        rows += [(f"b{i}", late, "milk" if i < 6 else "tea")]
    rows += [("gone", early, "tea"), ("a0", "2024-01-01", "wine"), ("a1", late, None)]
    table = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "category"]).assign(amount=5.0)
    back = pd.DataFrame({"customer_id": ["b0"], "ordered_at": [late], "category": ["tea"], "amount": [-5.0]})
    return pd.concat([table, back]).assign(ordered_at=lambda t: pd.to_datetime(t["ordered_at"]))


def test_who_stopped_is_counted_among_those_who_still_buy():
    rows = usage_gaps(orders(), "category", as_of=END).table.set_index("item")
    assert rows.loc["tea", ["active", "buyers", "before", "stopped"]].tolist() == [20, 10, 10, 4]
    assert rows.loc["tea", "share"] == 0.4 and np.isnan(rows.loc["coffee", "share"])
    assert "wine" not in rows.index and (rows["missing"] == 0).all()


def test_what_most_of_a_segment_buy_is_missing_for_the_others():
    segments = pd.DataFrame(
        {"customer_id": [f"{s}{i}" for s in "ab" for i in range(10)], "segment": [1] * 10 + [2] * 10}
    )
    rows = usage_gaps(orders(), "category", as_of=END, segments=segments).table.set_index(["segment", "item"])
    assert rows.loc[(2, "milk"), "missing"] == 4 and rows.loc[(1, "tea"), "missing"] == 4
    assert rows.loc[(1, "coffee"), "missing"] == 0 and rows.loc[(2, "tea"), "missing"] == 0
    assert rows.loc[(0, "tea"), "stopped"] == 4 and rows.loc[(0, "tea"), "active"] == 20


def test_too_many_items_are_refused_and_it_is_drawn():
    many = orders().assign(category=lambda t: [f"p{i}" for i in range(len(t))])
    many = pd.concat([many.assign(category=[f"{k}-{c}" for c in many["category"]]) for k in range(8)])
    with pytest.raises(InputError, match="at most 200"):
        usage_gaps(many, "category", as_of=END)
    found = usage_gaps(orders(), "category", as_of=END)
    assert found.plot("en").axes and "365" in found.to_html("zh-CN")
