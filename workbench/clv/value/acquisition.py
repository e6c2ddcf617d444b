"""What acquiring a customer costs, by channel, against what the customers acquired there bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.clv.value.terms import Groups, group_source
from workbench.clv.value.totals import Total
from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AcquisitionReturn(Result):
    """Costs of acquisition against value, per customer.

    Attributes
    ----------
    table
        One row per group with a cost: ``group``, ``customers`` (acquired in the time), ``cost`` (of acquiring one),
        ``brought`` (since, after margin and service), ``to_come`` (expected), ``worth`` (both), ``ci_low`` and
        ``ci_high`` (of ``worth``), ``net`` (worth less cost), ``p_value`` (of a net of 0). Groups in which nobody or
        one customer was acquired have no interval.
    since
        First day of the time.
    """

    since: dt.date

    caption: ClassVar[Message] = message("What acquiring a customer costs and brings")
    columns: ClassVar[Mapping[str, Column]] = {
        "group": Column(message("Acquired by")),
        "customers": Column(message("Customers acquired"), "people"),
        "cost": Column(message("Cost of acquiring one"), "money"),
        "brought": Column(message("Brought so far"), "money"),
        "to_come": Column(message("Still to come"), "money"),
        "worth": Column(message("Together"), "money"),
        "ci_low": Column(message("Low ({level:level})"), "money"),
        "ci_high": Column(message("High ({level:level})"), "money"),
        "net": Column(message("Left after the cost"), "money"),
    }


def acquisition_return(
    acquired: pd.DataFrame | Table,
    brought: pd.DataFrame | Table,
    to_come: pd.DataFrame | Table,
    channels: Groups,
    costs: Mapping[str, float],
    *,
    since: dt.date,
    total: Total | None = None,
    level: float = 0.95,
) -> AcquisitionReturn:
    """Hold the cost of acquiring a customer against what customers acquired lately brought and will bring.

    Parameters
    ----------
    acquired
        ``customer_id``, ``first_purchase``, such as the source of `purchase_summary`.
    brought
        ``customer_id``, ``clv``: what customers brought since `since`, such as the source of `value_last_year`.
    to_come
        ``customer_id``, ``clv``: what they are expected to bring, such as the source of `value_customers`.
    channels
        A table with ``customer_id``, and the name of its column of channels.
    costs
        Channel → money that acquiring one customer costs.
    since
        First day on which somebody counts as newly acquired.
    total
        Sum of what is to come with its standard error: how sure the models are.
    level
        Level of the intervals.

    Returns
    -------
    AcquisitionReturn
        Customers differ, and so does what they happen to do: the interval has the variance between customers and, with
        `total`, the models' uncertainty as a share of what is to come.

    Raises
    ------
    InputError
        If a column is missing, or a cost is given to a channel that no customer has.

    Notes
    -----
    V(mean) = s² / n + (to come · se(total) / total)², with t of n − 1 degrees of freedom.

    Examples
    --------
    >>> new = pd.DataFrame({"customer_id": list("abcd"), "first_purchase": pd.to_datetime(["2026-03-01"] * 4)})
    >>> so_far = pd.DataFrame({"customer_id": list("abcd"), "clv": [30.0, 10.0, 5.0, 7.0]})
    >>> ahead = so_far.assign(clv=[20.0, 20.0, 3.0, 1.0])
    >>> by = (pd.DataFrame({"customer_id": list("abcd"), "channel": ["shop", "shop", "ads", "ads"]}), "channel")
    >>> found = acquisition_return(new, so_far, ahead, by, {"shop": 15, "ads": 12}, since=dt.date(2026, 1, 1))
    >>> found.table[["group", "worth", "net"]].to_numpy().tolist()
    [['shop', 40.0, 25.0], ['ads', 8.0, -4.0]]
    """
    first = as_table(acquired)
    engine = first.engine
    require_columns(first.columns, (CUSTOMER_ID, "first_purchase"), where="acquired")
    sides = [in_engine(as_table(t, engine), engine) for t in (brought, to_come)]
    for side, name in zip(sides, ("brought", "to_come"), strict=True):
        require_columns(side.columns, (CUSTOMER_ID, "clv"), where=name)
    source, named = group_source(engine, channels)
    rows = engine.rows(f"""
        SELECT g.{named} AS channel, count(*) AS customers, avg(coalesce(b.clv, 0)) AS brought,
               avg(coalesce(t.clv, 0)) AS to_come, var_samp(coalesce(b.clv, 0) + coalesce(t.clv, 0)) AS spread
        FROM {first.source} AS a JOIN {source} AS g ON g.{CUSTOMER_ID} = a.{CUSTOMER_ID}
        LEFT JOIN {sides[0].source} AS b ON b.{CUSTOMER_ID} = a.{CUSTOMER_ID}
        LEFT JOIN {sides[1].source} AS t ON t.{CUSTOMER_ID} = a.{CUSTOMER_ID}
        WHERE CAST(a.first_purchase AS DATE) >= DATE '{since}' AND g.{named} IS NOT NULL
        GROUP BY 1""").set_index("channel")
    known = [str(v) for v in engine.rows(f"SELECT DISTINCT {named} AS v FROM {source} AS g")["v"].dropna()]
    strange = [c for c in costs if c not in known]
    if strange:
        raise InputError(
            message("Costs of acquisition are given to channels that customers have."),
            found=", ".join(strange[:5]),
            fix=message(
                "Correct value.acquisition_cost; channels: {known}{hint}",
                known=", ".join(sorted(known)[:12]),
                hint=nearest(strange[0], known),
            ),
            where="wave.yaml",
        )
    unsure = 0.0 if total is None or not total.estimate > 0 else float(np.nan_to_num(total.std_error / total.estimate))
    found = pd.DataFrame([_row(c, cost, rows, unsure, level) for c, cost in costs.items()])
    text = message(
        "Customers whose first purchase was on {day:date} or later; what they brought is after margin and service.",
        day=since,
    )
    return AcquisitionReturn(table=found, since=since, level=level, notes=(Note(text),))


def _row(channel: str, cost: float, rows: pd.DataFrame, unsure: float, level: float) -> dict[str, object]:
    from scipy.stats import t

    missing = float("nan")
    found: dict[str, object] = {"group": channel, "customers": 0, "cost": float(cost)}
    numbers = dict.fromkeys(("brought", "to_come", "worth", "ci_low", "ci_high", "net", "p_value"), missing)
    if channel not in rows.index:
        return found | numbers
    row = rows.loc[channel].to_dict()
    n, brought, ahead = int(row["customers"]), float(row["brought"]), float(row["to_come"])
    worth = brought + ahead
    numbers |= {"brought": brought, "to_come": ahead, "worth": worth, "net": worth - cost}
    if n > 1:
        error = float(np.sqrt(float(row["spread"]) / n + (ahead * unsure) ** 2))
        reach = float(t.ppf((1 + level) / 2, n - 1)) * error
        p_value = float(2 * t.sf(abs(worth - cost) / error, n - 1)) if error > 0 else missing
        numbers |= {"ci_low": worth - reach, "ci_high": worth + reach, "p_value": p_value}
    return found | {"customers": n} | numbers
