from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import count_items, later_items

CUT = dt.date(2025, 9, 30)


def test_counts_are_those_of_a_crosstab(liked, liked_table):
    found = count_items(liked_table, item="product", cut=CUT)
    known = liked[liked["ordered_at"] <= pd.Timestamp(CUT)]
    days = known.drop_duplicates(["customer_id", "product", "ordered_at"])
    table = pd.crosstab(days["customer_id"], days["product"])
    ids = found.customers.to_frame().sort_values("place")["customer_id"]
    np.testing.assert_array_equal(found.times.toarray(), table.loc[ids, list(found.items)].to_numpy())
    np.testing.assert_array_equal(found.buyers, (table[list(found.items)] > 0).sum())
    assert (np.diff(found.buyers) <= 0).all(), "the most popular first"
    first, last = (known.groupby(["customer_id", "product"])["ordered_at"].agg(f) for f in ("min", "max"))
    rows = np.repeat(np.arange(found.times.shape[0]), np.diff(found.times.indptr))
    pairs = pd.MultiIndex.from_arrays([ids.to_numpy()[rows], np.array(found.items)[found.times.indices]])
    np.testing.assert_array_equal(found.silent, (pd.Timestamp(CUT) - last[pairs]).dt.days)
    np.testing.assert_array_equal(found.held, (pd.Timestamp(CUT) - first[pairs]).dt.days)


def test_what_came_later_has_the_same_rows_and_columns(liked, liked_table):
    counts = count_items(liked_table, item="product", cut=CUT)
    later = later_items(counts, liked_table, item="product", until=dt.date(2025, 12, 31))
    after = liked[(liked["ordered_at"] > pd.Timestamp(CUT)) & liked["product"].isin(counts.items)]
    known = after[after["customer_id"].isin(counts.customers.to_frame()["customer_id"])]
    assert later.shape == counts.times.shape and later.nnz == len(known.drop_duplicates(["customer_id", "product"]))
    assert later_items(counts, liked_table, item="product", until=CUT).nnz == 0


def test_refunds_and_the_least_popular_items_do_not_count(liked):
    few = count_items(liked, item="product", cut=CUT, most_items=5)
    assert len(few.items) == 5 and few.times.shape[1] == 5
    with pytest.raises(InputError, match="three items"):
        count_items(liked.assign(product="tea"), item="product", cut=CUT)
    with pytest.raises(InputError, match="brand"):
        count_items(liked, item="brand", cut=CUT)
    mixed = pd.concat([liked, liked.head(1).assign(product="back", amount=-5.0)])
    assert "back" not in count_items(mixed, item="product", cut=dt.date(2026, 1, 1)).items
