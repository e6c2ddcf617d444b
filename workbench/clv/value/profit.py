"""Where profit comes from, and who costs more than they bring: whale curve, deciles, drivers of cost, Lorenz and Gini.

Source: Kaplan & Narayanan (2001), Measuring and managing customer profitability, Journal of Cost Management 15(5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW
from workbench.clv.purchases.patterns import Floats
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.terms import NO_GROUP
from workbench.clv.value.totals import Total
from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import number_column
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DECILES: Final = 10
_POINTS: Final = 200


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ProfitContribution(Result):
    """Profit by customer.

    Attributes
    ----------
    table
        One row per tenth of the customers, the most profitable first: ``decile``, ``customers``, ``revenue``, one
        column per cost, ``profit``, ``share`` (of all profit), ``cumulated`` (share).
    whale
        ``customers`` (share of them, most profitable first) and ``profit`` (cumulated share of all profit).
    drivers
        Unprofitable customers by what makes them so: ``driver`` (the cost that is highest against the usual),
        ``customers``, ``loss``, ``revenue``, ``cost_share`` (of revenue), ``usual_share`` (of everybody's revenue).
    groups
        By the columns asked for: ``breakdown``, ``group``, ``customers``, ``revenue``, ``profit``, ``share``,
        ``per_customer``, ``ci_low``, ``ci_high``, ``unprofitable`` (share of customers), ``loss``.
    profit
        All profit, with its interval.
    peak
        Profit of the profitable customers as a share of all profit, with its interval.
    peak_at
        Share of customers who are profitable.
    unprofitable
        Number of customers who cost more than they bring.
    loss
        What they cost beyond what they bring.
    concentration
        Lorenz curve, shares of the top and Gini coefficient, with intervals.
    """

    whale: pd.DataFrame
    drivers: pd.DataFrame
    groups: pd.DataFrame
    profit: Total
    peak: Total
    peak_at: float
    unprofitable: int
    loss: float
    concentration: Concentration

    caption: ClassVar[Message] = message("Profit by tenths of the customers")
    columns: ClassVar[Mapping[str, Column]] = {
        "decile": Column(message("Tenth of customers"), "int"),
        "revenue": Column(message("Revenue"), "money"),
        "profit": Column(message("Profit"), "money"),
        "cumulated": Column(message("Cumulated share"), "pct1"),
        "refunds": Column(message("Refunds"), "money"),
        "goods": Column(message("Cost of goods"), "money"),
        "service": Column(message("Cost of service"), "money"),
        "driver": Column(message("What makes them unprofitable")),
        "loss": Column(message("Loss"), "money"),
        "cost_share": Column(message("Cost as a share of revenue"), "pct1"),
        "usual_share": Column(message("Usual share"), "pct1"),
        "per_customer": Column(message("Profit per customer"), "money"),
        "unprofitable": Column(message("Unprofitable customers"), "pct1"),
        "ci_low": CI_LOW_LOW.styled("money"),
        "ci_high": CI_HIGH_HIGH.styled("money"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the whale curve: cumulated profit over customers, the most profitable first."""

        def draw(ax: Axes) -> None:
            x, y = self.whale["customers"].to_numpy(), self.whale["profit"].to_numpy()
            ax.plot(x, y, color=charts.ACCENT)
            ax.axhline(1, color=charts.MUTED, linestyle="--", linewidth=1)
            ax.plot([self.peak_at], [self.peak.estimate], "o", color=charts.ACCENT)
            if self.unprofitable:
                ax.fill_between(x, 1, y, where=(y >= 1).tolist(), color=charts.BAD, alpha=0.18, linewidth=0)
            ax.set_xlabel(charts.text(message("Share of customers, most profitable first"), language))
            ax.set_ylabel(charts.text(message("Cumulated share of all profit"), language))
            ax.set_ylim(bottom=0)
            charts.format_axis(ax.xaxis, "pct", language)
            charts.format_axis(ax.yaxis, "pct", language)

        return charts.draw_figure(draw)


@takes_columns("revenue", many=["costs", "by"])
def profit_contribution(
    customers: pd.DataFrame | Table,
    *,
    revenue: str = "revenue",
    costs: Sequence[str] | None = None,
    by: Sequence[str] = (),
    level: float = 0.95,
) -> ProfitContribution:
    """Say where profit comes from, who costs more than they bring, and why.

    Parameters
    ----------
    customers
        One row per customer: revenue and costs (positive amounts), such as `customer_profits` returns.
    revenue
        Column of what the customer brought.
    costs
        Columns of what is taken off; those of ``refunds``, ``goods`` and ``service`` that are there by default.
    by
        Columns to break profit down by.
    level
        Level of the intervals.

    Returns
    -------
    ProfitContribution
        Intervals as if the customers were drawn from many like them.

    Raises
    ------
    InputError
        If a column is missing, a number is missing or infinite, or all profit is not above zero.

    Notes
    -----
    A customer's driver is the cost that most exceeds what it would be at everybody's share of revenue. Variance of sums
    and ratios by linearisation.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": list("abcd"), "revenue": [100.0, 80, 20, 10], "goods": [60.0, 48, 12, 6],
    ...                       "service": [5.0, 5, 30, 2]})
    >>> found = profit_contribution(table)
    >>> found.unprofitable, found.loss, found.drivers["driver"].tolist()
    (1, 22.0, ['service'])
    """
    if not 0 < level < 1:
        raise InputError("A level is between 0 and 1.", found=repr(level), fix="Write level=0.95.", where="level")
    named = customers.columns if isinstance(customers, pd.DataFrame) else as_table(customers).columns
    taken = [c for c in ("refunds", "goods", "service") if c in named] if costs is None else list(costs)
    require_columns(named, [revenue, *taken, *by], where="customers")
    frame = customers if isinstance(customers, pd.DataFrame) else _read(customers, [revenue, *taken, *by])
    brought = number_column(frame, revenue, where="customers")
    parts = {c: number_column(frame, c, where="customers") for c in taken}
    profit = brought - sum(parts.values(), np.zeros(len(frame)))
    if not (len(frame) and np.isfinite(profit).all() and profit.sum() > 0):
        raise InputError(
            "Revenue and costs are numbers, and profit is above zero in all.",
            found=f"{int((~np.isfinite(profit)).sum()):,} rows not finite, sum {np.nansum(profit):,.0f}",
            fix="Fill in missing costs with 0 where there were none.",
            where="customers",
        )
    order = np.argsort(-profit, kind="stable")
    spread = concentration(profit, level=level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    bad = profit < 0
    return ProfitContribution(
        table=_deciles(profit[order], brought[order], {c: v[order] for c, v in parts.items()}),
        whale=_whale(profit[order]),
        drivers=_drivers(profit, brought, parts),
        groups=_groups(frame, by, brought, profit, z),
        profit=_sum(profit, level, z),
        peak=_ratio(np.maximum(profit, 0), profit, level, z),
        peak_at=float((profit > 0).mean()),
        unprofitable=int(bad.sum()),
        loss=float(-profit[bad].sum()),
        concentration=spread,
        level=level,
        notes=tuple(_notes(profit, bad)),
    )


def _read(customers: Table, columns: list[str]) -> pd.DataFrame:
    d = customers.engine.dialect
    chosen = ", ".join(dict.fromkeys(d.quote(c) for c in columns))
    parts = [b.to_pandas() for b in customers.engine.batches(f"SELECT {chosen} FROM {customers.source} AS t")]
    frame: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return frame


def _deciles(profit: Floats, brought: Floats, parts: dict[str, Floats]) -> pd.DataFrame:
    n = len(profit)
    tenth = np.minimum(np.arange(n) * DECILES // n, DECILES - 1)
    sums = {c: np.bincount(tenth, v, DECILES) for c, v in {"revenue": brought, **parts, "profit": profit}.items()}
    table = pd.DataFrame(
        {"decile": np.arange(1, DECILES + 1), "customers": np.bincount(tenth, minlength=DECILES)} | sums
    )
    table["share"] = table["profit"] / profit.sum()
    table["cumulated"] = table["share"].cumsum()
    return table[table["customers"] > 0].reset_index(drop=True)


def _whale(profit: Floats) -> pd.DataFrame:
    grown = np.concatenate([[0.0], np.cumsum(profit)]) / profit.sum()
    at = np.unique(np.concatenate([np.linspace(0, 1, _POINTS + 1), [(profit > 0).mean()]]))
    return pd.DataFrame({"customers": at, "profit": np.interp(at * len(profit), np.arange(len(grown)), grown)})


def _drivers(profit: Floats, brought: Floats, parts: dict[str, Floats]) -> pd.DataFrame:
    bad, names = profit < 0, list(parts)
    columns = ["driver", "customers", "loss", "revenue", "cost_share", "usual_share"]
    if not bad.any() or not names:
        return pd.DataFrame(columns=columns)
    usual = np.array([v.sum() for v in parts.values()]) / max(brought.sum(), 1e-300)
    excess = np.stack([v[bad] - u * np.maximum(brought[bad], 0) for v, u in zip(parts.values(), usual, strict=True)])
    main = excess.argmax(axis=0)
    rows = []
    for k, name in enumerate(names):
        mine = main == k
        if mine.any():
            income = float(brought[bad][mine].sum())
            rows.append(
                (
                    name,
                    int(mine.sum()),
                    float(-profit[bad][mine].sum()),
                    income,
                    float(parts[name][bad][mine].sum()) / income if income > 0 else np.inf,
                    usual[k],
                )
            )
    return pd.DataFrame(rows, columns=columns).sort_values("loss", ascending=False, ignore_index=True)


def _groups(frame: pd.DataFrame, by: Sequence[str], brought: Floats, profit: Floats, z: float) -> pd.DataFrame:
    parts = []
    for column in by:
        names = frame[column].astype(object).where(frame[column].notna(), NO_GROUP).astype(str)
        data = pd.DataFrame(
            {"group": names, "revenue": brought, "profit": profit, "loss": np.maximum(-profit, 0), "bad": profit < 0}
        )
        made = (
            data.groupby("group", sort=True)
            .agg(
                customers=("profit", "size"),
                revenue=("revenue", "sum"),
                profit=("profit", "sum"),
                spread=("profit", "std"),
                unprofitable=("bad", "mean"),
                loss=("loss", "sum"),
            )
            .reset_index()
        )
        parts.append(made.assign(breakdown=column))
    columns = [
        "breakdown",
        "group",
        "customers",
        "revenue",
        "profit",
        "share",
        "per_customer",
        "ci_low",
        "ci_high",
        "std_error",
        "unprofitable",
        "loss",
    ]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["profit"] / profit.sum()
    table["per_customer"] = table["profit"] / table["customers"]
    table["std_error"] = (table["spread"] / np.sqrt(table["customers"])).fillna(np.inf)
    reach = z * table["std_error"]
    table["ci_low"], table["ci_high"] = table["per_customer"] - reach, table["per_customer"] + reach
    return table[columns]


def _sum(values: Floats, level: float, z: float) -> Total:
    error = float(values.std(ddof=1) * np.sqrt(len(values))) if len(values) > 1 else float("nan")
    total = float(values.sum())
    return Total(total, total - z * error, total + z * error, level, error)


def _ratio(above: Floats, below: Floats, level: float, z: float) -> Total:
    ratio = float(above.sum() / below.sum())
    error = float((above - ratio * below).std() / np.sqrt(len(below)) / below.mean())
    return Total(ratio, ratio - z * error, ratio + z * error, level, error)


def _notes(profit: Floats, bad: np.ndarray) -> list[Note]:
    if not bad.any():
        return [Note(message("Every customer brings more than they cost."))]
    text = plural(
        "{n:int} customer ({share:pct1}) costs {loss:money} more than it brings; without it "
        "profit would be {peak:pct} of what it is.",
        "{n:int} customers ({share:pct1}) cost {loss:money} more than they bring; without them "
        "profit would be {peak:pct} of what it is.",
        n=int(bad.sum()),
        share=float(bad.mean()),
        loss=float(-profit[bad].sum()),
        peak=float(np.maximum(profit, 0).sum() / profit.sum()),
    )
    return [Note(text)]
