from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, orders
from workbench.clv import fit_mbg_nbd, purchase_summary, retention_at_ages, retention_curve


@pytest.fixture(scope="module")
def purchases():
    return purchase_summary(orders(900), observed_until=END)


def test_cohorts_at_six_and_twelve_months(purchases):
    fit = fit_mbg_nbd(purchases)
    table = retention_at_ages(retention_curve(purchases, model=fit, cohort="quarter", level=0.9)).table
    assert table["group"].iloc[0] == "2024 Q4"
    assert table["after_6"].iloc[0] > table["after_12"].iloc[0]
    assert np.isnan(table["after_12"].iloc[-1])
    assert table["after_6"].notna().all()
    assert len(retention_at_ages(retention_curve(purchases, model=fit)).table) == 1


def test_a_short_history_has_no_columns_of_long_ages():
    contracts = pd.DataFrame({"duration": [1.0, 2.0, 7.0], "ended": [True, True, False]})
    found = retention_at_ages(retention_curve(contracts, level=0.8))
    assert "after_12" not in found.table
    assert found.level == 0.8
