"""Values by group, with intervals for the models' parameters and for what the group's customers happen to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.models.horizon import discounted_years
from workbench.clv.purchases.patterns import Floats
from workbench.clv.value.group_means import GROUP_COLUMNS, GroupValues, group_means
from workbench.clv.value.grouped_histories import GroupedHistories
from workbench.clv.value.terms import Cells
from workbench.clv.value.totals import Sums, total_of
from workbench.clv.value.value import CustomerValue
from workbench.core.engine import Table, as_table
from workbench.core.language import message
from workbench.core.results import Note

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
    by_terms = [value.terms_by] if value.terms.by_group and value.terms_by is not None else []
    grouped = GroupedHistories.of(value.purchases, [*((listed, c) for c in columns), *by_terms])
    parts = []
    for place, column in enumerate(columns):
        names = grouped.names[place]
        table = _added(value, grouped, place, (per_customer, per_money))
        error = drawn[drawn["breakdown"] == column].set_index("group")["std_error"].reindex(names)
        parts.append(table.assign(breakdown=column, std_error=error.to_numpy()))
    text = message(
        "Intervals of {level:pct}: the models' parameters, and what a group's customers happen to do.",
        level=value.total.level,
    )
    whole = pd.concat(parts, ignore_index=True)[list(GROUP_COLUMNS)] if parts else drawn
    return GroupValues(table=whole, level=value.total.level, notes=(Note(text),))


def _added(value: CustomerValue, grouped: GroupedHistories, place: int, slopes: tuple[Floats, Floats]) -> pd.DataFrame:
    v, names = value.valuation, grouped.names[place]
    unit, width = value.purchases.days_per_unit, slopes[0].shape[1]
    years = discounted_years(round(v.horizon * unit), v.force / unit)
    # everybody has the same terms, or those of the last of the breakdowns
    terms = [len(grouped.names) - 1] if value.terms.by_group else []
    called = grouped.names[terms[0]] if terms else [""]
    sums = np.zeros((len(names), 7 + width))
    for piece in grouped.pieces(place, *terms):
        group = piece.codes[0]
        cells = Cells(called, piece.codes[1] if terms else np.zeros_like(group), piece.at, piece.count, piece.spent)
        part = Sums.of(v, cells, value.terms, years)
        alive, count = v.alive[piece.at], piece.count
        told = [part.value, part.cost, part.chance, part.risk, count, alive * count, count * (alive < _LEAVING)]
        weight = part.margin * count, part.margin * piece.spent
        moved = weight[0][:, None] * slopes[0][piece.at] + weight[1][:, None] * slopes[1][piece.at]
        for k, values in enumerate((*told, *moved.T)):
            sums[:, k] += np.bincount(group, values, len(names))
    gross, service, chance, risk, people, alive, leaving = sums[:, :7].T
    totals = [total_of(gross[i] - service[i], sums[i, 7:], v.covariance, chance[i], v.level) for i in range(len(names))]
    worth = np.array([t.estimate for t in totals])
    return pd.DataFrame({"group": names, "customers": people.astype(np.int64), "value": worth}).assign(
        share=worth / worth.sum(),
        per_customer=worth / people,
        ci_low=np.array([t.ci_low for t in totals]) / people,
        ci_high=np.array([t.ci_high for t in totals]) / people,
        alive=alive / people,
        leaving=leaving.astype(np.int64),
        at_risk=risk,
    )
