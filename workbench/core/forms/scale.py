"""Scales: from numbers to places on a sheet, with ticks at round numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import Language, is_spoken


@dataclass(frozen=True)
class Scale:
    """A straight scale.

    Attributes
    ----------
    low, high
        Numbers at its ends.
    start, end
        Their places on the sheet, in units.
    ticks
        Round numbers within it.

    Examples
    --------
    >>> scale = Scale.covering([0.0, 37.0], start=100, end=300)
    >>> scale.place(0.0), scale.ticks
    (100.0, (0.0, 10.0, 20.0, 30.0))
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...] = ()

    @classmethod
    def covering(
        cls,
        numbers: Iterable[float],
        *,
        start: float,
        end: float,
        least: float = 0.0,
        ticks: int = 4,
        whole: bool = False,
        within: tuple[float, float] = (-np.inf, np.inf),
    ) -> Scale:
        """Return a scale that covers numbers.

        Parameters
        ----------
        numbers
            What must lie on it; missing and infinite ones do not count.
        start, end
            Places of its ends, in units.
        least
            Smallest span, so that noise never fills a drawing.
        ticks
            At most so many steps.
        whole
            Whether its ends are ticks.
        within
            Limits of what can be.
        """
        from matplotlib.ticker import MaxNLocator

        known = np.array([n for n in numbers if n is not None and np.isfinite(n)], dtype=float)
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        short = max(least - (high - low), 1e-9 if high == low else 0.0)
        low, high = max(low - short / 2, within[0]), min(high + short / 2, within[1])
        if high - low < least:  # a limit was in the way: grow to the other side
            low, high = (low, low + least) if low == within[0] else (high - least, high)
        places = MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if whole:
            low, high = float(places[0]), float(places[-1])
        slack = 1e-9 * (high - low)
        shown = tuple(float(t) for t in places if low - slack <= t <= high + slack)
        return cls(low, high, start, end, shown)

    def place(self, number: float) -> float:
        """Return the place of a number; what lies beyond an end stands at that end."""
        part = (min(max(number, self.low), self.high) - self.low) / (self.high - self.low)
        return float(self.start + part * (self.end - self.start))


def words(values: Sequence[object], language: Language) -> list[str]:
    """Return names as they read in a language."""
    return [v.text(language) if is_spoken(v) else str(v) for v in values]


def records(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table with their columns as attributes."""
    return list(table.itertuples(index=False))
