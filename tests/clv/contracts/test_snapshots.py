from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, contracts
from workbench.clv import contract_spells, contract_stay
from workbench.clv.contracts.snapshots import read_snapshots
from workbench.core.engine import as_table


def exported(n=300, seed=1, rate=0.03):
    """A CRM's export at the end of every month: one row per customer who has a contract then."""
    rng, rows = np.random.default_rng(seed), []
    dates = pd.date_range("2025-01-31", "2026-06-30", freq="ME")
    for i in range(n):
        first = int(rng.integers(0, 8))
        lasted = int(rng.geometric(rate))
        rows += [(f"{i:04d}", day, 10.0) for day in dates[first : first + lasted]]
    return pd.DataFrame(rows, columns=["customer_id", "started_at", "amount_per_month"])


def test_snapshots_are_told_and_nobody_is_swallowed():
    """With the rule for pauses of 30 days every row would go on from the one before, and nobody would ever leave."""
    frame = exported()
    last = frame.groupby("customer_id")["started_at"].max()
    gone = int((last < pd.Timestamp("2026-06-30")).sum())
    found = contract_spells(frame, observed_until=END)
    assert found.count("spells") == 300
    assert found.count("ended") == gone
    assert found.count("running") == 300 - gone
    assert "18 snapshots" in str(found.notes[0].message)
    assert contract_stay(found).table["churn"].iloc[0] == pytest.approx(0.03, rel=0.25)
    amounts = found.source.to_frame().query("running")["amount"]
    assert (amounts == 10.0).all()
    blind = contract_spells(frame, observed_until=END, rows="contracts")
    assert blind.count("ended") == 0


def test_who_comes_back_begins_anew():
    frame = exported(60)
    hole = frame.assign(at=frame.groupby("customer_id").cumcount())
    hole = hole[~((hole["customer_id"] < "0010") & (hole["at"] == 1))].drop(columns="at")
    returned = int((frame[frame["customer_id"] < "0010"].groupby("customer_id").size() > 2).sum())
    found = read_snapshots(as_table(hole), END)
    assert found.returned == returned
    assert contract_spells(hole, observed_until=END).count("spells") == 60 + returned


def test_contracts_are_none():
    assert read_snapshots(as_table(contracts(300)), END) is None
    assert read_snapshots(as_table(exported(50)), END, "contracts") is None
    one_date = exported(50).loc[lambda f: f["started_at"] == pd.Timestamp("2025-09-30")]
    assert read_snapshots(as_table(one_date), END) is None
    assert read_snapshots(as_table(one_date), END, "snapshots").dates == 1
    assert read_snapshots(as_table(one_date), dt.date(2020, 1, 1)) is None
