"""How unequally value is spread over customers: shares of the top, Lorenz curve, Gini coefficient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, SHARE
from workbench.clv.purchases.patterns import Floats
from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOPS: Final = (0.01, 0.05, 0.10, 0.20)
_POINTS: Final = 200
_FINITE: Final = 1e300


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Concentration(Result):
    """Where value sits.

    Attributes
    ----------
    table
        ``top`` (share of customers, best first), ``customers``, ``amount`` (their value), ``share`` (of all value),
        ``ci_low`` and ``ci_high`` (of the share).
    gini, gini_low, gini_high
        Gini coefficient and its interval; 0 if all have the same, towards 1 if one has everything.
    curve
        Cumulated share of value (best first) at even shares of customers from 0 to 1.
    level
        Level of the intervals.
    """

    gini: float
    gini_low: float
    gini_high: float
    curve: Floats
    level: float

    caption: ClassVar[Message] = message("Where value sits")
    columns: ClassVar[Mapping[str, Column]] = {
        "top": Column(message("Top share of customers"), "pct"),
        "amount": Column(message("Value"), "money"),
        "share": SHARE,
        "ci_low": CI_LOW_LOW.styled("pct1"),
        "ci_high": CI_HIGH_HIGH.styled("pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the cumulated share of value over the share of customers, best first."""

        def draw(ax: Axes) -> None:
            at = np.linspace(0, 1, len(self.curve))
            ax.plot(at, self.curve, color=charts.ACCENT)
            ax.plot([0, 1], [0, 1], color=charts.MUTED, linestyle="--", linewidth=1)
            ax.plot(self.table["top"], self.table["share"], "o", color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Share of customers, most valuable first"), language))
            ax.set_ylabel(charts.text(message("Share of all value"), language))
            charts.format_axis(ax.xaxis, "pct", language)
            charts.format_axis(ax.yaxis, "pct", language)

        return charts.draw_figure(draw)


def concentration(
    values: npt.ArrayLike | tuple[Table, str], *, tops: Sequence[float] = TOPS, level: float = 0.95
) -> Concentration:
    """Say how much of the value the best customers hold.

    Parameters
    ----------
    values
        One value per customer; or a table and the name of its column of values, which are then read in their order,
        batch by batch, and never held.
    tops
        Shares of customers to look at.
    level
        Level of the intervals.

    Returns
    -------
    Concentration
        Shares of the top, Lorenz curve and Gini coefficient. With negative values the shares of the top can exceed 1
        and the Gini coefficient can, too; a note says so.

    Raises
    ------
    InputError
        If a value is missing or infinite, or they do not add up to more than zero.

    Notes
    -----
    Gini = Σ (2 i − n − 1) v_(i) / (n Σ v), values sorted upwards. Intervals as if the customers were drawn from many
    like them, by linearisation: Davidson (2009), Journal of Econometrics 150, eq. 8 and 18, for the Gini coefficient;
    Beach & Davidson (1983), Review of Economic Studies 50, for shares.

    Examples
    --------
    >>> concentration([1.0, 1, 1, 1, 16]).table["share"].round(2).tolist()
    [0.8, 0.8, 0.8, 0.8]
    """
    ordered = _Ordered.of(values)
    n = ordered.n
    if not (n and ordered.finite == n and ordered.total > 0):
        raise InputError(
            message("Values are finite numbers that add up to more than zero."),
            found=message(
                "{n:int} values, {bad:int} of them not finite, with a sum of {sum:dec0}",
                n=n,
                bad=n - ordered.finite,
                sum=ordered.total,
            ),
            fix=message("Leave out customers without a value."),
            where="values",
        )
    take = [max(1, round(t * n)) for t in tops]
    at = np.linspace(0, n, _POINTS + 1)
    low, high = np.floor(at).astype(np.int64), np.ceil(at).astype(np.int64)
    run = _Run.over(ordered, [n - k for k in take], n - np.concatenate([low, high]))
    z, total = NormalDist().inv_cdf((1 + level) / 2), run.total
    grown = total - run.below  # of the best k
    amount, (lower, upper) = grown[: len(take)], np.split(grown[len(take) :], 2)
    share = amount / total
    reach = z * run.share_errors(share)
    gini = run.ranked / (n * total)
    around = z * run.gini_error(gini)
    table = pd.DataFrame(
        {
            "top": list(tops),
            "customers": take,
            "amount": amount,
            "share": share,
            "ci_low": share - reach,
            "ci_high": share + reach,
        }
    )
    text = plural("{n:int} customer has a negative value.", "{n:int} customers have a negative value.", n=run.negative)
    return Concentration(
        table=table,
        gini=gini,
        gini_low=gini - around,
        gini_high=gini + around,
        level=level,
        curve=(lower + (at - low) * (upper - lower)) / total,
        notes=(Note(text),) if run.negative else (),
    )


@dataclass(frozen=True, eq=False)
class _Ordered:
    """Values from the lowest to the highest, block by block; how many they are, how many finite, and their sum."""

    blocks: Callable[[], Iterator[Floats]]
    n: int
    finite: int
    total: float

    @classmethod
    def of(cls, values: npt.ArrayLike | tuple[Table, str]) -> _Ordered:
        if isinstance(values, tuple) and isinstance(values[0], Table):
            return cls._in_engine(*values)
        array = np.sort(np.asarray(values, dtype=np.float64).ravel())
        finite = int(np.isfinite(array).sum())
        return cls(lambda: iter([array]), len(array), finite, float(array.sum()))

    @classmethod
    def _in_engine(cls, table: Table, column: str) -> _Ordered:
        d = table.engine.dialect
        require_columns(table.columns, [column], where="values")
        value = f"CAST({d.quote(column)} AS {d.double_type})"
        finite = f"abs({value}) < {_FINITE!r}"  # what is no number counts as the greatest, in every engine
        counts = table.rows(f"""
            SELECT count(*) AS n, count(CASE WHEN {finite} THEN 1 END) AS finite,
                   {d.exact_sum(f"CASE WHEN {finite} THEN {value} END", 12)} AS total FROM {{table}} AS t""").iloc[0]

        def blocks() -> Iterator[Floats]:
            for batch in table.engine.batches(f"SELECT {value} AS v FROM {table.source} AS t ORDER BY v"):
                yield batch.column(0).to_numpy(zero_copy_only=False)

        total = counts["total"]
        return cls(blocks, int(counts["n"]), int(counts["finite"]), 0.0 if pd.isna(total) else float(total))


@dataclass
class _Run:
    """Sums over ordered values, in one run through them, that shares of the top, the Gini coefficient and errors need.

    Attributes
    ----------
    n
        Values.
    below
        Sum of the lowest k, for each k asked for.
    total
        Sum of all.
    ranked
        Σ (2 i − n − 1) v_(i).
    negative
        Values below zero.
    squares, both
        Σ v and Σ v²; of the slopes a of the Gini coefficient Σ a, Σ a² and Σ a v.
    above
        For each top: Σ (v − edge), Σ (v − edge)² and Σ (v − edge) v over its members.
    """

    n: int
    below: Floats
    total: float = 0.0
    ranked: float = 0.0
    negative: int = 0
    squares: Floats = field(default_factory=lambda: np.zeros(2))
    both: Floats = field(default_factory=lambda: np.zeros(3))
    above: Floats = field(default_factory=lambda: np.zeros((0, 3)))

    @classmethod
    def over(cls, ordered: _Ordered, edges: list[int], others: np.ndarray) -> _Run:
        """Run through the values; `edges` and `others` are places below which values are added up."""
        places = np.concatenate([np.array(edges, dtype=np.int64), others])
        run = cls(ordered.n, np.zeros(len(places)), above=np.zeros((len(edges), 3)))
        edge = np.full(len(edges), np.nan)
        start, grown = 0, 0.0
        for v in ordered.blocks():
            sums = grown + np.cumsum(v)
            stop = start + len(v)
            inside = (places > start) & (places <= stop)
            run.below[inside] = sums[places[inside] - start - 1]
            run._add(v, sums, np.arange(start + 1, stop + 1, dtype=np.float64))
            for k, first in enumerate(edges):
                if first < stop:
                    members = v[max(first - start, 0) :]
                    edge[k] = members[0] if first >= start else edge[k]
                    over = members - edge[k]
                    run.above[k] += over.sum(), over @ over, over @ members
            start, grown = stop, float(sums[-1])
        run.total = grown
        return run

    def _add(self, v: Floats, sums: Floats, place: Floats) -> None:
        n = self.n
        slope = ((2 * place - 1) / n - 1) * v - 2 / n * sums
        self.ranked += float((2 * place - n - 1) @ v)
        self.negative += int((v < 0).sum())
        self.squares += v.sum(), v @ v
        self.both += slope.sum(), slope @ slope, slope @ v

    def share_errors(self, share: Floats) -> Floats:
        """Return the standard errors of the shares of the top."""
        linear, square, mixed = self.above.T
        return self._error(linear - share * self.squares[0], square - 2 * share * mixed + share**2 * self.squares[1])

    def gini_error(self, gini: float) -> float:
        """Return the standard error of the Gini coefficient."""
        linear, square, mixed = self.both
        influence = np.array([linear - gini * self.squares[0]])
        return float(self._error(influence, np.array([square - 2 * gini * mixed + gini**2 * self.squares[1]]))[0])

    def _error(self, linear: Floats, square: Floats) -> Floats:
        # standard deviation of what each value does to a ratio, over √n, against the mean
        variance = square / self.n - (linear / self.n) ** 2
        return np.asarray(np.sqrt(np.maximum(variance, 0.0) / self.n) / (self.squares[0] / self.n))
