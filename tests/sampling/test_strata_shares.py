from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import (
    Frame,
    SimpleRandom,
    Stratified,
    allocate,
    compare_strata,
    crossed,
    draw,
    frame_summary,
)

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(400)],
        "region": ["n", "n", "s", None] * 100,
        "size": ["big", "small"] * 200,
    }
)
STRATA = ["region", "size"]
FRAME = Frame(PEOPLE, stratum=STRATA, carry=STRATA)
ALLOCATION = allocate(frame_summary(FRAME).strata, 100)


def test_frame_and_sample_side_by_side():
    sample = draw(FRAME, Stratified(ALLOCATION), salt="s")
    found = compare_strata(ALLOCATION, sample.table, STRATA)
    table = found.table
    assert table["n"].tolist() == ALLOCATION.table["n"].tolist()
    assert (table["n"] * table["base_weight"]).sum() == pytest.approx(400)
    assert table["frame_share"].sum() == pytest.approx(1)
    # the names that the draw gave its strata are those of the columns crossed
    assert table.equals(compare_strata(ALLOCATION, sample.table).table)
    assert "（缺失）" in found.shown_table("zh-CN")["stratum"].str.cat()
    assert len(found.plot("en").axes[0].patches) == 2 * len(table)


def test_a_simple_sample_is_shown_by_the_strata_it_was_planned_by():
    sample = draw(Frame(PEOPLE, carry=STRATA), SimpleRandom(100), salt="s")
    table = compare_strata(ALLOCATION, sample.table, STRATA).table
    assert table["n"].sum() == 100 and (table["n"] > 0).all()


def test_a_stratum_nobody_was_drawn_from_has_no_weight():
    drawn = pd.DataFrame({"stratum": ["n | big"] * 5})
    table = compare_strata(ALLOCATION, drawn).table.set_index("stratum")
    assert table.loc["n | big", "base_weight"] == 100 / 5
    assert table["base_weight"].isna().sum() == len(table) - 1
    with pytest.raises(InputError, match="stratum"):
        compare_strata(ALLOCATION, pd.DataFrame({"region": ["n"]}))


def test_crossing_changes_nothing_given():
    table = pd.DataFrame({"a": ["x", None], "b": [1, 2]})
    before = table.copy()
    assert crossed(table, ["a", "b"], "/").tolist() == ["x/1", "(missing)/2"]
    assert crossed(table, ["b"]).tolist() == ["1", "2"]
    pd.testing.assert_frame_equal(table, before)
