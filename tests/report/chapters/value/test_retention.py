from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.report.chapters.value.test_chapter import END, orders
from workbench.clv import purchase_summary, retention_curve, value_customers
from workbench.core.engine import as_table
from workbench.report.chapters.value.chapter import FromOrders, models_of
from workbench.report.chapters.value.retention import cohort_table, curves, named_only


@pytest.fixture(scope="module")
def found():
    purchases = purchase_summary(orders(900), observed_until=END)
    models = models_of(purchases, "best")
    value = value_customers(purchases, models.buying, models.spending, annual_discount_rate=0.1, seed=1)
    return FromOrders(purchases, models, value)


def test_cohorts_at_six_and_twelve_months(found):
    people = found.purchases.table[["customer_id"]].assign(
        region=np.resize(["n", "s"], found.purchases.customers),
        channel="web",
        segment=np.resize([1, 2, 3], found.purchases.customers),
    )
    whole, cohorts, groups = curves(found, as_table(people), 0.9)
    table = cohort_table(cohorts)
    assert table["group"].iloc[0] == "2024 Q4"
    assert table["after_6"].iloc[0] > table["after_12"].iloc[0]
    assert np.isnan(table["after_12"].iloc[-1]) and table["after_6"].notna().all()
    assert set(groups) == {"region", "segment"} and set(cohort_table(groups["segment"])["group"]) == {"1", "2", "3"}
    assert len(cohort_table(whole)) == 1
    assert curves(found, None, 0.9)[2] == {}


def test_a_short_history_has_no_columns_of_long_ages():
    contracts = pd.DataFrame({"duration": [1.0, 2.0, 7.0], "ended": [True, True, False]})
    assert "after_12" not in cohort_table(retention_curve(contracts))


def test_those_without_a_group_are_not_shown():
    assert named_only(pd.DataFrame({"group": ["a", "–"]}))["group"].tolist() == ["a"]
