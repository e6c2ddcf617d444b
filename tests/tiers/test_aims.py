import math

import pandas as pd
import pytest

from workbench.tiers import TierRules, grade


def graded(values, wanted, **options):
    people = pd.DataFrame({"customer_id": [str(i) for i in range(len(values))], "v": values, **options})
    by = {"by": "region"} if "region" in options else {}
    rules = TierRules.of([{"name": "A", "minimum": {"v": wanted}}, {"name": "B"}], **by)
    return grade(people, rules)


@pytest.mark.parametrize(
    ("values", "wanted", "limit", "reached", "said"),
    [
        ([5.0] * 4 + [1.0] * 6, {"top": 0.1}, 5.0, 0.4, "40.0% reach it"),
        ([0.0] * 10, {"top": 0.1}, math.nan, 0.0, "sets nobody apart"),
        (list(range(10)), {"top": 0.1}, 9.0, 0.1, None),
        ([8.0, 4, 4, 4], {"pareto": 0.5}, 4.0, 1.0, "they bring 100.0%"),
        ([50.0, 30, 10, 5, 5], {"pareto": 0.8}, 30.0, 0.8, None),
    ],
)
def test_the_share_aimed_at_stands_beside_the_share_reached(values, wanted, limit, reached, said):
    found = graded(values, wanted)
    row = found.aims.table.iloc[0]
    assert (row["aimed"], row["reached"]) == pytest.approx((next(iter(wanted.values())), reached))
    assert row["limit"] == pytest.approx(limit, nan_ok=True)
    told = [n.message.text("en") for n in found.notes if n.severity == "caution"]
    assert (said is None and not told) or said in told[0]
    if "top" in wanted:
        assert found.summary["share"].iloc[0] == pytest.approx(reached)


def test_fixed_values_aim_at_no_share():
    assert graded([1.0, 2, 3], 2).aims.table.empty


def test_groups_reach_their_own_limits():
    found = graded([9.0, 8, 7, 6, 4, 3, 2, 1], {"top": 0.25}, region=["n"] * 4 + ["s"] * 4)
    row = found.aims.table.iloc[0]
    assert row["reached"] == pytest.approx(0.25) and math.isnan(row["limit"])
    assert "客户" in found.aims.to_html("zh-CN")
