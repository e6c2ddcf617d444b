"""How much of a tier's fall comes by itself: regression to the mean, and what is left beyond it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID, TIER, Column
from workbench.core.results import Note, Result
from workbench.tiers.columns import CI_HIGH, CI_LOW
from workbench.tiers.grading import Grades, refuse_ids


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RegressionToMean(Result):
    """What each tier of the previous wave was expected to be worth now, and what it is worth.

    Attributes
    ----------
    table
        One row per tier before: ``tier``, ``customers``, ``before`` (mean value then), ``expected`` (mean value now if
        nothing but chance and the general change had happened), ``after`` (mean value now), ``general`` (total: what
        the change of all customers' mean and spread would have brought), ``by_itself`` (total: regression to the
        mean), ``beyond`` (total: after less expected) with ``ci_low`` and ``ci_high``, ``fell``
        (share that fell) and ``expected_fell`` (share that would have balanced those who rose into the tier and above).
    correlation
        Of the values of both waves over all customers in both.
    slope
        How much of a difference from the mean is still there one wave later.
    """

    correlation: float
    slope: float

    caption: ClassVar[Message] = message("How much of the change comes by itself")
    columns: ClassVar[Mapping[str, Column]] = {
        "before": Column(message("Mean value before"), "money"),
        "expected": Column(message("Mean value expected now"), "money"),
        "after": Column(message("Mean value now"), "money"),
        "general": Column(message("General change, total"), "money"),
        "by_itself": Column(message("Regression to the mean, total"), "money"),
        "beyond": Column(message("Change beyond it, total"), "money"),
        "ci_low": CI_LOW.styled("money"),
        "ci_high": CI_HIGH.styled("money"),
        "fell": Column(message("Fell"), "pct1"),
        "expected_fell": Column(message("Would balance the rises"), "pct1"),
    }


def regression_to_mean(
    previous: Grades | pd.DataFrame | Table | str | Path,
    current: Grades | pd.DataFrame | Table | str | Path,
    *,
    tiers: Sequence[str],
    level: float = 0.95,
    engine: Engine | None = None,
) -> RegressionToMean:
    """Say how much of the change of each tier's value is regression to the mean.

    Parameters
    ----------
    previous, current
        Grades of both waves, or tables with ``customer_id``, ``tier`` and ``value``.
    tiers
        Names of the tiers, the highest first.
    level
        Level of the intervals.
    engine
        Engine for DataFrames and paths.

    Returns
    -------
    RegressionToMean
        Of the customers who are in both waves.

    Raises
    ------
    InputError
        If a column is missing, or fewer than three customers or a single value are in both waves.

    Notes
    -----
    Customers were put into a tier by their value x, so the tier's mean later is expected at m_y + b (x̄ − m_x), with b
    the slope of the value now on the value before over all customers: x is partly lasting and partly luck, and luck
    does not last. Of the expected change, what a customer would get who keeps the place among all customers, in
    standard deviations, is the general change; the rest, (r − 1) (s_y / s_x) (x̄ − m_x), is regression to the mean.
    Galton (1886); Barnett, van der Pols & Dobson (2005), Int. J. Epidemiology 34, 215–220, eq. 1. The
    interval is that of the tier's mean residual. If tiers were in balance, as many would fall out of a tier and those
    above it as rise into them.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": list("abcd"), "tier": list("AABB"), "value": [10.0, 8, 2, 0]})
    >>> now = before.assign(value=[7.0, 7, 3, 3])
    >>> regression_to_mean(before, now, tiers=["A", "B"]).table["expected"].round(1).tolist()
    [6.9, 3.1]
    """
    later = current.source if isinstance(current, Grades) else as_table(current, engine)
    earlier = previous.source if isinstance(previous, Grades) else as_table(previous, engine)
    for table, where in ((earlier, "previous"), (later, "current")):
        require_columns(table.columns, [CUSTOMER_ID, TIER, "value"], where=where)
        refuse_ids(table, where=where)
    earlier = in_engine(earlier, later.engine)
    sums = later.engine.rows(_sql(earlier, later)).groupby(["from_tier", "to_tier"]).sum(numeric_only=True)
    total = sums.sum()
    n = float(total["n"])
    spread = float(total["xx"] - total["x"] ** 2 / n) if n else 0.0
    if n < 3 or spread <= 0:
        raise InputError(
            message("Regression to the mean needs customers of different value in both waves."),
            found=plural("{n:int} customer", "{n:int} customers", n=int(n)),
            fix=message("Pass two waves with values."),
            where="previous",
        )
    both = float(total["xy"] - total["x"] * total["y"] / n)
    after = float(total["yy"] - total["y"] ** 2 / n)
    slope = both / spread
    base = float(total["y"] / n - slope * total["x"] / n)
    widening = float(np.sqrt(after / spread))
    shift = float(total["y"] / n - widening * total["x"] / n)
    line = (slope, base, widening, shift)
    lines = [_line(name, place, sums, list(tiers), line, level) for place, name in enumerate(tiers)]
    correlation = both / np.sqrt(spread * after) if after > 0 else float("nan")
    first = lines[0]
    text = message(
        "Values of both waves correlate by {r:dec2}; of a distance from the average, in standard deviations, as much "
        "is expected to be left. By regression to the mean alone tier {tier} was expected to change by {by:money}.",
        r=correlation,
        tier=first[TIER],
        by=first["by_itself"],
    )
    return RegressionToMean(
        level=level,
        table=pd.DataFrame(lines),
        correlation=float(correlation),
        slope=slope,
        notes=(Note(text, "caution"),),
    )


def _sql(earlier: Table, later: Table) -> str:
    d = later.engine.dialect
    x, y = "CAST(p.value AS DECIMAL(18, 2))", "CAST(c.value AS DECIMAL(18, 2))"
    # exact, because the last digit of a sum of doubles varies from run to run
    products = {"x": x, "y": y, "xx": f"{x} * {x}", "yy": f"{y} * {y}", "xy": f"{x} * {y}"}
    picks = ", ".join(
        f"CAST(sum(CAST({sql} AS DECIMAL(38, 4))) AS {d.double_type}) AS {k}" for k, sql in products.items()
    )
    return f"""
        SELECT CAST(p.{TIER} AS {d.text_type}) AS from_tier, CAST(c.{TIER} AS {d.text_type}) AS to_tier,
               count(*) AS n, {picks}
        FROM {earlier.source} AS p JOIN {later.source} AS c ON c.{CUSTOMER_ID} = p.{CUSTOMER_ID}
        WHERE p.value IS NOT NULL AND c.value IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"""


def _line(
    name: str, place: int, sums: pd.DataFrame, tiers: list[str], line: tuple[float, float, float, float], level: float
) -> dict[str, object]:
    slope, base, widening, shift = line
    of_tier = sums[sums.index.get_level_values("from_tier") == name].sum()
    n = float(of_tier["n"])
    if n == 0:
        return {TIER: name, "customers": 0} | dict.fromkeys(
            (
                "before",
                "expected",
                "after",
                "general",
                "by_itself",
                "beyond",
                "ci_low",
                "ci_high",
                "fell",
                "expected_fell",
            ),
            np.nan,
        )
    before, after = float(of_tier["x"] / n), float(of_tier["y"] / n)
    expected, kept = base + slope * before, shift + widening * before
    squares = (
        of_tier["yy"]
        + slope**2 * of_tier["xx"]
        + n * base**2
        - 2 * slope * of_tier["xy"]
        - 2 * base * of_tier["y"]
        + 2 * base * slope * of_tier["x"]
    )
    variance = max(float(squares) - n * (after - expected) ** 2, 0.0) / max(n - 1, 1)
    error = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(variance * n)
    beyond = n * (after - expected)
    above, below = tiers[: place + 1], tiers[place + 1 :]
    now = sums["n"]
    from_above = now.index.get_level_values("from_tier").isin(above)
    to_above = now.index.get_level_values("to_tier").isin(above)
    own = now.index.get_level_values("from_tier") == name
    fell = float(now[own & now.index.get_level_values("to_tier").isin(below)].sum()) / n
    rises, falls = float(now[~from_above & to_above].sum()), float(now[from_above & ~to_above].sum())
    return {
        TIER: name,
        "customers": int(n),
        "before": before,
        "expected": expected,
        "after": after,
        "general": n * (kept - before),
        "by_itself": n * (expected - kept),
        "beyond": beyond,
        "ci_low": beyond - error,
        "ci_high": beyond + error,
        "fell": fell if below else 0.0,
        "expected_fell": fell * rises / falls if falls else 0.0,
    }
