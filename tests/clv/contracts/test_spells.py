from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, contracts
from workbench.clv import contract_durations, contract_spells, contract_stay, retention_curve
from workbench.core import InputError

LINES = """customer_id,started_at,ended_at,kind,amount_per_month
a,2025-01-01,2025-06-30,x,10
a,2025-07-05,,x,12
b,2025-01-01,2025-06-30,x,10
b,2025-03-01,2025-08-31,x,5
b,2025-10-15,,y,7
c,2025-01-01,2025-06-30,x,10
c,2025-09-01,2026-06-20,x,10
d,2026-08-01,,x,10
e,2025-01-01,2025-12-31,x,10
e,2025-01-01,2025-12-31,x,10
f,2026-01-01,2026-12-31,y,9
"""


def read(text):
    return pd.read_csv(io.StringIO(text), dtype={"customer_id": str}, parse_dates=["started_at", "ended_at"])


def test_what_goes_on_is_one_time_under_contract():
    found = contract_spells(read(LINES), observed_until=END)
    rows = found.table.set_index(["customer_id", "kind"]).sort_index()
    assert len(rows) == 7  # a, b twice (two kinds), c twice (a long pause), e once, f
    assert rows.loc[("a", "x"), "running"].item()
    assert rows.loc[("a", "x"), "amount"].item() == 12
    assert rows.loc[("b", "x"), "days"].item() == (dt.date(2025, 8, 31) - dt.date(2025, 1, 1)).days
    assert rows.loc[("c", "x"), "ended"].tolist() == [True, False]  # the second ended ten days before the last day
    assert rows.loc[("f", "y"), "running"].item()
    counted = ("lines", "repeated", "later", "overlapping", "continued", "recent")
    assert [found.count(c) for c in counted] == [11, 1, 1, 1, 1, 1]
    assert len(found.notes) == 5
    assert found.own_columns == ("started_in", "kind")
    assert found.gap_days == 30


def test_without_a_gap_every_pause_is_an_end():
    found = contract_spells(read(LINES), observed_until=END, gap_days=0)
    assert (found.count("continued"), found.count("recent"), found.count("ended")) == (0, 0, 5)


def test_where_no_contract_ever_went_on_an_end_is_an_end():
    """Customers who all left in the last month are not taken for customers who may still come back."""
    frame = contracts(600)
    lately = frame["ended_at"].notna()
    frame.loc[lately, "ended_at"] = pd.Timestamp(END) - pd.to_timedelta(np.arange(lately.sum()) % 25, unit="D")
    found = contract_spells(frame, observed_until=END)
    assert found.count("ended") == lately.sum()
    assert (found.count("recent"), found.gap_days) == (0, 0)
    assert contract_stay(found).table["after_12"].iloc[0] < 1


def test_where_contracts_go_on_the_next_day_only_an_end_today_is_open():
    first = pd.DataFrame({"customer_id": "a", "started_at": [pd.Timestamp("2026-04-01"), pd.Timestamp("2026-05-01")]})
    first["ended_at"] = [pd.Timestamp("2026-04-30"), pd.Timestamp("2026-06-30")]
    other = pd.DataFrame({"customer_id": ["b"], "started_at": [pd.Timestamp("2026-04-01")]})
    other["ended_at"] = pd.Timestamp("2026-06-29")
    found = contract_spells(pd.concat([first, other]), observed_until=END)
    assert found.gap_days == 1
    assert found.table.set_index("customer_id")["ended"].to_dict() == {"a": False, "b": True}


def test_more_recent_ends_than_certain_ones_are_refused():
    frame = contracts(60)
    going_on = pd.DataFrame(
        {"customer_id": "z", "started_at": [pd.Timestamp("2025-01-01"), pd.Timestamp("2025-06-20")]}
    )
    going_on["ended_at"] = [pd.Timestamp("2025-06-10"), pd.NaT]
    frame["ended_at"] = frame["ended_at"].where(frame["ended_at"].isna(), pd.Timestamp(END) - pd.Timedelta(days=5))
    found = contract_spells(pd.concat([frame, going_on]), observed_until=END)
    assert not found.ends_told
    with pytest.raises(InputError, match="ended for certain"):
        contract_stay(found)


def test_refuses_and_needs_little():
    bare = pd.DataFrame({"customer_id": ["a", "b"], "started_at": pd.to_datetime(["2026-01-01", "2026-02-01"])})
    found = contract_spells(bare, observed_until=END)
    assert not found.priced
    assert found.own_columns == ("started_in",)
    assert contract_durations(found)["ended"].tolist() == [False, False]
    with pytest.raises(InputError, match="has begun"):
        contract_spells(bare.assign(started_at=pd.Timestamp("2027-01-01")), observed_until=END)
    with pytest.raises(InputError, match="started_at"):
        contract_spells(bare[["customer_id"]], observed_until=END)


def test_durations_by_groups_of_customers():
    found = contract_spells(contracts(300), observed_until=END)
    people = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(200)], "region": np.resize(["n", "s"], 200)})
    rows = contract_durations(found, (people, "region"))
    assert rows.groupby("group")["count"].sum().to_dict() == {"n": 100, "s": 100, "–": 100}
    assert set(contract_durations(found, "kind")["group"]) == {"x", "y"}


def test_of_the_states_of_one_contract_the_one_with_an_end_counts():
    """Two exports of a CRM, one after the other: the first does not know of the end yet."""
    lines = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "contract_id": ["1", "1", "2"],
            "started_at": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-03-01"]),
            "ended_at": pd.to_datetime([None, "2025-06-30", None]),
        }
    )
    found = contract_spells(lines, observed_until=END)
    assert (found.count("ended"), found.count("running")) == (1, 1)


def test_an_end_on_the_first_day_counts():
    day = pd.Timestamp("2025-01-01")
    ended = [day] * 10 + [day + pd.Timedelta(days=200)] * 10 + [pd.NaT] * 20
    lines = pd.DataFrame({"customer_id": range(40), "started_at": day, "ended_at": ended})
    found = contract_spells(lines, observed_until=END)
    assert found.count("ended") == 20
    curve = retention_curve(contract_durations(found)).table
    assert curve.iloc[0][["age", "ended", "retained"]].tolist() == [0.0, 10.0, 0.75]
    assert curve["retained"].iloc[-1] == pytest.approx(0.5)
    at_once = retention_curve(contract_durations(contract_spells(lines.head(10), observed_until=END))).table
    assert at_once["retained"].tolist() == [0.0]
    assert contract_stay(found).table["ended"].tolist() == [20]
