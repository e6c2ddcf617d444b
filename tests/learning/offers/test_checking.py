from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from tests.learning.offers.conftest import basket
from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.learning import check_offers

CUT, END = dt.date(2025, 9, 30), dt.date(2025, 12, 31)
DATA = Path("/").joinpath("work", "shared", "data", "online_retail", "online_retail.parquet")


def test_likings_that_are_there_are_found_and_beat_what_is_popular(liked_table):
    found = check_offers(liked_table, item="product", cut=CUT, until=END)
    rows = found.table.set_index("method")
    assert found.chosen == "cosine" and found.beats and rows.loc["cosine", "ci_low"] > 0
    assert rows.loc["cosine", "hit_5"] > 1.5 * rows.loc["popular", "hit_5"]
    assert rows["coverage"].between(0, 1).all() and rows.loc["cosine", "coverage"] > rows.loc["popular", "coverage"]
    assert (rows["hit_1_low"] <= rows["hit_1"]).all() and (rows["hit_1"] <= rows["hit_5"]).all()
    assert "What goes together" in found.to_html("en") and "关联购买" in found.to_html("zh-CN")


def test_where_everybody_buys_anything_popular_stays():
    beaten = [
        check_offers(
            as_table(basket(500, seed=s, likes=False)), item="product", cut=CUT, until=END, replicates=200
        ).beats
        for s in range(8)
    ]
    assert sum(beaten) <= 1


def test_nothing_after_the_cut_is_learnt(liked):
    after = liked["ordered_at"] > pd.Timestamp(CUT)
    turned = liked.copy()
    # later orders of others: a new item that everybody buys must not become popular
    later = liked[after].assign(product="new")
    one = check_offers(as_table(liked), item="product", cut=CUT, until=END)
    other = check_offers(as_table(pd.concat([turned, later])), item="product", cut=CUT, until=END)
    assert one.table.equals(other.table) and one.items == other.items


def test_too_few_to_test_on_and_days_the_wrong_way_round(liked):
    with pytest.raises(InputError, match="100 customers"):
        check_offers(liked.head(300), item="product", cut=CUT, until=END)
    with pytest.raises(InputError, match="after the cut"):
        check_offers(liked, item="product", cut=END, until=CUT)


def test_open_data_reach_the_bar():
    if not DATA.is_file():
        pytest.skip("Online Retail is not on this machine")
    lines = pd.read_parquet(DATA).dropna(subset=["CustomerID"])
    orders = pd.DataFrame(
        {
            "customer_id": lines["CustomerID"].astype(int).astype(str),
            "ordered_at": lines["InvoiceDate"],
            "amount": lines["Quantity"] * lines["UnitPrice"],
            "product": lines["StockCode"],
        }
    )
    given = {"item": "product", "cut": dt.date(2011, 9, 9), "until": dt.date(2011, 12, 9), "most_items": 200}
    rows = check_offers(as_table(orders), **given).table.set_index("method")
    assert rows.loc["cosine", "hit_1"] >= 0.142 and rows.loc["cosine", "hit_5"] >= 0.365
    assert rows.loc["cosine", "ci_low"] > 10, "points over the most popular items"
    again = check_offers(as_table(orders), **given, repeat=True)
    assert again.chosen == "cycle"
