"""Values by group, with intervals for the models' parameters and for what the group's customers happen to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.models.horizon import discounted_years
from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.value.group_means import GROUP_COLUMNS, GroupValues, group_means
from workbench.clv.value.terms import Cells, group_source
from workbench.clv.value.totals import Sums, total_of
from workbench.clv.value.value import CustomerValue
from workbench.core.engine import Table, as_table
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID
from workbench.core.results import Note

_SEPARATOR: Final = "\x1f"
_LEAVING: Final = 0.5


def group_values(value: CustomerValue, customers: pd.DataFrame | Table, by: str | Sequence[str]) -> GroupValues:
    """Add up values by columns of a list of customers, each customer counted on the terms of their own.

    Parameters
    ----------
    value
        Values of customers, on the same terms for everybody or on terms that differ, by these groups or by others.
    customers
        One row per customer: ``customer_id`` and the columns; customers without a group are in the group ``–``.
    by
        Columns to break value down by.

    Returns
    -------
    GroupValues
        The groups in their alphabetical order.

    Raises
    ------
    InputError
        If a column is missing, or a customer is listed twice.

    Notes
    -----
    A group's parameters are those of all customers, so that the intervals of groups move together; groups are compared
    by ``std_error`` instead.

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
    >>> group_values(value, people, "region").table["value"].round(0).tolist()
    [334.0, 541.0]
    """
    listed = as_table(customers, value.source.engine)
    columns = [by] if isinstance(by, str) else list(by)
    v = value.valuation
    # how value moves with the parameters is linear in customers and in what they spent: told once for all groups
    twice, side = np.tile(np.arange(len(v.x)), 2), np.repeat([1.0, 0.0], len(v.x))
    per_customer, per_money = np.split(v.slopes(twice, side, 1 - side, np.ones(len(twice))), 2)
    drawn = group_means(value.source, listed, columns, level=value.total.level).table
    parts = []
    for column in columns:
        cells, group, names = _crossed(value, listed, column)
        table = _added(value, cells, group, names, (per_customer, per_money))
        error = drawn[drawn["breakdown"] == column].set_index("group")["std_error"].reindex(names)
        parts.append(table.assign(breakdown=column, std_error=error.to_numpy()))
    text = message(
        "Intervals of {level:pct}: the models' parameters, and what a group's customers happen to do.",
        level=value.total.level,
    )
    whole = pd.concat(parts, ignore_index=True)[list(GROUP_COLUMNS)] if parts else drawn
    return GroupValues(table=whole, level=value.total.level, notes=(Note(text),))


def _crossed(value: CustomerValue, groups: Table, column: str) -> tuple[Cells, Ints, list[str]]:
    """Return histories by group, with the terms of each cell as its name; the group of each cell, and the groups."""
    if not value.terms.by_group or value.terms_by is None:
        cells = Cells.of(value.purchases, (groups, column))
        # everybody has the same terms, whatever the cell is called
        return cells, cells.group, cells.names
    engine = value.purchases.source.engine
    d = engine.dialect
    mine, theirs = group_source(engine, (groups, column)), group_source(engine, value.terms_by)
    none = d.literal("–")
    pair = f"""(
        SELECT p.{CUSTOMER_ID},
               coalesce(g.{mine[1]}, {none}) || {d.literal(_SEPARATOR)} || coalesce(t.{theirs[1]}, {none}) AS cell
        FROM {value.purchases.source.source} AS p
        LEFT JOIN {mine[0]} AS g ON g.{CUSTOMER_ID} = p.{CUSTOMER_ID}
        LEFT JOIN {theirs[0]} AS t ON t.{CUSTOMER_ID} = p.{CUSTOMER_ID})"""
    cells = Cells.of(value.purchases, (Table(engine, pair), "cell"))
    split = [n.split(_SEPARATOR) for n in cells.names]
    names = sorted({s[0] for s in split})
    place = np.array([names.index(s[0]) for s in split])
    return replace(cells, names=[s[1] for s in split]), place[cells.group], names


def _added(
    value: CustomerValue, cells: Cells, group: Ints, names: list[str], slopes: tuple[Floats, Floats]
) -> pd.DataFrame:
    v, unit, size = value.valuation, value.purchases.days_per_unit, len(names)
    sums = Sums.of(v, cells, value.terms, discounted_years(round(v.horizon * unit), v.force / unit))

    def added(values: Floats) -> Floats:
        return np.asarray(np.bincount(group, values, size), dtype=np.float64)

    gross, service, chance = added(sums.value), added(sums.cost), added(sums.chance)
    weight = (sums.margin * cells.count, sums.margin * cells.spent)
    moved = weight[0][:, None] * slopes[0][cells.at] + weight[1][:, None] * slopes[1][cells.at]
    width = slopes[0].shape[1]
    by_slope = np.stack([added(moved[:, k]) for k in range(width)], axis=1) if width else np.zeros((size, 0))
    totals = [total_of(gross[i] - service[i], by_slope[i], v.covariance, chance[i], sums.level) for i in range(size)]
    people, alive = added(cells.count), v.alive[cells.at]
    worth = np.array([t.estimate for t in totals])
    return pd.DataFrame({"group": names, "customers": people.astype(np.int64), "value": worth}).assign(
        share=worth / worth.sum(),
        per_customer=worth / people,
        ci_low=np.array([t.ci_low for t in totals]) / people,
        ci_high=np.array([t.ci_high for t in totals]) / people,
        alive=added(alive * cells.count) / people,
        leaving=added(cells.count * (alive < _LEAVING)).astype(np.int64),
        at_risk=added(sums.risk),
    )
