"""Values added up by group, and the mean of each group as if its customers were drawn from many like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.columns import ALIVE, AT_RISK, CI_HIGH_HIGH, CI_LOW_LOW, SHARE, STD_ERROR, VALUE
from workbench.clv.value.terms import NO_GROUP, groups_source
from workbench.core import charts
from workbench.core.bulk import keep_rows
from workbench.core.engine import Table, as_table
from workbench.core.errors import require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result
from workbench.estimation.comparisons import adjust_p

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAVING: Final = 0.5
GROUP_COLUMNS: Final = (
    "breakdown",
    "group",
    "customers",
    "value",
    "share",
    "per_customer",
    "ci_low",
    "ci_high",
    "alive",
    "leaving",
    "at_risk",
    "std_error",
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GroupValues(Result):
    """Values by group, of one breakdown or of several.

    Attributes
    ----------
    table
        One row per breakdown and group: ``breakdown``, ``group``, ``customers``, ``value``, ``share`` (of all value),
        ``per_customer`` with ``ci_low`` and ``ci_high``, ``alive`` (mean probability of still being a customer),
        ``leaving`` (customers more likely lost than not), ``at_risk``, and ``std_error`` of the value per customer, as
        if a group's customers were drawn from many like them: what groups are compared by.
    """

    caption: ClassVar[Message] = message("Customer value by group")
    columns: ClassVar[Mapping[str, Column]] = {
        "breakdown": Column(message("Characteristic")),
        "value": VALUE,
        "share": SHARE,
        "per_customer": Column(message("Value per customer"), "money"),
        "ci_low": CI_LOW_LOW.styled("money"),
        "ci_high": CI_HIGH_HIGH.styled("money"),
        "alive": ALIVE,
        "leaving": Column(message("Customers more likely lost than not"), "people"),
        "at_risk": AT_RISK,
        "std_error": STD_ERROR.styled("money"),
    }

    def of(self, breakdown: str) -> pd.DataFrame:
        """Return the rows of one breakdown."""
        return self.table[self.table["breakdown"] == breakdown].reset_index(drop=True)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the value per customer of each group, with its interval."""

        def draw(ax: Axes) -> None:
            rows = self.table.iloc[::-1].reset_index(drop=True)
            at = np.arange(len(rows))
            ax.hlines(at, rows["ci_low"], rows["ci_high"], color=charts.ACCENT)
            ax.plot(rows["per_customer"], at, "o", color=charts.ACCENT)
            overall = float(self.table["value"].sum() / self.table["customers"].sum())
            ax.axvline(overall, color=charts.MUTED, linestyle="--", linewidth=1)
            ax.set_yticks(at, [charts.text(g, language) for g in rows["group"]])
            ax.set_xlabel(charts.text(message("Value per customer"), language))
            charts.format_axis(ax.xaxis, "money", language)

        return charts.draw_figure(draw, height=1.2 + 0.32 * max(len(self.table), 3))


def group_means(
    values: pd.DataFrame | Table, groups: pd.DataFrame | Table, by: str | Sequence[str], *, level: float = 0.95
) -> GroupValues:
    """Add up values of customers by group, with intervals as if each group's customers were drawn from many like them.

    For values whose models are not at hand: of contracts, of last year's amounts, or kept by an earlier chapter.

    Parameters
    ----------
    values
        One row per customer: ``customer_id``, ``clv`` and perhaps ``probability_alive`` and ``at_risk``.
    groups
        One row per customer: ``customer_id`` and the columns; customers without a group are in the group ``–``.
    by
        Its columns to break value down by.
    level
        Level of the intervals.

    Returns
    -------
    GroupValues
        ``alive``, ``leaving`` and ``at_risk`` are missing where the values do not tell them; an interval is infinite
        where a group has one customer.

    Raises
    ------
    InputError
        If a column is missing, or a customer is listed twice.

    Notes
    -----
    mean ± z · s / √n over the customers of a group.

    Examples
    --------
    >>> values = pd.DataFrame({"customer_id": list("abcd"), "clv": [10.0, 20, 30, 40]})
    >>> people = pd.DataFrame({"customer_id": list("abcd"), "region": ["n", "n", "s", "s"]})
    >>> group_means(values, people, "region").table["per_customer"].tolist()
    [15.0, 35.0]
    """
    table = as_table(values)
    require_columns(table.columns, (CUSTOMER_ID, "clv"), where="values")
    d = table.engine.dialect
    has = {c: c in table.columns for c in ("probability_alive", "at_risk")}
    none = f"CAST(NULL AS {d.double_type})"
    alive = d.exact_sum("probability_alive") if has["probability_alive"] else none
    risk = d.exact_sum("at_risk") if has["at_risk"] else none
    gone = f"probability_alive < {_LEAVING}" if has["probability_alive"] else "FALSE"
    z = NormalDist().inv_cdf((1 + level) / 2)
    columns = [by] if isinstance(by, str) else list(by)
    joined = _joined(table, groups, columns, [c for c in has if has[c]]) if columns else table
    parts = []
    for place, column in enumerate(columns):
        rows = joined.rows(f"""
            SELECT g{place} AS named, count(*) AS customers, {d.exact_sum("clv")} AS value,
                   stddev_samp(clv) AS spread, {alive} AS alive, count(CASE WHEN {gone} THEN 1 END) AS leaving,
                   {risk} AS at_risk
            FROM {{table}} AS v
            GROUP BY 1""").sort_values("named", ignore_index=True)
        mean = rows["value"] / rows["customers"]
        error = (rows["spread"].astype(float) / np.sqrt(rows["customers"])).fillna(np.inf).round(6)
        parts.append(
            rows.rename(columns={"named": "group"}).assign(
                breakdown=column,
                share=rows["value"] / rows["value"].sum(),
                per_customer=mean,
                std_error=error,
                ci_low=mean - z * error,
                ci_high=mean + z * error,
                alive=rows["alive"].astype(float) / rows["customers"],
                leaving=rows["leaving"] if has["probability_alive"] else np.nan,
                at_risk=rows["at_risk"].astype(float),
            )
        )
    text = message(
        "Intervals of {level:pct} are of the value per customer, as if a group's customers were drawn from many like "
        "them.",
        level=level,
    )
    return GroupValues(table=_put_together(parts), level=level, notes=(Note(text),))


def _joined(table: Table, groups: pd.DataFrame | Table, columns: list[str], told: list[str]) -> Table:
    """Return values with their customers' groups, ``g0``, ``g1`` …: joined once, whatever the number of columns."""
    engine, d = table.engine, table.engine.dialect
    source, named = groups_source(engine, groups, columns)
    grouped = "".join(f", coalesce(g.{n}, {d.literal(NO_GROUP)}) AS g{i}" for i, n in enumerate(named))
    sql = f"""
        SELECT v.clv{"".join(f", v.{c}" for c in told)}{grouped}
        FROM {table.source} AS v LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = v.{CUSTOMER_ID}"""
    return keep_rows(engine, sql, stem="grouped") if len(columns) > 1 else Table(engine, f"({sql})")


def _put_together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(GROUP_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(GROUP_COLUMNS)]


def compare_group_values(table: pd.DataFrame, judged: pd.Series | None = None) -> pd.DataFrame:
    """Test which groups are worth more or less per customer than all customers together.

    Parameters
    ----------
    table
        Rows of one breakdown or of several: ``breakdown``, ``group``, ``customers``, ``value``, ``per_customer``,
        ``std_error``.
    judged
        Which rows are tested, as one family; all by default. The others only count into the whole.

    Returns
    -------
    DataFrame
        The rows with ``overall`` (value per customer of the breakdown), ``z``, and ``p_value`` after the correction for
        the whole family (Holm); missing for rows that are not tested.

    Notes
    -----
    A group is part of the whole it is compared with, so that the test errs on the side of no difference.

    Examples
    --------
    >>> t = pd.DataFrame({"breakdown": "region", "group": ["n", "s"], "customers": [10, 10], "value": [100.0, 400.0],
    ...                   "per_customer": [10.0, 40.0], "std_error": [1.0, 2.0]})
    >>> compare_group_values(t)["p_value"].lt(0.001).tolist()
    [True, True]
    """
    sums = table.groupby("breakdown")[["value", "customers"]].transform("sum")
    overall = sums["value"] / sums["customers"]
    error = table["std_error"].where(table["std_error"] > 0, np.inf)
    z = (table["per_customer"] - overall) / error
    p = np.array([2 * NormalDist().cdf(-abs(v)) for v in z])
    if judged is not None:
        p = np.where(judged.to_numpy(dtype=bool), p, np.nan)
    return table.assign(overall=overall, z=z, p_value=adjust_p(p, "holm"))
