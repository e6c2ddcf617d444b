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
from workbench.clv.value.profit_sums import Customers, GroupSums, ProfitSums
from workbench.clv.value.profit_table import TENTHS
from workbench.clv.value.totals import Total
from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUPS: Final = (
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
    "driver",
)


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
        ``per_customer``, ``ci_low``, ``ci_high``, ``std_error``, ``unprofitable`` (share of customers), ``loss``,
        ``driver`` (of those, together).
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
    people = Customers.of(customers, revenue, taken, by)
    if not (people.n and people.finite == people.n and people.profit > 0):
        raise InputError(
            "Revenue and costs are numbers, and profit is above zero in all.",
            found=f"{people.n - people.finite:,} rows not finite, sum {people.profit:,.0f}",
            fix="Fill in missing costs with 0 where there were none.",
            where="customers",
        )
    sums = ProfitSums.over(people, len(by))
    spread = concentration(people.profits, level=level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    usual = people.parts / max(people.brought, 1e-300)
    peak = _peak(sums, level, z)
    return ProfitContribution(
        table=_deciles(sums, taken),
        whale=_whale(spread, sums.winners / people.n, peak.estimate),
        drivers=_drivers(sums, taken, usual),
        groups=_groups(sums, by, (taken, usual), z),
        profit=_sum(sums.whole, level, z),
        peak=peak,
        peak_at=sums.winners / people.n,
        unprofitable=int(sums.whole.bad),
        loss=sums.whole.loss,
        concentration=spread,
        level=level,
        notes=tuple(_notes(sums)),
    )


def _deciles(sums: ProfitSums, taken: Sequence[str]) -> pd.DataFrame:
    table = pd.DataFrame(sums.tenths, columns=["customers", "revenue", *taken, "profit"])
    table.insert(0, "decile", np.arange(1, TENTHS + 1))
    table["customers"] = table["customers"].astype(np.int64)
    table["share"] = table["profit"] / sums.whole.profit
    table["cumulated"] = table["share"].cumsum()
    return table[table["customers"] > 0].reset_index(drop=True)


def _whale(spread: Concentration, winners: float, peak: float) -> pd.DataFrame:
    at = np.concatenate([np.linspace(0, 1, len(spread.curve)), [winners]])
    order = np.unique(at, return_index=True)[1]
    return pd.DataFrame({"customers": at[order], "profit": np.append(spread.curve, peak)[order]})


def _drivers(sums: ProfitSums, taken: Sequence[str], usual: Floats) -> pd.DataFrame:
    columns = ["driver", "customers", "loss", "revenue", "cost_share", "usual_share"]
    rows = [
        (name, int(people), loss, income, cost / income if income > 0 else np.inf, share)
        for name, (people, loss, income, cost), share in zip(taken, sums.drivers, usual, strict=True)
        if people
    ]
    return pd.DataFrame(rows, columns=columns).sort_values("loss", ascending=False, ignore_index=True)


def _groups(sums: ProfitSums, by: Sequence[str], costs: tuple[Sequence[str], Floats], z: float) -> pd.DataFrame:
    rows = []
    for column, known in zip(by, sums.groups, strict=True):
        for name, group in sorted(known.items()):
            mean, n = group.profit / group.people, group.people
            error = group.spread / np.sqrt(n) if n > 1 else np.inf
            rows.append(
                {
                    "breakdown": column,
                    "group": name,
                    "customers": int(n),
                    "revenue": group.brought,
                    "profit": group.profit,
                    "share": group.profit / sums.whole.profit,
                    "per_customer": mean,
                    "ci_low": mean - z * error,
                    "ci_high": mean + z * error,
                    "std_error": error,
                    "unprofitable": group.bad / n,
                    "loss": group.loss,
                    "driver": _main(group, *costs),
                }
            )
    return pd.DataFrame(rows, columns=list(GROUPS)).astype({"driver": object})


def _main(group: GroupSums, names: Sequence[str], usual: Floats) -> str | None:
    """Return the cost that most exceeds its usual share of revenue among a group's unprofitable customers."""
    if not (group.bad and len(names)):
        return None
    return names[int((group.costs - max(group.income, 0.0) * usual).argmax())]


def _sum(whole: GroupSums, level: float, z: float) -> Total:
    error = whole.spread * float(np.sqrt(whole.people))
    return Total(whole.profit, whole.profit - z * error, whole.profit + z * error, level, error)


def _peak(sums: ProfitSums, level: float, z: float) -> Total:
    whole = sums.whole
    ratio = sums.above / whole.profit
    # profits above zero are their own product with all profits; what each does to the ratio has the mean 0
    square = sums.above_square * (1 - 2 * ratio) + ratio**2 * whole.square
    error = float(np.sqrt(max(square, 0.0)) / whole.profit)
    return Total(ratio, ratio - z * error, ratio + z * error, level, error)


def _notes(sums: ProfitSums) -> list[Note]:
    whole = sums.whole
    if not whole.bad:
        return [Note(message("Every customer brings more than they cost."))]
    text = plural(
        "{n:int} customer ({share:pct1}) costs {loss:money} more than it brings; without it "
        "profit would be {peak:pct} of what it is.",
        "{n:int} customers ({share:pct1}) cost {loss:money} more than they bring; without them "
        "profit would be {peak:pct} of what it is.",
        n=int(whole.bad),
        share=whole.bad / whole.people,
        loss=whole.loss,
        peak=sums.above / whole.profit,
    )
    return [Note(text)]
