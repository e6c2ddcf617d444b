from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.core.language import LANGUAGES
from workbench.sampling import (
    allocate,
    allocate_fewest,
    allocate_for_margin,
    compare_allocations,
    group_minimum,
    size_for_groups,
)

STRATA = pd.DataFrame(
    {
        "stratum": ["n | low", "n | high", "s | low", "s | high"],
        "region": ["n", "n", "s", "s"],
        "population": [6000, 3000, 700, 300],
        "std_dev": 100.0,
        "response_rate": 0.5,
    }
)
BOUNDED = STRATA.assign(minimum=2, maximum=STRATA["population"])


def margin_of(table, z=1.959964):
    share = table["population"] / table["population"].sum()
    answers = table["n"] * 0.5
    return z * math.sqrt((share**2 * 100**2 * (1 / answers - 1 / table["population"])).sum())


@pytest.mark.parametrize("method", ["proportional", "equal", "neyman", "power"])
def test_one_customer_less_misses_the_margin(method):
    strata = BOUNDED.assign(minimum=group_minimum(BOUNDED, "region", {"s": 9}))
    found = allocate_for_margin(strata, 5, method=method)
    assert margin_of(found.table) <= 5
    assert found.n == strata["minimum"].sum() or margin_of(allocate(strata, found.n - 1, method=method).table) > 5


def test_the_search_starts_from_a_size_and_ends_at_everybody():
    assert allocate_for_margin(BOUNDED, 5, least=4000).n == 4000
    few = BOUNDED.assign(maximum=BOUNDED["population"] // 10)
    assert allocate_for_margin(few, 0.5).n == few["maximum"].sum()
    with pytest.raises(InputError, match="maximum"):
        allocate_for_margin(STRATA, 5)


def test_fewest_keeps_every_margin_with_no_more_customers():
    found = allocate_fewest(STRATA, 5, group="region", margins={"s": 8, "n": 9})
    table = found.table
    assert margin_of(table) <= 5.0001 and margin_of(table[table["region"] == "s"]) <= 8.0001
    strata = BOUNDED.assign(minimum=group_minimum(BOUNDED, "region", {"s": 8, "n": 9}))
    assert found.n <= allocate_for_margin(strata, 5).n
    one = allocate_fewest(STRATA, 5, group="region", margins=8.0).table
    assert all(margin_of(part) <= 8.0001 for _, part in one.groupby("region"))
    assert allocate_fewest(STRATA, 5).n < found.n
    with pytest.raises(InputError, match="west"):
        allocate_fewest(STRATA, 5, group="region", margins={"west": 8})


def test_a_simple_sample_grows_until_the_smallest_group_has_its_size():
    n = size_for_groups(STRATA, {"region": {"s": 8}}, least=10)
    expected = STRATA.assign(n=n * STRATA["population"] / 10_000)
    assert margin_of(expected[expected["region"] == "s"]) <= 8.001
    assert size_for_groups(STRATA, {}, least=10) == 10
    assert size_for_groups(STRATA.assign(maximum=50), {"region": 1.0}) == 200


def test_ways_are_held_side_by_side_at_one_size():
    chosen = allocate(STRATA, 1500, method="power")
    found = compare_allocations(STRATA, chosen, group="region", margin=5, margins={"s": 8})
    table = found.table.set_index("allocation")
    assert table.index.tolist() == ["chosen", "proportional", "equal", "neyman", "power", "fewest"]
    assert set(table["n"].iloc[:-1]) == {1500}
    assert table.loc["proportional", "margin"] == table["margin"].iloc[:-1].min()
    assert table.loc["equal", "widest"] < table.loc["proportional", "widest"]
    assert table.loc["equal", "deff"] > 1.3 > table.loc["proportional", "deff"]
    assert len({found.shown_table(x)["allocation"].iloc[1] for x in LANGUAGES}) == len(LANGUAGES)
    assert len(found.plot("zh-CN").axes[0].patches) == len(table)


def test_a_way_without_room_is_left_out_and_costs_ask_for_their_own():
    costly = STRATA.assign(cost=[1.0, 1.0, 4.0, 4.0], maximum=[6000, 3000, 10, 10])
    found = compare_allocations(costly, allocate(costly, 100)).table["allocation"].tolist()
    assert "optimal" in found and "fewest" not in found
    tight = compare_allocations(costly, allocate(costly, 100), group="region", margin=5, margins={"s": 1})
    assert "fewest" not in tight.table["allocation"].tolist()
    assert np.isnan(compare_allocations(costly, allocate(costly, 100)).table["widest"]).all()
