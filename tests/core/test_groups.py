from __future__ import annotations

import pandas as pd

from workbench.core.engine import as_table, open_engine
from workbench.core.groups import distinct_groups, flagged_customers, gather_groups


def test_everybody_of_any_table_is_there_once():
    engine = open_engine()
    people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "s"], "x": [1, 2]}), engine)
    graded = as_table(pd.DataFrame({"customer_id": ["b", "c"], "tier": ["A", "B"]}), open_engine())
    found = gather_groups([(people, ["region"]), (graded, ["tier"])], engine).to_frame()
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["a", "n", None],
        ["b", "s", "A"],
        ["c", None, "B"],
    ]


def test_of_many_groups_the_smallest_are_put_together():
    regions = [f"r{i:02d}" for i in range(20) for _ in range(20 - i)]
    frame = pd.DataFrame({"customer_id": range(len(regions)), "region": regions})
    table = as_table(frame)
    sizes = gather_groups([(table, ["region"])], table.engine).to_frame()["region"].value_counts()
    assert len(sizes) == 12
    assert sizes["…"] == sum(range(1, 10))
    assert sizes["r00"] == 20


def test_names_and_flags():
    frame = pd.DataFrame({"customer_id": ["a", "b", "c"], "g'1": ["x'y", None, "b"], "no": [True, False, None]})
    assert distinct_groups(frame, "g'1") == ["b", "x'y"]
    assert flagged_customers(as_table(frame), "no").to_frame()["customer_id"].tolist() == ["a"]
