from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import customer_features, lesson, orders_to_learn_from

CUT = dt.date(2025, 6, 30)


def test_labels_are_what_came_within_the_horizon(orders):
    found = lesson(orders, customer_features(orders, cut=CUT), horizon_days=30)
    end = pd.Timestamp(CUT) + pd.Timedelta(days=30)
    days = orders.groupby(["customer_id", "ordered_at"])["amount"].sum().round(4).reset_index()
    later = days[(days["ordered_at"] > pd.Timestamp(CUT)) & (days["ordered_at"] <= end)]
    known = set(days.loc[(days["ordered_at"] <= pd.Timestamp(CUT)) & (days["amount"] > 0), "customer_id"])
    later = later[later["customer_id"].isin(known)]
    assert found.bought.sum() == later.loc[later["amount"] > 0, "customer_id"].nunique()
    spent = later.groupby("customer_id")["amount"].sum().clip(lower=0).sum()
    assert found.spend.sum() == pytest.approx(spent)
    bought = found.rows["bought"] == 1
    assert (
        found.rows.loc[bought, "next_days"].between(1, 30).all() and found.rows.loc[~bought, "next_days"].isna().all()
    )
    assert "customer_id" not in found.rows and found.rows["k"].is_monotonic_increasing


def test_customers_to_learn_from_come_with_all_their_orders(orders):
    part = orders_to_learn_from(orders, most=40).to_frame()
    whole = orders[orders["customer_id"].isin(part["customer_id"])]
    assert part["customer_id"].nunique() == 40 and len(part) == len(whole)
    other = orders_to_learn_from(orders, most=40, seed=2).to_frame()
    assert set(other["customer_id"]) != set(part["customer_id"])
    few = orders_to_learn_from(orders, most=40, columns=["customer_id", "amount", "of another company"]).to_frame()
    assert list(few) == ["customer_id", "amount"] and sorted(few["customer_id"]) == sorted(part["customer_id"])


def test_a_horizon_is_a_day_or_more(orders):
    with pytest.raises(InputError, match="one day or more"):
        lesson(orders, customer_features(orders, cut=CUT), horizon_days=0)
