"""Personal offers of a wave: which category next, by segment or tier, where that beats the most popular one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from workbench.core.engine import Table
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.report.site.blocks import Block, Caption, notes, table
from workbench.store import Wave
from workbench.tiers import Offers, next_best_offers

HELD_OUT = dt.timedelta(days=91)


def no_offers(wave: Wave) -> Message | None:
    """Return why nothing can be suggested, None if something can."""
    if "category" in wave.columns("transactions"):
        return None
    return message("Orders name no categories to suggest.")


def offers_of(wave: Wave, groups: Table, group: str) -> Offers:
    """Learn offers from all orders but those of the last quarter, which they are tested on.

    Raises
    ------
    InputError
        If orders have fewer than three categories.
    """
    end = wave.config.as_of
    return next_best_offers(wave.table("transactions"), groups, group=group, cut=end - HELD_OUT, until=end)


def listed_offers(found: Offers) -> pd.DataFrame:
    """Return the suggestions of the groups that beat the most popular category, the most certain first."""
    return found.offers.sort_values(["group", "confidence"], ascending=[True, False], ignore_index=True).head(15)


def shown_offers(found: Offers, columns: Mapping[str, Column], caption: Message) -> Block:
    """Show the suggestions; nothing where no group beats the most popular category, as the table of tests says."""
    if not len(found.offers):
        return notes([], "offers")
    return table(listed_offers(found), "offers", Caption(caption), columns=columns)
