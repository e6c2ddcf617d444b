"""Questions answered by numbers: ratings with their boxes, means, the NPS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from workbench.core.checks import number_column
from workbench.core.errors import InputError
from workbench.core.language import Message, Spoken, message
from workbench.estimation.scores import read_scale
from workbench.tabulation.measured import Base, Kind, Measured, counting


def scale(
    column: str,
    *,
    name: str | None = None,
    label: Spoken | None = None,
    boxes: tuple[int, int] | None = (2, 2),
    mean: bool = True,
    low: int | None = None,
    high: int | None = None,
    asked: str | None = None,
) -> Scale:
    """Put a rating into the rows: top and bottom boxes, every answer, and the mean.

    Parameters
    ----------
    column
        The column of ratings.
    name, label, asked
        As for `single`.
    boxes
        How many answers the top and the bottom box hold; None for no boxes.
    mean
        Whether the mean stands below.
    low, high
        Ends of the scale; the lowest and highest answer given where they are left out.

    Examples
    --------
    >>> found = scale("q", boxes=(1, 1)).measure(pd.DataFrame({"q": [1, 2, 3, 3]}), "answered")
    >>> [str(n) for n in found.labels]
    ['Top box (3)', '3', '2', '1', 'Bottom box (1)', 'Top box less bottom box', 'Mean']
    """
    return Scale(name or column, label, column, boxes, mean, low, high, asked)


def mean(column: str, *, name: str | None = None, label: Spoken | None = None, asked: str | None = None) -> Mean:
    """Put the mean of a column of numbers into the rows.

    Examples
    --------
    >>> mean("spend").measure(pd.DataFrame({"spend": [1.0, 3.0]}), "answered").values[:, 0].tolist()
    [1.0, 3.0]
    """
    return Mean(name or column, label, column, asked)


def nps(
    column: str = "recommend", *, name: str | None = None, label: Spoken | None = None, asked: str | None = None
) -> Nps:
    """Put the Net Promoter Score into the rows, with the shares it is made of.

    Examples
    --------
    >>> found = nps().measure(pd.DataFrame({"recommend": [10, 8, 3]}), "answered")
    >>> [str(n) for n in found.labels], found.values[:, 3].tolist()
    (['Promoters (9–10)', 'Passives (7–8)', 'Detractors (0–6)', 'NPS'], [100.0, 0.0, -100.0])
    """
    return Nps(name or column, label, column, asked)


@dataclass(frozen=True)
class Scale:
    """A rating; see `scale`."""

    name: str
    label: Spoken | str | None
    column: str
    boxes: tuple[int, int] | None
    mean: bool
    low: int | None
    high: int | None
    asked: str | None

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:
        """Return boxes, answers from the highest to the lowest, the difference of the boxes and the mean."""
        values = number_column(data, self.column, where="data")
        known = values[np.isfinite(values)]
        if not len(known):
            raise InputError(
                message("There is at least one answer."),
                found=message("{columns}: missing in all rows", columns=self.column),
                fix=message("Choose another column."),
                where="data",
            )
        low = int(known.min()) if self.low is None else self.low
        high = int(known.max()) if self.high is None else self.high
        counted = counting(data, np.isfinite(values), self.asked, base)
        inside = counted[:, 0] > 0
        steps = list(range(high, low - 1, -1))
        hits = [(values == s) & inside for s in steps]
        labels: list[Spoken | str] = [str(s) for s in steps]
        kinds: list[Kind] = ["answer"] * len(steps)
        columns = [h.astype(float) for h in hits]
        if self.boxes is not None:
            top, bottom = self.boxes
            upper = (values > high - top) & inside
            lower = (values < low + bottom) & inside
            labels = [_box("top", steps[:top]), *labels, _box("bottom", steps[len(steps) - bottom :])]
            labels.append(message("Top box less bottom box"))
            kinds = ["net", *kinds, "net", "mean"]
            columns = [upper.astype(float), *columns, lower.astype(float), upper.astype(float) - lower]
        if self.mean:
            labels.append(message("Mean"))
            kinds.append("mean")
            columns.append(np.where(inside & np.isfinite(values), values, 0.0))
        return Measured(tuple(labels), tuple(kinds), np.column_stack(columns), counted)


@dataclass(frozen=True)
class Mean:
    """The mean of a column; see `mean`."""

    name: str
    label: Spoken | str | None
    column: str
    asked: str | None

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:
        """Return the column; a mean is always of those who have a value."""
        values = number_column(data, self.column, where="data")
        counted = counting(data, np.isfinite(values), self.asked, "answered" if base == "all" else base)
        counted = counted * np.isfinite(values)[:, None]
        return Measured((message("Mean"),), ("mean",), np.where(counted[:, 0] > 0, values, 0.0)[:, None], counted)


@dataclass(frozen=True)
class Nps:
    """The Net Promoter Score; see `nps`."""

    name: str
    label: Spoken | str | None
    column: str
    asked: str | None

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:  # noqa: ARG002 - a score is of those who answered
        """Return the three classes and the score in points."""
        points = read_scale(data, self.column).points
        counted = counting(data, np.isfinite(points), self.asked, "answered")
        inside = counted[:, 0] > 0
        values = np.column_stack([(points == p) & inside for p in (100.0, 0.0, -100.0)]).astype(float)
        labels = (message("Promoters (9–10)"), message("Passives (7–8)"), message("Detractors (0–6)"), message("NPS"))
        score = np.where(inside, np.nan_to_num(points), 0.0)[:, None]
        return Measured(labels, ("answer", "answer", "answer", "nps"), np.hstack([values, score]), counted)


def _box(which: Literal["top", "bottom"], steps: Sequence[int]) -> Message:
    span = f"{min(steps)}" if len(steps) == 1 else f"{min(steps)}–{max(steps)}"
    if which == "top":
        return message("Top box ({span})", span=span)
    return message("Bottom box ({span})", span=span)
