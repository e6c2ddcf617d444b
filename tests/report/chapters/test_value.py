from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.chapters.value import VALUE_COLUMNS, value_findings, value_groups


def customers(shift=0.0, n=4000, seed=3):
    rng = np.random.default_rng(seed)
    region = np.repeat(["north", "south"], n // 2)
    clv = rng.gamma(2.0, 50.0, n) + np.where(region == "south", shift, 0.0)
    ids = [f"{i:05d}" for i in range(n)]
    frame = pd.DataFrame({"customer_id": ids, "clv": clv, "probability_alive": rng.random(n)})
    return frame, pd.DataFrame({"customer_id": ids, "region": region})


def test_groups_add_up_to_everybody():
    clv, people = customers()
    groups = value_groups(clv, people, ["region"])
    assert groups["customers"].sum() == len(clv)
    assert groups["value"].sum() == pytest.approx(clv["clv"].sum())
    assert groups["share"].sum() == pytest.approx(1)
    row = groups.iloc[0]
    part = clv["clv"][people["region"] == "north"]
    assert row["ci_high"] - row["ci_low"] == pytest.approx(2 * 1.959964 * part.std() / np.sqrt(len(part)))


def test_a_customer_without_a_group_is_counted_apart():
    clv, people = customers()
    groups = value_groups(clv, people.iloc[:3000], ["region"])
    assert groups.set_index("group").loc["–", "customers"] == 1000


def summary():
    return pd.DataFrame([{"customers": 100, "alive": 60, "clv": 1e6, "ci_low": 9e5, "ci_high": 1.1e6, "level": 0.9,
                          "gini": 0.6, "top_10_share": 0.5, "horizon_months": 12}])  # fmt: skip


def test_a_difference_is_only_told_where_it_is_clearer_than_chance():
    alike, far = (value_groups(*customers(shift), ["region"]) for shift in (0.0, 40.0))
    assert len(value_findings(summary(), alike)) == 2
    told = [f.text.text("en") for f in value_findings(summary(), far)]
    assert any("south" in t for t in told) and len(told) == 4


def test_luck_is_rarely_told():
    told = sum(
        len(value_findings(summary(), value_groups(*customers(0.0, 400, seed), ["region"]))) > 2 for seed in range(100)
    )
    assert told <= 15


def test_without_groups_there_is_an_empty_table():
    clv, _ = customers()
    assert list(value_groups(clv, None, []).columns)[:2] == ["breakdown", next(iter(VALUE_COLUMNS))]
