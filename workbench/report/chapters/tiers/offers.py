"""Personal offers of a wave: which category next, by segment or tier, where that beats the most popular one."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.core.engine import Table
from workbench.store import Wave
from workbench.tiers import Offers, next_best_offers

HELD_OUT = dt.timedelta(days=91)


def offers_of(wave: Wave, groups: Table, group: str) -> Offers | None:
    """Learn offers from all orders but those of the last quarter, which they are tested on.

    Returns
    -------
    Offers or None
        None where orders have no category, or fewer than three of them.
    """
    if "category" not in wave.columns("transactions"):
        return None
    orders = wave.table("transactions")
    number = orders.rows("SELECT count(DISTINCT category) AS n FROM {table}")["n"][0]
    if int(number) < 3:
        return None
    end = wave.config.as_of
    return next_best_offers(orders, groups, group=group, cut=end - HELD_OUT, until=end)


def shown_offers(found: Offers) -> pd.DataFrame:
    """Return the suggestions of the groups that beat the most popular category, the most certain first."""
    return found.offers.sort_values(["group", "confidence"], ascending=[True, False], ignore_index=True).head(15)
