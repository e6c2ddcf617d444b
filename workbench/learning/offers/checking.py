"""Do offers come true: suggestions made without the last orders, held against what customers then bought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, Column
from workbench.core.results import Note, Result
from workbench.estimation.intervals import wilson
from workbench.learning.columns import CHOSEN, CI_HIGH, CI_LOW
from workbench.learning.labels import orders_to_learn_from
from workbench.learning.offers.counts import count_items, later_items
from workbench.learning.offers.suggesting import METHODS, Method, item_similarity, suggest
from workbench.learning.ranking import bootstrap_means

FEWEST: Final = 100  # customers to test on
FIRST: Final = 5
MOST: Final = 20_000  # customers learnt from and tested on


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OffersCheck(Result):
    """How often suggestions came true.

    Attributes
    ----------
    table
        One row per method, the most popular items first: ``method``, ``n`` (customers who later bought what counts),
        ``hit_1`` with ``hit_1_low``, ``hit_1_high`` and ``hit_5`` with ``hit_5_low``, ``hit_5_high`` (share for whom
        one of the first, the first five came true; Wilson), ``coverage`` (share of all items that were suggested to
        somebody), ``gain`` (of ``hit_5`` over the method kept until then, points) with ``ci_low`` and ``ci_high``
        (paired bootstrap, as wide as the number of comparisons asks for), ``chosen``.
    chosen
        The method that is used: ``popular`` where none is better than the most popular items beyond chance.
    cut, until
        Last day learnt from, and last day tested on.
    items
        Items to choose from.
    """

    chosen: Method
    cut: dt.date
    until: dt.date
    items: int

    caption: ClassVar[Message] = message("Do offers come true?")
    columns: ClassVar[Mapping[str, Column]] = {
        "method": Column(message("Offered by")),
        "hit_1": Column(message("First one came true"), "pct1"),
        "hit_1_low": CI_LOW,
        "hit_1_high": CI_HIGH,
        "hit_5": Column(message("One of five came true"), "pct1"),
        "hit_5_low": CI_LOW,
        "hit_5_high": CI_HIGH,
        "coverage": Column(message("Share of items offered to somebody"), "pct1"),
        "gain": Column(message("More of five, points"), "signed1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "chosen": CHOSEN,
    }

    @property
    def beats(self) -> bool:
        """Whether a personal method is better than the most popular items beyond chance."""
        return self.chosen != "popular"

    @property
    def of_chosen(self) -> pd.Series:
        """The row of the method that is used."""
        return self.table.loc[self.table["method"] == self.chosen].iloc[0]

    @property
    def of_popular(self) -> pd.Series:
        """The row of the most popular items."""
        return self.table.loc[self.table["method"] == "popular"].iloc[0]

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with methods in words."""
        return self.table.assign(method=[METHODS[m].text(language) for m in self.table["method"]])


def check_offers(
    transactions: pd.DataFrame | Table,
    *,
    item: str,
    cut: dt.date,
    until: dt.date,
    repeat: bool = False,
    most: int = MOST,
    most_items: int = 20_000,
    level: float = 0.95,
    replicates: int = 500,
    seed: int = 1,
) -> OffersCheck:
    """Learn offers from orders up to a day, and test them on the orders after it.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` and `item`.
    item
        Column of what is offered.
    cut
        Last day learnt from.
    until
        Last day tested on.
    repeat
        Whether what was bought before is offered again; without it only items that are new to a customer count.
    most
        Most customers learnt from and tested on, those with the smallest permanent random numbers.
    most_items
        Most items, those that most customers bought up to the cut.
    level, replicates, seed
        Of the intervals and of the bootstrap.

    Returns
    -------
    OffersCheck
        Tested on customers who bought before the cut and bought what counts after it.

    Raises
    ------
    InputError
        If the days are in the wrong order, there are fewer than three items, or fewer than 100 customers to test on.

    Notes
    -----
    Nothing after the cut enters what is suggested: neither items, nor their popularity, nor their likeness.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = []
    >>> for i in range(400):
    ...     kinds = rng.permutation(3) + 3 * (i % 8)
    ...     rows += [(str(i), day, f"item {k}") for day, k in zip(("2026-01-01", "2026-01-02", "2026-06-01"), kinds)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "product"]).assign(amount=1.0)
    >>> orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    >>> found = check_offers(orders, item="product", cut=dt.date(2026, 3, 31), until=dt.date(2026, 6, 30))
    >>> found.chosen, float(found.of_chosen["hit_1"])
    ('cosine', 1.0)
    """
    if not cut < until:
        raise InputError(
            "Orders are held out after the cut.",
            found=f"cut {cut}, until {until}",
            fix="Put the cut before the end.",
            where="cut",
        )
    read = (CUSTOMER_ID, ORDERED_AT, AMOUNT, item)
    orders = orders_to_learn_from(as_table(transactions), most=most, seed=seed, columns=read)
    counts = count_items(orders, item=item, cut=cut, most_items=most_items)
    target = later_items(counts, orders, item=item, until=until)
    if not repeat:
        target = target - target.multiply(counts.bought)
        target.eliminate_zeros()
    tested = np.flatnonzero(np.diff(target.indptr) > 0)
    if len(tested) < FEWEST:
        raise InputError(
            message("Offers are tested on 100 customers who bought something later."),
            found=plural("{n:int} customer", "{n:int} customers", n=len(tested)),
            fix=message("Come back with more orders, or raise offers.holdout_days."),
            where="transactions",
        )
    methods: list[Method] = ["popular", "cycle", "cosine"] if repeat else ["popular", "cosine"]
    likeness = item_similarity(counts)
    hits, covered = {}, {}
    for method in methods:
        told = suggest(method, counts, FIRST, rows=tested, similarity=likeness, repeat=repeat).items
        rows = np.repeat(np.arange(len(tested)), FIRST)
        came = np.asarray(target[tested][rows, np.maximum(told, 0).ravel()]).reshape(-1, FIRST) * (told >= 0)
        hits[method] = (came[:, 0].astype(float), came.max(axis=1).astype(float))
        covered[method] = len(np.unique(told[told >= 0])) / len(counts.items)
    table, chosen = _climb(methods, hits, covered, level, replicates, seed)
    text = message(
        "Learnt from orders up to {cut:date} and tested on those up to {until:date}, with {n:int} items to choose "
        "from.",
        cut=cut,
        until=until,
        n=len(counts.items),
    )
    return OffersCheck(
        table=table, level=level, chosen=chosen, cut=cut, until=until, items=len(counts.items), notes=(Note(text),)
    )


def _climb(
    methods: list[Method],
    hits: Mapping[Method, tuple[np.ndarray, np.ndarray]],
    covered: Mapping[Method, float],
    level: float,
    replicates: int,
    seed: int,
) -> tuple[pd.DataFrame, Method]:
    five = np.column_stack([hits[m][1] for m in methods])
    means = bootstrap_means(five, replicates=replicates, seed=seed)
    tail, current, rows = (1 - level) / max(len(methods) - 1, 1) / 2, 0, []
    for i, method in enumerate(methods):
        row: dict[str, object] = {"method": method, "n": len(five)}
        for name, hit in zip(("hit_1", "hit_5"), hits[method], strict=True):
            share = float(hit.mean())
            low, high = wilson(np.array([share]), np.array([float(len(hit))]), level)
            row |= {name: share, f"{name}_low": float(low[0]), f"{name}_high": float(high[0])}
        row |= {"coverage": covered[method], "gain": np.nan, "ci_low": np.nan, "ci_high": np.nan}
        if i:
            low, high = np.quantile(means[:, i] - means[:, current], [tail, 1 - tail])
            gain = float(five[:, i].mean() - five[:, current].mean())
            row |= {"gain": 100 * gain, "ci_low": 100 * float(low), "ci_high": 100 * float(high)}
            current = i if low > 0 else current
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(chosen=table["method"] == methods[current]), methods[current]
