from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, contracts, faithful, monthly, orders
from tests.report.chapters.value.test_chapter import from_orders
from workbench.clv import contract_spells
from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.report.chapters.value import staying
from workbench.report.chapters.value.chapter import best_worth


def people_of(found):
    ids = found.source.to_frame()["customer_id"]
    groups = {"region": np.resize(["n", "s"], len(ids)), "segment": np.resize([1, 2, 3], len(ids))}
    return as_table(pd.DataFrame({"customer_id": ids, **groups}), found.source.engine)


def test_only_groups_from_the_start_are_compared():
    purchases, found = from_orders(orders(900))
    whole, cohorts, groups = staying.curves(found, purchases, people_of(found), 0.9)
    assert whole.level == 0.9
    assert len(cohorts) == 1
    assert set(groups) == {"region"}
    named = staying.named_ages(groups, {"region": {"n": "North"}})["region"].table
    assert named["group"].tolist() == ["North", "s"]
    assert staying.curves(found, purchases, None, 0.9)[2] == {}
    left = staying.share_left(best_worth(found, None), 0.95)
    assert left.ci_low < 1 - whole.table["retained"].iloc[0] + left.estimate < 1
    assert left.ci_low < left.estimate < left.ci_high


def test_regular_buyers_stay_as_their_runs_do():
    purchases, found = from_orders(monthly(), "mbg_nbd")
    whole, cohorts, groups = staying.curves(found, purchases, people_of(found), 0.95)
    assert cohorts == []
    after = whole.table.loc[(whole.table["age"] - 12).abs().idxmin(), "retained"]
    assert after == pytest.approx(0.92**11, abs=0.1)
    assert set(groups["region"].table["group"]) == {"n", "s"}
    assert staying.share_left(best_worth(found, None), 0.95) is None


def test_where_leaving_is_not_told_no_curve_is_drawn():
    purchases, found = from_orders(faithful())
    with pytest.raises(InputError, match="leaving can be identified"):
        staying.curves(found, purchases, None, 0.95)
    assert staying.share_left(best_worth(found, None), 0.95) is None


def test_contracts_by_what_they_are_broken_down_by():
    spells = contract_spells(contracts(800), observed_until=END)
    stays = staying.contract_stays(spells, None, ["region"], 0.95)
    assert list(stays) == ["", "started_in", "kind"]
    assert list(staying.named_stays(stays, {})) == ["started_in", "kind"]
