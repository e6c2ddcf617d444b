from __future__ import annotations

import numpy as np
import pytest

from tests.clv.made import END, contracts
from workbench.clv import contract_durations, contract_spells, contract_stay
from workbench.clv.contracts.stay import _NEAR


def test_shares_and_rates_are_those_of_the_contracts_made():
    found = contract_spells(contracts(2000, alpha=30.0, beta=570.0), observed_until=END)
    row = contract_stay(found).table.iloc[0]  # everybody ends at about one in twenty a month
    assert row["ci_low"] < 0.95**12 < row["ci_high"]
    assert row["churn"] == pytest.approx(-np.log(0.95), rel=0.08)
    assert row["churn_low"] < row["churn"] < row["churn_high"]
    kinds = contract_stay(found, "kind").table
    assert kinds["contracts"].sum() == row["contracts"]
    assert kinds["ended"].sum() == row["ended"]


def test_kaplan_meier_as_another_library_has_it():
    from statsmodels.duration.survfunc import SurvfuncRight

    found = contract_spells(contracts(400), observed_until=END, gap_days=0)
    rows = contract_durations(found)
    wide = rows.loc[rows.index.repeat(rows["count"].astype(int))]
    other = SurvfuncRight(wide["duration"].to_numpy(), wide["ended"].to_numpy().astype(int))
    at = np.searchsorted(other.surv_times, 12 + _NEAR, side="right") - 1
    assert contract_stay(found).table["after_12"].iloc[0] == pytest.approx(other.surv_prob[at], rel=1e-9)


def test_limits_are_of_the_level_they_say():
    found = contract_spells(contracts(800), observed_until=END)
    wide, narrow = (contract_stay(found, level=level) for level in (0.95, 0.8))
    assert narrow.table["ci_low"].iloc[0] > wide.table["ci_low"].iloc[0]
    assert "(80 %)" in narrow.to_html("en")
    assert "(95 %)" in wide.to_html("en")
