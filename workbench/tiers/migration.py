"""How customers moved between tiers from one wave to the next: counts, rates, entrants, leavers, value moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import CUSTOMER_ID, TIER, Column
from workbench.core.results import Note, Result
from workbench.estimation.intervals import wilson
from workbench.tiers.columns import CI_HIGH, CI_LOW, DIRECTION
from workbench.tiers.grading import Grades, refuse_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STAYED, ROSE, FELL = "stayed", "rose", "fell"
DIRECTIONS: Mapping[str, Message] = {
    ROSE: message("Rose"),
    STAYED: message("Stayed"),
    FELL: message("Fell"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Migration(Result):
    """Movement between tiers.

    Attributes
    ----------
    table
        One row per pair of tiers of the customers who are in both waves: ``from_tier``, ``to_tier``, ``direction``,
        ``customers``, ``rate`` (of those who started in ``from_tier``) with ``ci_low`` and ``ci_high`` (Wilson),
        ``value_before``, ``value_after``.
    movement
        One row per direction (rose, stayed, fell): ``customers``, ``share`` with its interval, ``value_before``,
        ``value_after``, ``value_change``.
    entrants, leavers
        One row per tier: customers who are in one wave only, and their value.
    tiers
        Names of the tiers, the highest first.
    """

    movement: pd.DataFrame
    entrants: pd.DataFrame
    leavers: pd.DataFrame
    tiers: tuple[str, ...]

    caption: ClassVar[Message] = message("Movement between tiers")
    columns: ClassVar[Mapping[str, Column]] = {
        "from_tier": Column(message("Tier before")),
        "to_tier": Column(message("Tier now")),
        "direction": DIRECTION,
        "rate": Column(message("Rate"), "pct1"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "value_before": Column(message("Value before"), "money"),
        "value_after": Column(message("Value now"), "money"),
        "value_change": Column(message("Change of value"), "money"),
    }

    @property
    def counts(self) -> pd.DataFrame:
        """Customers in both waves: tier before (rows) × tier now (columns)."""
        wide = self.table.pivot_table(index="from_tier", columns="to_tier", values="customers", aggfunc="sum")
        return wide.reindex(index=list(self.tiers), columns=list(self.tiers)).fillna(0).astype(np.int64)

    @property
    def rates(self) -> pd.DataFrame:
        """Share of each tier before that is in each tier now; missing where a tier was empty."""
        counts = self.counts
        return counts.div(counts.sum(axis=1).replace(0, np.nan), axis=0)

    @property
    def at_stake(self) -> pd.DataFrame:
        """Who fell, by the tier they fell from: ``from_tier``, ``customers``, ``share`` (of the tier), ``value_*``."""
        fell = self.table[self.table["direction"] == FELL]
        values = [c for c in ("value_before", "value_after") if c in fell]
        sums = fell.groupby("from_tier")[["customers", *values]].sum().reindex(list(self.tiers[:-1])).fillna(0)
        if len(values) == 2:
            sums["value_change"] = sums["value_after"] - sums["value_before"]
        started = self.table.groupby("from_tier")["customers"].sum().reindex(sums.index)
        sums.insert(1, "share", sums["customers"] / started.where(started > 0))
        return sums.reset_index()

    @property
    def came_and_left(self) -> pd.DataFrame:
        """Who is in one wave only, by tier: ``tier``, ``entrants``, ``leavers`` and what they spend (``*_value``)."""
        table = pd.DataFrame({"tier": list(self.tiers)})
        for name, side in (("entrants", self.entrants), ("leavers", self.leavers)):
            table[name] = side["customers"].to_numpy()
            if "amount" in side:
                table[f"{name}_value"] = side["amount"].to_numpy()
        return table

    def flow(self, language: Language | None = None) -> Figure:
        """Draw the movement as a flow from the tiers before to the tiers now; falls are dark, rises hatched."""
        from workbench.tiers.flow import draw_flow

        return draw_flow(self.counts, language or current_language())

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the rates as a matrix: tier before (rows), tier now (columns)."""
        chosen = language or current_language()

        def draw(ax: Axes) -> None:
            charts.heat_map(ax, self.rates, style="pct", diverging=False, language=chosen)
            ax.set_xlabel(message("Tier now").text(chosen))
            ax.set_ylabel(message("Tier before").text(chosen))

        return charts.draw_figure(draw, width=4.8, height=1.4 + 0.6 * len(self.tiers))


def migration(
    previous: Grades | pd.DataFrame | Table | str | Path,
    current: Grades | pd.DataFrame | Table | str | Path,
    *,
    tiers: Sequence[str] | None = None,
    confidence: float = 0.95,
    engine: Engine | None = None,
) -> Migration:
    """Compare the tiers of two waves, inside the engine.

    Parameters
    ----------
    previous, current
        Grades of both waves, or tables with ``customer_id``, ``tier`` and perhaps ``value``.
    tiers
        Names of the tiers, the highest first; from the current grades if None.
    confidence
        Level of the Wilson intervals.
    engine
        Engine for DataFrames and paths.

    Returns
    -------
    Migration
        Customers in both waves, entrants and leavers apart. Their numbers add up to both waves.

    Raises
    ------
    InputError
        If a column is missing, the tiers are not known, or a wave has a tier that the other does not know.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": ["a", "b", "c"], "tier": ["A", "B", "B"]})
    >>> now = pd.DataFrame({"customer_id": ["a", "b", "d"], "tier": ["B", "B", "A"]})
    >>> moved = migration(before, now, tiers=["A", "B"])
    >>> moved.counts.to_numpy().tolist(), moved.entrants["customers"].tolist(), moved.leavers["customers"].tolist()
    ([[0, 1], [0, 1]], [1, 0], [0, 1])
    """
    later = current.source if isinstance(current, Grades) else as_table(current, engine)
    earlier = previous.source if isinstance(previous, Grades) else as_table(previous, engine)
    for table, where in ((earlier, "previous"), (later, "current")):
        require_columns(table.columns, [CUSTOMER_ID, TIER], where=where)
        refuse_ids(table, where=where)
    names = _names(previous, current, tiers)
    earlier = in_engine(earlier, later.engine)
    valued = "value" in earlier.columns and "value" in later.columns
    found = later.engine.rows(_join_sql(earlier, later, valued))
    _refuse_unknown(found, names)
    both = found[found["from_tier"].notna() & found["to_tier"].notna()]
    pairs = _pairs(both, names, confidence)
    return Migration(
        level=confidence,
        table=pairs,
        movement=_movement(pairs, confidence),
        entrants=_one_side(found[found["from_tier"].isna()], "to_tier", "value_after", names),
        leavers=_one_side(found[found["to_tier"].isna()], "from_tier", "value_before", names),
        tiers=names,
        notes=_notes(pairs, names),
    )


def _names(previous: object, current: object, tiers: Sequence[str] | None) -> tuple[str, ...]:
    if tiers is not None:
        return tuple(tiers)
    if not isinstance(current, Grades):
        raise InputError(
            "The order of the tiers is known.",
            found="tables without rules",
            fix="Give tiers=[...], the highest first, or pass what grade() returned.",
            where="tiers",
        )
    if isinstance(previous, Grades) and set(previous.rules.names) != set(current.rules.names):
        raise InputError(
            "Both waves have the same tiers.",
            found=f"{', '.join(previous.rules.names)} before, {', '.join(current.rules.names)} now",
            fix="Grade the previous wave by the current rules first.",
            where="previous",
        )
    return current.rules.names


def _join_sql(earlier: Table, later: Table, valued: bool) -> str:
    d = later.engine.dialect
    worth = ""
    if valued:
        worth = "".join(
            f", {d.exact_sum(f'{side}.value', 4)} AS {name}"
            for side, name in (("p", "value_before"), ("c", "value_after"))
        )
    return f"""
        SELECT CAST(p.tier AS {d.text_type}) AS from_tier, CAST(c.tier AS {d.text_type}) AS to_tier,
               count(*) AS customers{worth}
        FROM {earlier.source} AS p FULL OUTER JOIN {later.source} AS c ON c.{CUSTOMER_ID} = p.{CUSTOMER_ID}
        GROUP BY 1, 2"""


def _refuse_unknown(found: pd.DataFrame, names: tuple[str, ...]) -> None:
    seen = set(found["from_tier"].dropna()) | set(found["to_tier"].dropna())
    if seen - set(names):
        raise InputError(
            "Both waves have the same tiers.",
            found=f"{', '.join(sorted(seen - set(names)))} beside {', '.join(names)}",
            fix="Grade both waves by the same rules, or name all tiers.",
            where="tiers",
        )


def _pairs(both: pd.DataFrame, names: tuple[str, ...], confidence: float) -> pd.DataFrame:
    grid = pd.MultiIndex.from_product([names, names], names=["from_tier", "to_tier"])
    full = both.set_index(["from_tier", "to_tier"]).reindex(grid).reset_index()
    n = full["customers"].fillna(0).to_numpy(dtype=np.int64)
    place = {name: i for i, name in enumerate(names)}
    step = full["to_tier"].map(place).to_numpy() - full["from_tier"].map(place).to_numpy()
    table = full[["from_tier", "to_tier"]].assign(
        direction=np.select([step < 0, step > 0], [ROSE, FELL], STAYED), customers=n
    )
    start = np.repeat(n.reshape(len(names), -1).sum(axis=1), len(names)).astype(float)
    _with_interval(table, "rate", n, start, confidence)
    for column in ("value_before", "value_after"):
        if column in full:
            table[column] = full[column].fillna(0.0).to_numpy(dtype=float)
    return table


def _with_interval(table: pd.DataFrame, name: str, n: np.ndarray, base: np.ndarray, confidence: float) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(base > 0, n / np.maximum(base, 1), np.nan)
        low, high = wilson(share, base, confidence)
    table[name], table["ci_low"], table["ci_high"] = share, low, high


def _movement(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    values = [c for c in ("value_before", "value_after") if c in table]
    sums = table.groupby("direction")[["customers", *values]].sum().reindex(list(DIRECTIONS)).fillna(0)
    result = pd.DataFrame({"direction": list(DIRECTIONS), "customers": sums["customers"].to_numpy(dtype=np.int64)})
    n = result["customers"].to_numpy(dtype=float)
    _with_interval(result, "share", n, np.full(len(n), n.sum()), confidence)
    for column in values:
        result[column] = sums[column].to_numpy(dtype=float)
    if len(values) == 2:
        result["value_change"] = result["value_after"] - result["value_before"]
    return result


def _one_side(found: pd.DataFrame, tier: str, value: str, names: tuple[str, ...]) -> pd.DataFrame:
    sized = found.set_index(tier).reindex(list(names))
    table = pd.DataFrame({TIER: list(names), "customers": sized["customers"].fillna(0).to_numpy(dtype=np.int64)})
    if value in sized:
        table["amount"] = sized[value].fillna(0.0).to_numpy(dtype=float)
    return table


def _notes(table: pd.DataFrame, names: tuple[str, ...]) -> tuple[Note, ...]:
    text = message(
        "Customers who were in the highest tier fall in part by chance: a good period is followed by an average one "
        "(regression to the mean)."
    )
    started = table.loc[table["from_tier"] == names[0], "customers"].sum()
    return (Note(text),) if started and len(names) > 1 else ()
