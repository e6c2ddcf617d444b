from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from workbench.core.engine import as_table
from workbench.learning import ItemCounts, count_items, item_similarity, suggest
from workbench.learning.offers.suggesting import item_cycles

CUT = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def counts(liked_table):
    return count_items(liked_table, item="product", cut=CUT)


def by_hand(counts, shrinkage):
    bought = counts.bought.toarray().astype(float)
    n = bought.sum(axis=0)
    likeness = bought.T @ bought / (np.sqrt(np.outer(n, n)) + shrinkage)
    np.fill_diagonal(likeness, 0.0)
    return bought, likeness


def test_likeness_is_the_cosine_that_is_shrunk(counts):
    _, expected = by_hand(counts, 20.0)
    np.testing.assert_allclose(item_similarity(counts, neighbours=100).toarray(), expected, rtol=1e-5)
    few = item_similarity(counts, neighbours=3).toarray()
    assert ((few > 0).sum(axis=0) <= 3).all() or ((few > 0).sum(axis=1) <= 3).all()


def test_suggestions_are_the_best_new_items_counted_by_hand(counts):
    bought, likeness = by_hand(counts, 20.0)
    score = np.where(bought > 0, -1.0, bought @ likeness)
    told = suggest("cosine", counts, 3, similarity=item_similarity(counts, neighbours=100))
    best = np.sort(score, axis=1)[:, ::-1][:, :3]
    np.testing.assert_allclose(told.scores, np.maximum(best, 0), rtol=1e-3)
    rows = np.arange(len(told.items))[:, None]
    np.testing.assert_allclose(score[rows, told.items], best, rtol=1e-3)


def test_popular_ones_are_the_first_that_somebody_has_not(counts):
    bought = counts.bought.toarray()
    told = suggest("popular", counts, 4)
    for row in range(0, 1200, 150):
        free = [j for j in range(len(counts.items)) if not bought[row, j]]
        assert told.items[row].tolist() == free[:4]
    everything = ItemCounts(
        counts.customers,
        counts.items,
        sparse.csr_matrix(np.ones((2, len(counts.items)))),
        np.zeros(96),
        np.zeros(96),
        CUT,
    )
    assert (suggest("popular", everything, 2).items == -1).all(), "nobody is offered what is not there"


def test_what_is_barred_or_out_of_stock_is_never_offered(counts):
    allowed = np.ones(len(counts.items), dtype=bool)
    allowed[:10] = False
    barred = sparse.csr_matrix((np.ones(1200), (np.arange(1200), np.full(1200, 12))), shape=counts.times.shape)
    for method in ("popular", "cosine", "cycle"):
        told = suggest(method, counts, 5, allowed=allowed, forbidden=barred, repeat=True).items
        assert not np.isin(told, [*range(10), 12]).any()


def test_what_is_due_comes_before_what_was_just_bought():
    rows = [("a", d, "tea") for d in range(0, 300, 30)] + [("a", d, "cup") for d in (0, 100, 200, 299)]
    rows += [("b", d, "pot") for d in (0, 10)] + [("b", 0, "cup")]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "product"]).assign(amount=1.0)
    frame["ordered_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(frame.pop("day"), unit="D")
    counts = count_items(as_table(frame), item="product", cut=dt.date(2025, 10, 28))
    assert item_cycles(counts)[counts.items.index("tea")] == 30
    told = suggest("cycle", counts, 2)
    assert [counts.items[j] for j in told.items[0]] == ["tea", "cup"]
    assert counts.items.index("tea") not in told.items[1], "only what one has bought comes again"
