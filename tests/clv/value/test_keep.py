from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import END, contracts, orders
from workbench.clv import (
    contract_renewals,
    contract_spells,
    customers_to_keep,
    fit_gamma_gamma,
    fit_mbg_nbd,
    purchase_summary,
    value_contracts,
    value_customers,
)
from workbench.clv.value.at_risk import risk_bands
from workbench.core import InputError
from workbench.core.engine import as_table


@pytest.fixture(scope="module")
def value():
    histories = purchase_summary(orders(400), observed_until=END)
    return value_customers(
        histories, fit_mbg_nbd(histories), fit_gamma_gamma(histories), annual_discount_rate=0.1, seed=1
    )


def test_those_within_reach_with_most_at_stake_come_first(value):
    ids = value.table["customer_id"]
    people = as_table(pd.DataFrame({"customer_id": ids, "region": "n"}))
    refusing = pd.DataFrame({"customer_id": ids[::2]})
    given = {"purchases": value.purchases.source, "groups": people, "by": ["region"], "leave_out": refusing}
    kept = customers_to_keep(value.source, listed=20, **given)
    rows = kept.customers
    assert len(rows) <= 20
    assert rows["at_risk"].is_monotonic_decreasing
    assert rows["probability_alive"].between(0.2, 0.9).all()
    assert not rows["customer_id"].isin(refusing["customer_id"]).any()
    assert (rows.loc[rows["probability_alive"] < 0.5, "action"] == "win_back").all()
    assert {"last_purchase", "purchases", "region"} <= set(rows.columns)
    whole = customers_to_keep(value.source, listed=10_000, **given)
    counts = whole.table.set_index("action")["customers"]
    assert len(whole.customers) == whole.table["listed"].sum() == counts.drop(["safe", "refusing"]).sum()
    # the summary's bands and this list speak of one amount
    assert kept.table["at_risk"].sum() == pytest.approx(risk_bands(value.source).savable)
    assert "customer_id" not in kept.to_html("zh-CN")
    assert "挽留" in kept.to_html("zh-CN")


def test_contracts_are_to_be_renewed():
    spells = contract_spells(contracts(500), observed_until=END)
    worth = value_contracts(spells, contract_renewals(spells), annual_discount_rate=0.1)
    assert customers_to_keep(worth.source, contracts=True, listed=5).customers["action"].tolist() == ["renew"] * 5


def test_values_that_tell_nothing_of_leaving_are_refused():
    with pytest.raises(InputError, match="chance of still being a customer"):
        customers_to_keep(pd.DataFrame({"customer_id": ["a"], "clv": [1.0]}))
