"""Values by group, with intervals for the models' parameters and for what the group's customers happen to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.purchases.patterns import Floats
from workbench.clv.value.terms import Cells
from workbench.clv.value.value import CustomerValue
from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAVING: Final = 0.5


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GroupValues(Result):
    """Values by group.

    Attributes
    ----------
    table
        One row per group: ``group``, ``customers``, ``value``, ``ci_low``, ``ci_high`` (of the value), ``share``
        (of all value), ``per_customer``, ``std_error``, ``per_customer_low``, ``per_customer_high``, ``alive`` (mean
        probability), ``leaving`` (customers more likely lost than not), ``at_risk`` (value at risk).
    column
        What the groups are of.
    level
        Level of the intervals.
    """

    column: str
    level: float

    caption: ClassVar[Message] = message("Customer value by group")
    columns: ClassVar[Mapping[str, Column]] = {
        "value": Column(message("Value"), "money"),
        "ci_low": Column(message("Lower limit"), "money"),
        "ci_high": Column(message("Upper limit"), "money"),
        "share": Column(message("Share of all value"), "pct1"),
        "per_customer": Column(message("Value per customer"), "money"),
        "std_error": Column(message("Standard error"), "money"),
        "per_customer_low": Column(message("per customer, low"), "money"),
        "per_customer_high": Column(message("per customer, high"), "money"),
        "alive": Column(message("Probability alive"), "pct1"),
        "leaving": Column(message("Customers more likely lost than not"), "int"),
        "at_risk": Column(message("Value at risk"), "money"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the value per customer of each group, with its interval."""

        def draw(ax: Axes) -> None:
            rows = self.table.iloc[::-1].reset_index(drop=True)
            at = np.arange(len(rows))
            ax.hlines(at, rows["per_customer_low"], rows["per_customer_high"], color=charts.ACCENT)
            ax.plot(rows["per_customer"], at, "o", color=charts.ACCENT)
            overall = float(self.table["value"].sum() / self.table["customers"].sum())
            ax.axvline(overall, color=charts.MUTED, linestyle="--", linewidth=1)
            ax.set_yticks(at, rows["group"].tolist())
            ax.set_xlabel(charts.text(message("Value per customer"), language))
            charts.format_axis(ax.xaxis, "money", language)

        return charts.draw_figure(draw, height=1.2 + 0.32 * max(len(self.table), 3))


def group_values(value: CustomerValue, customers: pd.DataFrame | Table, column: str) -> GroupValues:
    """Add up values by a column of a list of customers.

    Parameters
    ----------
    value
        Values of customers, with one margin and one cost of service for everybody, or with terms that differ by the
        same column.
    customers
        One row per customer: ``customer_id`` and the column.
    column
        Column of groups; customers without one are in the group ``–``.

    Returns
    -------
    GroupValues
        The groups in their alphabetical order.

    Raises
    ------
    InputError
        If a column is missing, a customer is listed twice, or terms differ by another column.

    Notes
    -----
    A group's parameters are those of all customers, so that the intervals of groups move together.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import BgNbd, GammaGamma, purchase_summary, value_customers
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-20", "2026-03-01", "2026-02-10"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": days, "amount": [10.0, 20, 30, 5]})
    >>> value = value_customers(
    ...     purchase_summary(orders, observed_until=dt.date(2026, 3, 31)), BgNbd(r=0.9, alpha=9.5, a=0.6, b=14.0),
    ...     GammaGamma(p=6.0, q=4.0, gamma=60.0), annual_discount_rate=0.1, seed=1,
    ... )
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "region": ["north", "south"]})
    >>> value.by(people, "region").table["value"].round(0).tolist()
    [334.0, 541.0]
    """
    from workbench.clv.numerics.horizon import discounted_years
    from workbench.clv.value.totals import Sums, total_of

    if value.terms.by_group and (value.terms_by is None or value.terms_by[1] != column):
        raise InputError(
            "Values whose terms differ by group are added up by that group.",
            found=f"terms by {None if value.terms_by is None else value.terms_by[1]!r}, sums by {column!r}",
            fix="Sum the rows of value.source, or value customers with one margin.",
            where="by",
        )
    cells = Cells.of(value.purchases, (customers, column))
    v, unit = value.valuation, value.purchases.days_per_unit
    sums = Sums.of(v, cells, value.terms, discounted_years(round(v.horizon * unit), v.force / unit))
    size = len(cells.names)

    def added(values: Floats) -> Floats:
        return np.asarray(np.bincount(cells.group, values, size), dtype=np.float64)

    slopes = v.slopes(cells.at, cells.count, cells.spent, sums.margin)
    by_slope = np.stack([added(slopes[:, k]) for k in range(slopes.shape[1])], axis=1) if slopes.size else None
    gross, service, chance = added(sums.value), added(sums.cost), added(sums.chance)
    totals = [
        total_of(
            gross[i] - service[i], np.zeros(0) if by_slope is None else by_slope[i], v.covariance, chance[i], sums.level
        )
        for i in range(size)
    ]
    people = added(cells.count)
    alive = v.alive[cells.at]
    table = pd.DataFrame({"group": cells.names, "customers": people.astype(np.int64)}).assign(
        value=[t.estimate for t in totals],
        ci_low=[t.ci_low for t in totals],
        ci_high=[t.ci_high for t in totals],
        share=(gross - service) / (gross - service).sum(),
        per_customer=[t.estimate / n for t, n in zip(totals, people, strict=True)],
        std_error=[t.std_error / n for t, n in zip(totals, people, strict=True)],
        per_customer_low=[t.ci_low / n for t, n in zip(totals, people, strict=True)],
        per_customer_high=[t.ci_high / n for t, n in zip(totals, people, strict=True)],
        alive=added(alive * cells.count) / people,
        leaving=added(cells.count * (alive < _LEAVING)).astype(np.int64),
        at_risk=added(sums.risk),
    )
    return GroupValues(table=table, column=column, level=sums.level, notes=_notes(sums.level))


def _notes(level: float) -> tuple[Note, ...]:
    text = message(
        "Intervals of {level:pct}: the models' parameters, and what a group's customers happen to do.", level=level
    )
    return (Note(text),)


def differs(table: pd.DataFrame, level: float = 0.95) -> pd.Series:
    """Return which groups are worth clearly more (1) or clearly less (−1) per customer than all customers together.

    Bonferroni over the groups.

    Examples
    --------
    >>> t = pd.DataFrame({"customers": [10, 10], "value": [100.0, 400.0], "per_customer": [10.0, 40.0],
    ...                   "std_error": [1.0, 2.0]})
    >>> differs(t).tolist()
    [-1, 1]
    """
    overall = float(table["value"].sum() / table["customers"].sum())
    limit = NormalDist().inv_cdf(1 - (1 - level) / 2 / max(len(table), 1))
    distance = (table["per_customer"] - overall) / table["std_error"].where(table["std_error"] > 0, np.inf)
    return pd.Series(np.where(distance > limit, 1, np.where(distance < -limit, -1, 0)), index=table.index)
