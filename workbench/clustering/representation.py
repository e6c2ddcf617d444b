"""Who is over- and under-represented in a segment: shares against those of all customers, tested and sized."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clustering.columns import CI_HIGH, CI_LOW
from workbench.clustering.words import label_of
from workbench.core import charts
from workbench.core.bulk import in_engine
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, SEGMENT, Column
from workbench.core.results import Note, Result
from workbench.estimation.intervals import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LEVELS: Final = 40
NOTABLE: Final = 0.1


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Representation(Result):
    """Shares of levels in segments against those of everybody.

    Attributes
    ----------
    table
        One row per segment, variable and level, the largest differences first: ``segment``, ``variable``, ``level``,
        ``n`` (customers), ``share`` (in the segment) with ``ci_low`` and ``ci_high`` (Wilson), ``overall`` (of all
        customers), ``index`` (share / overall), ``z`` (adjusted residual), ``p_value`` (Holm over all rows).
    notable
        The rows with p < 0.05 and an index at least a tenth away from 1.
    """

    notable: pd.DataFrame

    caption: ClassVar[Message] = message("Over- and under-represented in the segments")
    columns: ClassVar[Mapping[str, Column]] = {
        "level": Column(message("Level")),
        "share": Column(message("Share in the segment"), "pct1"),
        "ci_low": CI_LOW.styled("pct1"),
        "ci_high": CI_HIGH.styled("pct1"),
        "overall": Column(message("Share of all customers"), "pct1"),
        "index": Column(message("Index"), "dec2"),
        "z": Column(message("Adjusted residual"), "dec1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the index of the most notable levels: 1 is as among all customers."""
        shown = self.notable.head(12)

        def draw(ax: Axes) -> None:
            rows = np.arange(len(shown))[::-1]
            over = shown["index"].to_numpy(dtype=float)
            ax.hlines(rows, 1, over, color=charts.MUTED, linewidth=2)
            faces = [charts.INK if v > 1 else charts.PAPER for v in over]
            ax.scatter(over, rows, s=60, color=faces, edgecolor=charts.INK, zorder=3)
            named = zip(shown[SEGMENT], shown["variable"], shown["level"], strict=True)
            ax.set_yticks(
                rows,
                [
                    charts.text(message("{segment} · {variable}: {level}", segment=s, variable=v, level=i), language)
                    for s, v, i in named
                ],
            )
            ax.axvline(1, color=charts.INK, linewidth=1)
            ax.set_xlabel(charts.text(message("Index: share in the segment over share of all customers"), language))
            ax.grid(axis="y", visible=False)

        return charts.draw_figure(draw, height=1.3 + 0.32 * max(len(shown), 1))


def representation(
    segments: Table, customers: Table, columns: Sequence[str], *, confidence: float = 0.95
) -> Representation:
    """Compare the shares of levels in each segment with those of all customers.

    Parameters
    ----------
    segments
        ``customer_id`` and ``segment``.
    customers
        ``customer_id`` and the columns.
    columns
        Columns of categories, with at most 40 levels each.
    confidence
        Level of the intervals.

    Returns
    -------
    Representation
        Every level of every column in every segment.

    Raises
    ------
    InputError
        If a column is missing, has too many levels, or nobody has a segment.

    Notes
    -----
    z is the adjusted residual of the segment × level table (Haberman 1973, Biometrics 29, 205–220), standard normal
    where level and segment are independent; p-values are Holm's. With many customers every difference is significant,
    so the index tells which ones matter.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine, as_table
    >>> engine, ids = DuckDBEngine(), [str(i) for i in range(200)]
    >>> s = as_table(pd.DataFrame({"customer_id": ids, "segment": [1, 2] * 100}), engine)
    >>> c = as_table(pd.DataFrame({"customer_id": ids, "city": ["a", "b"] * 90 + ["b"] * 20}), engine)
    >>> found = representation(s, c, ["city"]).table
    >>> found.loc[(found["segment"] == 1) & (found["level"] == "a"), "share"].tolist()
    [0.9]
    """
    require_columns(segments.columns, [CUSTOMER_ID, SEGMENT], where="segments")
    require_columns(customers.columns, [CUSTOMER_ID, *columns], where="customers")
    both = in_engine(segments, customers.engine)
    counted = _counted(both, customers, columns)
    parts = [_levels(counted[counted["place"] == i], name, confidence) for i, name in enumerate(columns)]
    if not parts or not any(len(p) for p in parts):
        raise InputError(
            "Some customers have a segment and a level.", found="nobody", fix="Name columns.", where="representation"
        )
    table = pd.concat(parts, ignore_index=True)
    table["p_value"] = _holm(table["z"].to_numpy(dtype=float))
    away = np.abs(np.log(np.maximum(table["index"].to_numpy(dtype=float), 1e-9)))
    order = np.lexsort((table["level"].astype(str), table[SEGMENT], -np.abs(table["z"].to_numpy(dtype=float))))
    table, away = table.iloc[order].reset_index(drop=True), away[order]
    notable = table[(table["p_value"] < 0.05) & (away >= np.log1p(NOTABLE))].reset_index(drop=True)
    text = message(
        "Differences of at least {share:pct} that are not chance (p < 0.05, Holm over {n:int} comparisons).",
        share=NOTABLE,
        n=len(table),
    )
    return Representation(table=table, level=confidence, notable=notable, notes=(Note(text),))


def _counted(segments: Table, customers: Table, columns: Sequence[str]) -> pd.DataFrame:
    """Count customers by column, segment and level, in one statement that joins them once."""
    if not columns:
        return pd.DataFrame({"place": []})
    d = customers.engine.dialect
    levels = [f"CAST(c.{d.quote(name)} AS {d.text_type}) AS level_{i}" for i, name in enumerate(columns)]
    each = [
        f"SELECT {i} AS place, {SEGMENT}, level_{i} AS level, count(*) AS n FROM described "
        f"WHERE level_{i} IS NOT NULL GROUP BY {SEGMENT}, level_{i}"
        for i in range(len(columns))
    ]
    return customers.rows(
        f"""
        WITH described AS (
            SELECT s.{SEGMENT} AS {SEGMENT}, {", ".join(levels)}
            FROM {{table}} AS c JOIN {segments.source} AS s ON s.{CUSTOMER_ID} = c.{CUSTOMER_ID})
        {" UNION ALL ".join(each)}"""
    )


def _levels(found: pd.DataFrame, name: str, confidence: float) -> pd.DataFrame:
    counts = found.pivot_table(index="segment", columns="level", values="n", aggfunc="sum").fillna(0)
    if counts.shape[1] > MOST_LEVELS:
        raise InputError(
            f"A column has at most {MOST_LEVELS} levels.",
            found=f"{name!r} has {counts.shape[1]:,}",
            fix="Combine its levels, or leave it out.",
            where="columns",
        )
    if counts.empty or counts.shape[1] < 2:
        return pd.DataFrame()
    n = counts.to_numpy(dtype=float)
    total, rows, levels = n.sum(), n.sum(axis=1), n.sum(axis=0)
    expected = np.outer(rows, levels) / total
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(expected * np.outer(1 - rows / total, 1 - levels / total))
        z = np.where(spread > 0, (n - expected) / spread, 0.0)
    share = n / rows[:, None]
    low, high = wilson(share.ravel(), np.repeat(rows, len(levels)), confidence)
    size = len(rows) * len(levels)
    return pd.DataFrame(
        {
            SEGMENT: np.repeat(counts.index.to_numpy(), len(levels)),
            "variable": pd.Series([label_of(name)] * size, dtype=object),
            "level": np.tile(counts.columns.to_numpy(dtype=object), len(rows)),
            "n": n.ravel().astype(np.int64),
            "share": share.ravel(),
            "ci_low": low,
            "ci_high": high,
            "overall": np.tile(levels / total, len(rows)),
            "index": (share / (levels / total)).ravel(),
            "z": z.ravel(),
        }
    )


def _holm(z: np.ndarray) -> np.ndarray:
    from scipy.stats import norm

    p = 2 * norm.sf(np.abs(z))
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    found = np.empty(len(p))
    found[order] = np.minimum(steps, 1.0)
    return found
