"""Suggestions: the items with the highest scores of each customer, by what goes together, by cycle or by popularity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy

from workbench.core.language import Message, message
from workbench.learning.offers.counts import ItemCounts

Method = Literal["popular", "cycle", "cosine"]
METHODS: Final[Mapping[str, Message]] = {
    "popular": message("Most popular"),
    "cycle": message("When its time has come again"),
    "cosine": message("What goes together"),
}
SHRINKAGE: Final = 20.0
NEIGHBOURS: Final = 20
LEARNT_ON: Final = 50_000  # customers
CHUNK: Final = 10_000
_BARRED: Final = 1e6  # taken off the score of what must not be offered
_LEAST: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Suggestions:
    """The best items of customers.

    Attributes
    ----------
    items
        Column of the first, second … item of each customer; −1 where there is no further one.
    scores
        Their scores.
    """

    items: np.ndarray
    scores: np.ndarray


def item_similarity(
    counts: ItemCounts, *, shrinkage: float = SHRINKAGE, neighbours: int = NEIGHBOURS, learnt_on: int = LEARNT_ON
) -> scipy.sparse.csr_matrix:
    """Return how much items are bought by the same customers.

    Parameters
    ----------
    counts
        What customers bought.
    shrinkage
        Customers added to the denominator, so that what a handful bought together does not count for much.
    neighbours
        Most items that each item goes with.
    learnt_on
        Most customers learnt from, evenly spread over all.

    Returns
    -------
    csr_matrix
        items × items; the diagonal is empty.

    Notes
    -----
    s_ij = n_ij / (√(n_i n_j) + λ), n_ij customers who bought both: cosine of binary counts (Sarwar et al. 2001, WWW,
    eq. 3.1) with the shrinkage of Koren (2008), KDD, sec. 2.2.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.core.engine import as_table
    >>> import pandas as pd
    >>> bought = scipy.sparse.csr_matrix(np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]]))
    >>> made = ItemCounts(as_table(pd.DataFrame({"place": [0]})), ("a", "b", "c"), bought, np.zeros(5), np.zeros(5),
    ...                   dt.date(2026, 1, 1))
    >>> item_similarity(made, shrinkage=2.0).toarray().tolist()
    [[0.0, 0.5, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    bought = counts.bought
    step = max(-(-bought.shape[0] // learnt_on), 1)
    sample = bought[::step]
    together = (sample.T @ sample).tocsr()
    own = np.asarray(sample.sum(axis=0)).ravel()
    rows = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
    together.data = (together.data / (np.sqrt(own[rows] * own[together.indices]) + shrinkage / step)).astype(np.float32)
    together.setdiag(0.0)
    together.eliminate_zeros()
    return _strongest(together, neighbours)


def suggest(
    method: Method,
    counts: ItemCounts,
    number: int,
    *,
    rows: np.ndarray | None = None,
    similarity: scipy.sparse.csr_matrix | None = None,
    allowed: np.ndarray | None = None,
    repeat: bool = False,
    forbidden: scipy.sparse.csr_matrix | None = None,
) -> Suggestions:
    """Return the best items of customers.

    Parameters
    ----------
    method
        ``popular``: what most customers bought; ``cosine``: what goes with what one has bought, from `similarity`;
        ``cycle``: what one buys again and again, when its usual time has come.
    counts
        What customers bought.
    number
        Items for each.
    rows
        Places of the customers; all by default.
    similarity
        For ``cosine``, from `item_similarity`; made from `counts` if missing.
    allowed
        Whether an item may be offered to anybody, by column.
    repeat
        Whether what was bought before may be offered again; always so for ``cycle``.
    forbidden
        1 where an item must not be offered to a customer, rows as in `counts`.

    Returns
    -------
    Suggestions
        Equal scores in the order of popularity.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from workbench.learning.offers.counts import count_items
    >>> pairs = [("a", "tea"), ("a", "cup"), ("b", "tea"), ("b", "cup"), ("c", "tea"), ("d", "pot")]
    >>> orders = pd.DataFrame(pairs, columns=["customer_id", "product"]).assign(amount=1.0)
    >>> orders["ordered_at"] = pd.Timestamp("2026-01-01")
    >>> counts = count_items(orders, item="product", cut=dt.date(2026, 1, 31))
    >>> [counts.items[j] for j in suggest("cosine", counts, 1, rows=np.array([2])).items[0]]
    ['cup']
    """
    chosen = np.arange(counts.times.shape[0]) if rows is None else rows
    may = np.ones(len(counts.items), dtype=bool) if allowed is None else allowed
    likeness = item_similarity(counts) if method == "cosine" and similarity is None else similarity
    bought = counts.bought
    cycle = item_cycles(counts) if method == "cycle" else None
    items = np.full((len(chosen), number), -1, dtype=np.int32)
    scores = np.zeros((len(chosen), number), dtype=np.float32)
    for start in range(0, len(chosen), CHUNK):
        part = chosen[start : start + CHUNK]
        barred = _barred(bought, part, repeat or method == "cycle", forbidden)
        if method == "popular":
            found = _popular(counts, part, number, may, barred)
        else:
            if cycle is not None:
                table = _cycle_scores(counts, part, cycle)
            else:
                assert likeness is not None
                table = scipy.sparse.csr_matrix(bought[part] @ likeness)
            found = _best(table, number, may, barred)
        items[start : start + CHUNK], scores[start : start + CHUNK] = found
    return Suggestions(items, scores)


def item_cycles(counts: ItemCounts) -> np.ndarray:
    """Return the usual days between purchases of an item by the same customer; missing where nobody bought it twice."""
    again = counts.times.data > 1
    wait = (counts.held[again] - counts.silent[again]) / (counts.times.data[again] - 1)
    column = counts.times.indices[again]
    found = np.full(len(counts.items), np.nan)
    order = np.lexsort((wait, column))
    column, wait = column[order], wait[order]
    names, first, n = np.unique(column, return_index=True, return_counts=True)
    found[names] = wait[first + n // 2]
    return found


def _cycle_scores(counts: ItemCounts, part: np.ndarray, cycle: np.ndarray) -> scipy.sparse.csr_matrix:
    """Score what was bought before: more often is more, and nearest to its usual time is most."""
    times, pointer = counts.times, counts.times.indptr
    at = np.concatenate([np.arange(pointer[r], pointer[r + 1]) for r in part]) if len(part) else np.empty(0, int)
    column, n = times.indices[at], times.data[at]
    own = np.where(n > 1, (counts.held[at] - counts.silent[at]) / np.maximum(n - 1, 1), cycle[column])
    late = np.log((counts.silent[at] + 1.0) / np.maximum(own, 1.0))
    score = np.nan_to_num(np.sqrt(n) * np.exp(-np.abs(late)), nan=0.0).astype(np.float32)
    edges = np.zeros(len(part) + 1, dtype=np.int64)
    np.cumsum(np.diff(pointer)[part], out=edges[1:])
    return scipy.sparse.csr_matrix((score, column, edges), shape=(len(part), len(counts.items)))


def _barred(
    bought: scipy.sparse.csr_matrix, part: np.ndarray, repeat: bool, forbidden: scipy.sparse.csr_matrix | None
) -> scipy.sparse.csr_matrix | None:
    found = None if repeat else bought[part]
    if forbidden is None:
        return found
    return forbidden[part] if found is None else found + forbidden[part]


def _popular(
    counts: ItemCounts, part: np.ndarray, number: int, may: np.ndarray, barred: scipy.sparse.csr_matrix | None
) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-counts.buyers, kind="stable")
    order = order[may[order]]
    items = np.full((len(part), number), -1, dtype=np.int32)
    left = np.arange(len(part))
    width = 4 * number + 16
    while len(left):  # most customers find theirs among the first few; those who own many look further
        few = order[:width]
        free = np.ones((len(left), len(few)), dtype=bool)
        if barred is not None:
            free = np.asarray(barred[left][:, few].todense()) == 0
        rank = np.cumsum(free, axis=1)
        done = (rank[:, -1] >= number) if len(few) < len(order) else np.ones(len(left), dtype=bool)
        for j in range(number):
            there = rank[:, -1] > j
            first = (rank == j + 1).argmax(axis=1)
            items[left[done & there], j] = few[first[done & there]]
        left, width = left[~done], 4 * width
    shares = counts.buyers / max(counts.times.shape[0], 1)
    return items, np.where(items >= 0, shares[items], 0.0).astype(np.float32)


def _best(
    table: scipy.sparse.csr_matrix, number: int, may: np.ndarray, barred: scipy.sparse.csr_matrix | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest scores of each row; of equal ones the first column, that is the more popular item."""
    if barred is not None:
        table = scipy.sparse.csr_matrix(table - barred * _BARRED)
    items = np.full((table.shape[0], number), -1, dtype=np.int32)
    scores = np.zeros((table.shape[0], number), dtype=np.float32)
    lengths = np.diff(table.indptr)
    rows = np.flatnonzero(lengths)
    if not len(rows):
        return items, scores
    starts, lengths = table.indptr[rows], lengths[rows]
    column, left = table.indices, np.where(may[table.indices], table.data, -1.0).astype(np.float32)
    none = len(may)
    for j in range(number):  # a few passes over all entries cost less than sorting them
        top = np.maximum.reduceat(left, starts)
        first = np.minimum.reduceat(np.where(left == np.repeat(top, lengths), column, none), starts)
        some = top > _LEAST
        items[rows[some], j], scores[rows[some], j] = first[some], top[some]
        left[column == np.repeat(first, lengths)] = -1.0
    return items, scores


def _strongest(matrix: scipy.sparse.csr_matrix, number: int) -> scipy.sparse.csr_matrix:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(rows)) - matrix.indptr[rows[order]]
    kept = order[place < number]
    # the neighbours of an item score it for those who bought them
    return scipy.sparse.csr_matrix(
        (matrix.data[kept], (matrix.indices[kept], rows[kept])), shape=matrix.shape, dtype=np.float32
    )
