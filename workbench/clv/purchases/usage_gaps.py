"""What customers have stopped buying, and what customers like them buy and they do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.bulk import keep_rows
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, SEGMENT, Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ITEMS = 200
COMMON = 0.5  # what so many of a segment buy is what its customers buy


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class UsageGaps(Result):
    """Items by segment: who stopped buying them, and who never began though most like them buy them.

    Attributes
    ----------
    table
        One row per segment (0 for everybody) and item, most customers first: ``segment``, ``item``, ``active``
        (customers who bought anything of late), ``buyers`` (of them, who bought it of late), ``before`` (of them, who
        bought it the time before), ``stopped`` (before, not of late), ``share`` (of `before`), ``missing`` (active
        customers without it where at least half of their segment buy it).
    """

    caption: ClassVar[Message] = message("Bought before, or by their like, and not now")
    columns: ClassVar[Mapping[str, Column]] = {
        "item": Column(message("Item")),
        "active": Column(message("Active customers"), "people"),
        "buyers": Column(message("Buy it"), "people"),
        "before": Column(message("Bought it before"), "people"),
        "stopped": Column(message("Stopped"), "people"),
        "share": Column(message("Share who stopped"), "pct1"),
        "missing": Column(message("Do not buy it, most like them do"), "people"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of earlier buyers who stopped, over everybody."""
        shown = self.table[self.table[SEGMENT] == 0].dropna(subset=["share"]).head(12)

        def draw(ax: Axes) -> None:
            charts.bar_rows(ax, shown["item"].tolist(), shown["share"].tolist(), style="pct1", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def usage_gaps(
    transactions: Table | pd.DataFrame,
    item: str,
    *,
    as_of: dt.date,
    days: int = 365,
    segments: Table | pd.DataFrame | None = None,
) -> UsageGaps:
    """Find what active customers stopped buying, and what most customers like them buy and they do not.

    Parameters
    ----------
    transactions
        ``customer_id``, ``ordered_at``, ``amount`` and `item`; refunds do not count.
    item
        Column of what was bought: a category or a product.
    as_of
        Today. Of late: the last `days` days; before: as many days earlier.
    days
        Length of both times; long enough that somebody who buys an item buys it in each.
    segments
        ``customer_id`` and ``segment``.

    Returns
    -------
    UsageGaps

    Raises
    ------
    InputError
        If a column is missing, or there are more than 200 items.

    Notes
    -----
    Only customers who bought anything of late are looked at: who left altogether is told elsewhere. Shares are counts
    of all customers, no estimates; some would have paused anyway, so items are to be compared.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b"],
    ...         "ordered_at": pd.to_datetime(["2025-01-05", "2026-02-01", "2026-03-01"]),
    ...         "amount": 10.0,
    ...         "category": ["tea", "coffee", "tea"],
    ...     }
    ... )
    >>> usage_gaps(orders, "category", as_of=dt.date(2026, 6, 30)).table[["item", "before", "stopped"]]
         item  before  stopped
    0     tea       1        1
    1  coffee       0        0
    """
    transactions = as_table(transactions)
    require_columns(transactions.columns, [CUSTOMER_ID, ORDERED_AT, AMOUNT, item], where="transactions")
    d = transactions.engine.dialect
    age = d.days_between.format(start=ORDERED_AT, end=f"DATE '{as_of}'")
    joined, group = "", "0"
    if segments is not None:
        segments = as_table(segments, transactions.engine)
        require_columns(segments.columns, [CUSTOMER_ID, SEGMENT], where="segments")
        joined = f"LEFT JOIN {segments.source} AS s ON s.{CUSTOMER_ID} = c.{CUSTOMER_ID}"
        group = f"COALESCE(s.{SEGMENT}, 0)"
    per_item = (
        f"SELECT {CUSTOMER_ID}, CAST({item} AS {d.text_type}) AS item, "
        f"MAX(CASE WHEN age < {days} THEN 1 ELSE 0 END) AS late, "
        f"MAX(CASE WHEN age >= {days} THEN 1 ELSE 0 END) AS early "
        f"FROM (SELECT {CUSTOMER_ID}, {item}, {age} AS age FROM {transactions.source} AS t WHERE {AMOUNT} > 0) AS o "
        f"WHERE age >= 0 AND age < {2 * days} AND {item} IS NOT NULL GROUP BY 1, 2"
    )
    items = keep_rows(transactions.engine, per_item, stem="items")
    bought = items.rows(
        f"WITH c AS (SELECT {CUSTOMER_ID} FROM {{table}} AS t GROUP BY 1 HAVING MAX(late) = 1) "
        f"SELECT {group} AS {SEGMENT}, i.item, SUM(late) AS buyers, SUM(early) AS before, "
        f"SUM(CASE WHEN early = 1 AND late = 0 THEN 1 ELSE 0 END) AS stopped "
        f"FROM c JOIN {{table}} AS i ON i.{CUSTOMER_ID} = c.{CUSTOMER_ID} {joined} GROUP BY 1, 2"
    ).sort_values([SEGMENT, "item"], ignore_index=True)
    active = items.rows(
        f"WITH c AS (SELECT {CUSTOMER_ID} FROM {{table}} AS t GROUP BY 1 HAVING MAX(late) = 1) "
        f"SELECT {group} AS {SEGMENT}, COUNT(*) AS active FROM c {joined} GROUP BY 1 ORDER BY 1"
    )
    different = bought["item"].nunique()
    if different > MOST_ITEMS:
        raise InputError(
            message("Usage is compared over at most {n:int} items.", n=MOST_ITEMS),
            found=message("{n:int} values in {column}", n=different, column=item),
            fix=message("Name a coarser column, such as the category."),
            where=item,
        )
    return UsageGaps(table=_table(bought, active), notes=(_note(days),))


def _table(bought: pd.DataFrame, active: pd.DataFrame) -> pd.DataFrame:
    counts = ["buyers", "before", "stopped"]
    parts = [bought]
    everybody = active["active"].sum()
    if set(active[SEGMENT]) != {0}:
        parts = [
            bought[bought[SEGMENT] != 0],
            bought.groupby("item", as_index=False)[counts].sum().assign(**{SEGMENT: 0}),
        ]
    table = pd.concat(parts, ignore_index=True)
    sizes = active.set_index(SEGMENT)["active"].to_dict() | {0: everybody}
    table["active"] = table[SEGMENT].map(sizes)
    table = table.astype(dict.fromkeys([SEGMENT, "active", *counts], np.int64))
    table["share"] = table["stopped"] / table["before"].where(table["before"] > 0)
    common = table["buyers"] >= COMMON * table["active"]
    table["missing"] = (table["active"] - table["buyers"]).where(common & (table[SEGMENT] != 0), 0)
    order = table.sort_values([SEGMENT, "stopped", "item"], ascending=[True, False, True], kind="stable")
    return order[[SEGMENT, "item", "active", *counts, "share", "missing"]].reset_index(drop=True)


def _note(days: int) -> Note:
    return Note(
        message(
            "Of customers who bought anything in the last {days:int} days: stopped = bought it only before.",
            days=days,
        )
    )
