from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.learning import offer_items

END = dt.date(2025, 12, 31)


def offer(table, **more):
    return offer_items(table, item="product", until=END, **{"method": "cosine"} | more)


def test_nobody_refusing_nothing_bought_and_at_most_so_many(liked, liked_table):
    refusing = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(0, 1200, 3)]})
    found = offer(liked_table, per_customer=2, leave_out=refusing, most=500)
    assert found.customers == 500 and found.offers.groupby("customer_id").size().max() == 2
    assert not found.offers["customer_id"].isin(refusing["customer_id"]).any()
    bought = set(zip(liked["customer_id"], liked["product"], strict=True))
    assert not set(zip(found.offers["customer_id"], found.offers["item"], strict=True)) & bought
    told = found.offers.dropna(subset=["because"])
    assert len(told) == len(found.offers) and set(zip(told["customer_id"], told["because"], strict=True)) <= bought
    assert found.table["customers"].sum() == len(found.offers) and found.table["first"].sum() == 500


def test_who_is_expected_to_spend_most_comes_first(liked_table):
    spend = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(1200)], "expected_spend": np.arange(1200.0)})
    found = offer(liked_table, customers=spend, most=3)
    assert found.offers["customer_id"].drop_duplicates().tolist() == ["C1199", "C1198", "C1197"]


def test_items_out_of_stock_or_for_others_are_not_offered(liked_table):
    groups = as_table(
        pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(1200)], "tier": np.resize(["A", "B"], 1200)})
    )
    free = offer(liked_table, most=1200)
    most = free.table["item"].iloc[0]
    assert most not in offer(liked_table, out_of_stock=[most]).table["item"].tolist()
    kept = offer(liked_table, only={"tier": {most: ["A"]}}, groups=groups, most=1200).offers
    to = kept.loc[kept["item"] == most, "customer_id"].str[1:].astype(int)
    assert len(to) and (to % 2 == 0).all()
    with pytest.raises(InputError, match="items of the orders"):
        offer(liked_table, out_of_stock=["itm 01"])
    with pytest.raises(InputError, match="groups"):
        offer(liked_table, only={"tier": {most: ["A"]}})


@pytest.mark.parametrize(
    ("method", "word"), [("cosine", "goes with item"), ("popular", "bought by most"), ("cycle", "time")]
)
def test_a_row_for_each_customer_says_why_in_words(liked_table, method, word):
    wide = offer(liked_table, method=method, repeat=method == "cycle", most=20).wide("en")
    assert wide["customer_id"].is_unique and len(wide) == 20
    assert wide["reason_1"].str.contains(word).all() and {"offer_3", "reason_3"} <= set(wide)
