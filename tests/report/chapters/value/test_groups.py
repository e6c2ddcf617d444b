from __future__ import annotations

import pandas as pd

from workbench.core.language import message
from workbench.report.chapters.value.groups import (
    breakdowns,
    first_breakdowns,
    group_names,
    grouped_customers,
    other_groups,
    with_names,
)
from workbench.store import Wave


def test_customers_with_what_they_are_broken_down_by(make_wave):
    first = Wave.open(make_wave())
    assert breakdowns(grouped_customers(first)) == ["region"]
    first.keep("tiers", pd.DataFrame({"customer_id": ["001", "009"], "tier": ["A", "B"]}))
    text = (first.folder / "wave.yaml").read_text().replace("wave: w1", "wave: w2\nprevious: w1")
    second = Wave.open(make_wave(wave_yaml=text, folder="w2"))
    table = grouped_customers(second)
    assert breakdowns(table) == ["region", "tier"] == first_breakdowns(breakdowns(table))
    assert "segment" not in table.columns
    assert table.to_frame().astype(object).where(lambda f: f.notna(), None).to_numpy().tolist() == [
        ["001", "north", "A"],
        ["002", "south", None],
        ["003", "north", None],
        ["009", None, "B"],
    ]
    first.keep("segments", pd.DataFrame({"customer_id": ["003", "010"], "segment": [2, 1]}))
    first.keep("segment_names", pd.DataFrame({"segment": [1, 2], "en": ["Old", "New"], "zh": ["老", "新"]}))
    found = grouped_customers(second).to_frame().set_index("customer_id")
    assert found["segment"].dropna().to_dict() == {"003": 2, "010": 1}
    assert group_names(second)["segment"]["2"].text("en") == "2 New"


def test_a_list_of_ids_alone_has_no_groups(make_wave):
    wave = Wave.open(make_wave(customers="customer_id\n001\n"))
    assert grouped_customers(wave) is None
    assert breakdowns(None) == []


def test_names_stand_for_codes():
    table = with_names(pd.DataFrame({"group": ["1", "2"]}), "tier", {"tier": {"1": message("Refunds")}})
    assert [str(g) for g in table["group"]] == ["Refunds", "2"]


def test_breakdowns_without_a_table_of_their_own_share_one():
    made = pd.DataFrame({"breakdown": ["region", "tier", "tier"], "group": ["n", "A", "–"], "value": [1.0, 2, 3]})
    rows = other_groups(made, ("region",), {}, {"tier": {"–": message("Refunds")}})
    assert {str(b) for b in rows["breakdown"]} == {"Tier in the previous wave"}
    assert [str(g) for g in rows["group"]] == ["A", "Refunds"]
