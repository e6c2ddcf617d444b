"""The commonest reasons of each tier, in words and without anybody's id, with how many customers have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import TIER, Column, column_label
from workbench.core.results import Result
from workbench.tiers.grading import Grades
from workbench.tiers.wording import joined

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CommonReasons(Result):
    """Why customers are in their tiers.

    Attributes
    ----------
    table
        ``tier``, ``reason`` (a message), ``customers``, ``share`` (of all customers); the commonest of each tier first.
    """

    caption: ClassVar[Message] = message("Why customers are in the tier")
    columns: ClassVar[Mapping[str, Column]] = {
        "reason": Column(message("Why customers are in the tier")),
        "customers": Column(message("Customers"), "people"),
        "share": Column(message("Share"), "pct1"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with the reasons in words."""
        return self.table.assign(reason=[reason.text(language) for reason in self.table["reason"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of each reason."""
        shown = self.shown_table(language or current_language())
        labels = (shown[TIER].astype(str) + ": " + shown["reason"]).tolist()
        return charts.draw_figure(
            lambda ax: charts.bar_rows(ax, labels, shown["share"].tolist(), style="pct1", language=language),
            height=1.0 + 0.42 * len(labels),
        )


def common_reasons(grades: Grades, *, most: int = 3) -> CommonReasons:
    """Return the commonest reasons of each tier, counted in the engine.

    Parameters
    ----------
    grades
        The grades.
    most
        How many reasons of each tier.

    Returns
    -------
    CommonReasons
        What keeps customers out of the tier above, or in this one: the criteria they miss, slack, grace.

    Examples
    --------
    >>> from workbench.tiers import TierRules, grade
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}}, {"name": "B"}])
    >>> grades = grade(pd.DataFrame({"customer_id": ["a", "b", "c"], "amount_12m": [150.0, 20.0, 30.0]}), rules)
    >>> [(r.tier, str(r.reason), r.customers) for r in common_reasons(grades).table.itertuples()][1]
    ('B', 'for A not enough: Spending in 12 months', 2)
    """
    held = "held_by" in grades.source.columns
    more = ", coalesce(held_by, '') AS held" if held else ", '' AS held"
    counts = grades.source.rows(
        f"""
        SELECT {TIER}, coalesce(blocked_by, '') AS blocked{more}, count(*) AS customers
        FROM {{table}} AS t GROUP BY 1, 2, 3"""
    )
    everybody = int(counts["customers"].sum())
    rows = []
    for place, tier in enumerate(grades.rules.names):
        # equal counts stand in the order of what they miss, so that nothing depends on the engine
        mine = counts[counts[TIER] == tier].sort_values(["customers", "blocked", "held"], ascending=[False, True, True])
        for row in mine.head(most).to_dict("records"):
            reason = _reason(str(row["blocked"]), str(row["held"]), grades, place)
            rows.append((tier, reason, int(row["customers"]), int(row["customers"]) / everybody))
    return CommonReasons(table=pd.DataFrame(rows, columns=[TIER, "reason", "customers", "share"]))


def _reason(blocked: str, held: str, grades: Grades, place: int) -> Message:
    if held == "slack":
        return message("kept, as it is missed by no more than the share allowed")
    if held == "grace":
        return message("kept in the period of grace")
    if place == 0 or not blocked:
        return message("everything the highest tier needs is reached")
    missed = joined([message("{criterion}", criterion=column_label(c)) for c in blocked.split(",")])
    return message("for {tier} not enough: {list}", tier=grades.rules.names[place - 1], list=missed)
