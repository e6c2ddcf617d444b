from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import adjust_p
from workbench.nps import net_promoter_score, nps_by_groups, nps_change, nps_comparison


def wave(seed, n=900, groups=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": rng.integers(0, groups, n).astype(str),
            "tier": rng.choice(["A", "B"], n),
            "recommend": rng.choice([2, 8, 10], n).astype(float),
        }
    )


def test_levels_differences_and_changes_are_those_of_the_single_methods():
    now, before = wave(1), wave(2)
    found = nps_by_groups(now, by=["region"], previous=before)
    alone = net_promoter_score(now, "recommend", by="region").table
    np.testing.assert_allclose(found.table["nps"], alone["nps"])
    rest = nps_comparison(now, by="region", adjust=None).pairs
    np.testing.assert_allclose(found.table["difference_p"], adjust_p(rest["p_value"].to_numpy(), "holm"))
    moved = nps_change(before, now, by="region", adjust=None).table
    np.testing.assert_allclose(found.table["change"], moved["estimate"])
    np.testing.assert_allclose(found.table["change_p"], adjust_p(moved["p_value"].to_numpy(), "holm"))


def test_the_first_breakdown_is_a_family_of_its_own():
    now, before = wave(1), wave(2)
    one = nps_by_groups(now, by=["region"], previous=before).of("region")
    two = nps_by_groups(now, by=["region", "tier"], previous=before)
    np.testing.assert_allclose(two.of("region")["change_p"], one["change_p"])
    assert two.families == {"difference": 5, "change": 3}


def test_a_group_with_nobody_or_few_keeps_its_line_and_no_verdict():
    now = wave(1)
    now.loc[now["region"] == "2", "recommend"] = np.nan
    few = pd.DataFrame({"region": "few", "tier": "A", "recommend": [10.0] * 5})
    rows = nps_by_groups(pd.concat([now, few], ignore_index=True), by=["region"]).table.set_index("group")
    assert rows.loc["few", "n"] == 5 and rows.loc["few", "difference_state"] == "unknown"
    assert rows.loc[["0", "1"], "nps"].notna().all()
    if "2" in rows.index:
        assert rows.loc["2", "n"] == 0


def test_a_wave_before_without_the_column_changes_nothing():
    found = nps_by_groups(wave(1), by=["region", "tier"], previous=wave(2).drop(columns="region"))
    rows = found.table.set_index("breakdown")
    assert rows.loc["region", "change"].isna().all() and rows.loc["tier", "change"].notna().all()


def test_no_column_to_group_by_is_refused():
    with pytest.raises(InputError):
        nps_by_groups(wave(1), by=["colour"])


def test_one_group_alone_is_compared_with_nobody():
    found = nps_by_groups(wave(1).assign(region="all"), by=["region"]).table
    assert found["difference_state"].tolist() == ["unknown"] and found["nps"].notna().all()
