"""Personas: the typical ranges of each segment, and a few real order histories without names, days or exact amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clustering.conditions import Conditions
from workbench.clustering.features import Features
from workbench.clustering.model import SegmentModel
from workbench.clustering.words import label_of, number
from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, format_value, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, SEGMENT, Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST: Final = 20
_WEEKS: Final = 104


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Personas(Result):
    """What the customers of each segment are typically like.

    Attributes
    ----------
    table
        One row per segment and column: ``segment``, ``variable``, ``typical`` (the middle half, or the most common
        level and its share), ``low``, ``median``, ``high`` (quartiles; missing for categories), ``n``.
    histories
        One row per order of the example customers: ``segment``, ``example`` (1, 2, …; not an id), ``weeks_ago``,
        ``amount`` (two significant digits).
    """

    histories: pd.DataFrame

    caption: ClassVar[Message] = message("Personas: the middle half of each segment")
    columns: ClassVar[Mapping[str, Column]] = {"typical": Column(message("Typically"))}

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the orders of the examples over two years; the larger the circle, the larger the amount."""
        segments = sorted(self.histories[SEGMENT].unique())

        def draw(ax: Axes) -> None:
            rows, names, at = {}, [], 0.0
            for s in segments:
                for e in sorted(self.histories.loc[self.histories[SEGMENT] == s, "example"].unique()):
                    rows[(s, e)] = at
                    names.append((at, s, e))
                    at += 1
                at += 0.6
            place = [rows[(s, e)] for s, e in zip(self.histories[SEGMENT], self.histories["example"], strict=True)]
            top = max(float(self.histories["amount"].max()), 1.0)
            ax.scatter(
                -self.histories["weeks_ago"],
                place,
                s=8 + 70 * self.histories["amount"].astype(float) / top,
                facecolor=charts.PAPER,
                edgecolor=charts.INK,
                linewidth=0.9,
            )
            label = message("Segment {n:int}", n=0)
            ax.set_yticks(
                [a for a, _, e in names if e == 2],
                [charts.text(Message(label.template, {"n": s}), language) for _, s, e in names if e == 2],
            )
            ax.invert_yaxis()
            ax.grid(axis="y", visible=False)
            ax.xaxis.set_major_formatter(lambda weeks, _: format_value(abs(weeks), "int", language or "en"))
            ax.set_xlabel(charts.text(message("Weeks before the end of the data"), language))

        return charts.draw_figure(draw, height=1.2 + 0.28 * len(self.histories.groupby([SEGMENT, "example"])))


def personas(
    model: SegmentModel,
    features: Features,
    transactions: Table | None = None,
    *,
    observed_until: dt.date | None = None,
    more: Sequence[str] = (),
    examples: int = 3,
) -> Personas:
    """Describe the typical customer of each segment.

    Parameters
    ----------
    model
        The segmentation.
    features
        A sample of customers with their raw rows.
    transactions
        Orders, for the example histories.
    observed_until
        End of the data, needed with orders.
    more
        Further columns of the raw rows to describe.
    examples
        Customers shown for each segment: those nearest to its middle. A segment with fewer than 20 in the sample shows
        none, so that nobody is recognised.

    Returns
    -------
    Personas
        Ranges, and histories without ids, dates and exact amounts.

    Raises
    ------
    InputError
        If a column is missing, or there are orders but no end of the data.

    Examples
    --------
    >>> from workbench.clustering import build_features, fit_segments
    >>> raw = pd.DataFrame({"customer_id": [str(i) for i in range(40)], "frequency": [1, 2] * 10 + [20, 30] * 10})
    >>> features = build_features(raw)
    >>> print(personas(fit_segments(features, k=2, seed=1), features).table["typical"][0])
    20 to 30
    """
    if transactions is not None and observed_until is None:
        raise InputError(
            "Order histories end on a day.",
            found="observed_until=None",
            fix="Write observed_until=datetime.date(2026, 6, 30).",
            where="observed_until",
        )
    rows = features.rows
    require_columns(rows.columns, more, where="features")
    labels = model.assign(features)
    numbers = [r.name for r in features.rules] + [c for c in more if pd.api.types.is_numeric_dtype(rows[c])]
    levels = [c.name for c in features.categories] + [c for c in more if c not in numbers]
    lines = [
        _line(s, name, rows.loc[labels == s, name], name in numbers)
        for s in range(1, model.k + 1)
        for name in dict.fromkeys([*numbers, *levels])
        if (labels == s).any()
    ]
    histories = pd.DataFrame(columns=[SEGMENT, "example", "weeks_ago", "amount"])
    if transactions is not None and observed_until is not None:
        histories = _histories(_nearest(model, features, labels, examples), transactions, observed_until)
    text = message(
        "The middle half of the customers of each segment lies in these ranges ({n:int} customers drawn).", n=len(rows)
    )
    return Personas(table=pd.DataFrame(lines), histories=histories, notes=(Note(text),))


def _line(segment: int, name: str, values: pd.Series, numeric: bool) -> dict[str, object]:
    known = values.dropna()
    line: dict[str, object] = {
        SEGMENT: segment,
        "variable": label_of(name),
        "typical": None,
        "low": np.nan,
        "median": np.nan,
        "high": np.nan,
        "n": len(known),
    }
    if not len(known):
        return line
    if numeric:
        low, middle, high = (float(q) for q in np.quantile(known.to_numpy(dtype=float), [0.25, 0.5, 0.75]))
        typical = message("{low} to {high}", low=number(low), high=number(high))
        return line | {"typical": typical, "low": low, "median": middle, "high": high}
    counts = known.astype(str).value_counts(sort=False).sort_index()
    top = str(counts.idxmax())
    return line | {"typical": message("{level} ({share:pct})", level=top, share=float(counts.max() / counts.sum()))}


def _nearest(model: SegmentModel, features: Features, labels: pd.Series, examples: int) -> pd.DataFrame:
    # nearest to the segment's median, so that nobody unusual is shown
    values = np.where(np.isnan(features.values), 0.0, features.values)
    if not values.shape[1] or (isinstance(model.scorer, Conditions) and not values.shape[1]):
        values = features.codes.astype(float)
    chosen = []
    for s in range(1, model.k + 1):
        mine = np.flatnonzero(labels.to_numpy() == s)
        if len(mine) < FEWEST:
            continue
        apart = ((values[mine] - np.median(values[mine], axis=0)) ** 2).sum(axis=1)
        for e, row in enumerate(mine[np.argsort(apart, kind="stable")[:examples]], 1):
            chosen.append({SEGMENT: s, "example": e, CUSTOMER_ID: features.rows[CUSTOMER_ID].iloc[row]})
    return pd.DataFrame(chosen, columns=[SEGMENT, "example", CUSTOMER_ID])


def _histories(chosen: pd.DataFrame, transactions: Table, end: dt.date) -> pd.DataFrame:
    require_columns(transactions.columns, [CUSTOMER_ID, ORDERED_AT, AMOUNT], where="transactions")
    d = transactions.engine.dialect
    if not len(chosen):
        return pd.DataFrame(columns=[SEGMENT, "example", "weeks_ago", "amount"])
    listed = ", ".join(d.literal(str(i)) for i in chosen[CUSTOMER_ID])
    days = d.days_between.format(start=ORDERED_AT, end=f"DATE '{end}'")
    orders = transactions.rows(
        f"SELECT {CUSTOMER_ID}, {days} AS days, CAST({AMOUNT} AS {d.double_type}) AS amount FROM {{table}} AS t "
        f"WHERE CAST({CUSTOMER_ID} AS {d.text_type}) IN ({listed}) AND {AMOUNT} > 0"
    )
    table = orders.assign(**{CUSTOMER_ID: orders[CUSTOMER_ID].astype(str)}).merge(
        chosen.assign(**{CUSTOMER_ID: chosen[CUSTOMER_ID].astype(str)}), on=CUSTOMER_ID
    )
    table = table[(table["days"] >= 0) & (table["days"] < 7 * _WEEKS)]
    amount = table["amount"].to_numpy(dtype=float)
    size = 10.0 ** (np.floor(np.log10(np.maximum(amount, 1e-9))) - 1)
    made = table.assign(weeks_ago=(table["days"] // 7).astype(int), amount=np.round(amount / size) * size)
    return made[[SEGMENT, "example", "weeks_ago", "amount"]].sort_values(
        [SEGMENT, "example", "weeks_ago", "amount"], ignore_index=True
    )
