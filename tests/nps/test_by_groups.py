from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.core.language import message
from workbench.core.value_names import show_value_names
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


def test_groups_stand_in_the_order_of_their_named_values():
    data = pd.DataFrame({"recommend": [10, 3] * 60, "size": ["large", "medium", "small"] * 40})
    show_value_names({"size": {v: message("Region") for v in ("small", "medium", "large")}})
    try:
        assert nps_by_groups(data, by=["size"]).table["group"].tolist() == ["small", "medium", "large"]
    finally:
        show_value_names({})


def test_choices_of_one_question_are_groups_that_overlap():
    rng = np.random.default_rng(4)
    web, shop, phone = (rng.random(600) < share for share in (0.6, 0.5, 0.3))
    named = zip(web, shop, phone, strict=True)
    used = [";".join(n for n, t in zip(("web", "shop", "phone"), row, strict=True) if t) or "none" for row in named]
    data = pd.DataFrame({"recommend": np.where(phone, 3, rng.choice([8, 10], 600)), "used": used, "region": "n"})
    found = nps_by_groups(data, by=["used", "region"], previous=data.sample(400, random_state=1))
    rows = found.of("used").set_index("group")
    assert list(rows.index) == ["none", "phone", "shop", "web"] and rows["n"].sum() > len(data)
    assert rows.loc["web", "n"] == web.sum() and rows.loc["phone", "nps"] == pytest.approx(-100)
    ticked = data.assign(used=np.where(web, "yes", "no"))
    alone = nps_comparison(ticked, by="used", against="rest", adjust=None).pairs.set_index("group")
    assert rows.loc["web", "difference"] == pytest.approx(alone.loc["yes", "estimate"])
    assert rows["change"].notna().all() and rows.loc["phone", "stands"] == "lower"
    assert any("overlap" in n.message.text("en") for n in found.notes)
