from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clv.value.bridge import value_bridge
from workbench.core import InputError


def people(seed, names):
    return pd.DataFrame({"customer_id": names, "clv": np.random.default_rng(seed).gamma(1, 100, len(names))})


def test_the_steps_lead_exactly_from_one_total_to_the_other():
    before, now = people(1, [f"c{i}" for i in range(500)]), people(2, [f"c{i}" for i in range(50, 620)])
    steps = value_bridge(now, before).table.set_index("step")
    value = steps["value"]
    assert value["before"] + value["known"] + value["left"] + value["new"] == pytest.approx(value["now"], abs=1e-4)
    both = before.merge(now, on="customer_id", suffixes=("_before", "_now"))
    assert value["known"] == pytest.approx(both["clv_now"].sum() - both["clv_before"].sum(), abs=1e-4)
    assert steps["customers"].to_dict() == {"before": 500, "known": 450, "left": 50, "new": 120, "now": 570}
    assert steps["relative"]["known"] == pytest.approx(value["known"] / both["clv_before"].sum())


def test_nobody_new_and_nobody_gone_are_no_steps():
    same = people(1, ["a", "b"])
    assert value_bridge(same, same).table["step"].tolist() == ["before", "known", "now"]


def test_all_new_customers_have_no_change_of_those_known():
    steps = value_bridge(people(1, ["a"]), people(2, ["b"])).table
    assert steps["step"].tolist() == ["before", "left", "new", "now"] and steps["relative"].isna().all()


def test_a_missing_column_is_refused():
    with pytest.raises(InputError):
        value_bridge(people(1, ["a"]).rename(columns={"clv": "worth"}), people(1, ["a"]))


def test_it_reads_in_both_languages():
    found = value_bridge(people(1, ["a", "c"]), people(2, ["a", "b"]))
    assert "新客户" in found.to_html("zh-CN") and found.plot("en").axes
