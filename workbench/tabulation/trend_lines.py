"""The table behind a trend: a line for each cell and wave, with the change since the wave before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.estimation.comparisons import Adjust
from workbench.estimation.intervals import quantile_t
from workbench.tabulation.columns import Columns
from workbench.tabulation.comparisons import Compared
from workbench.tabulation.lines import cell_limits
from workbench.tabulation.measured import Measured
from workbench.tabulation.wave_rows import WaveRows
from workbench.tabulation.wave_tests import change_between, combined


@dataclass(frozen=True)
class Asked:
    """What is asked of a trend: names and last days of its waves, and arguments of `workbench.tabulation.trend`."""

    names: tuple[str, ...]
    ended: tuple[dt.date | None, ...]
    test: str = "design"
    correction: Adjust | None = "bh"
    level: float = 0.95
    minimum: int = 30
    small: int = 100
    rolling: int | None = None


@dataclass(frozen=True, eq=False)
class OfQuestion:
    """One question of a trend.

    Attributes
    ----------
    name, measured
        Its name, and its rows in the last wave.
    rows, columns
        The question over waves, and the columns.
    breaks
        Whether something changed in it before each wave.
    """

    name: str
    measured: Measured
    rows: WaveRows
    columns: Columns
    breaks: np.ndarray

    @property
    def asked_in(self) -> np.ndarray:
        """Places of the waves with answers."""
        return np.flatnonzero(np.isfinite(self.rows.estimate).any(axis=(1, 2)))

    @property
    def comparable(self) -> np.ndarray:
        """Places of the waves with answers that can be compared with the newest."""
        broken = np.flatnonzero(self.breaks)
        asked = self.asked_in
        return asked[asked >= (broken[-1] if len(broken) else 0)]

    @property
    def families(self) -> list[np.ndarray]:
        """Columns whose p-values are corrected together: the total alone, and all others."""
        group = self.columns.group
        return [f for f in (np.flatnonzero(group == 0), np.flatnonzero(group > 0)) if len(f)]

    def change(self, before: int, after: int, asked: Asked) -> Compared:
        """Return the change between two waves in every cell."""
        return change_between(
            self.rows, before, after, test=asked.test, minimum_base=asked.minimum, families=self.families
        )


def trend_lines(one: OfQuestion, asked: Asked) -> pd.DataFrame:
    """Return a line for each cell and wave of a question.

    Returns
    -------
    DataFrame
        ``question``, ``row``, ``kind``, ``group``, ``column``, ``wave``, ``estimate``, ``std_error``, ``ci_low``,
        ``ci_high``, ``n``, ``weighted_base``, ``n_effective``, ``degrees_of_freedom``, ``breaks`` (whether it cannot be
        compared with what came before), ``change``, ``change_low``, ``change_high``, ``p_change`` (since the wave
        before, not corrected), ``rolling``, ``rolling_low``, ``rolling_high``, ``flag``.
    """
    waves, wide, rows = one.rows.estimate.shape
    limits = [cell_limits(one.measured, c, asked.level) for c in one.rows.cells]
    found: dict[str, Floats] = {
        "estimate": one.rows.estimate,
        "std_error": np.sqrt(np.stack([c.variance for c in one.rows.cells])),
        "ci_low": np.stack([low for low, _ in limits]),
        "ci_high": np.stack([high for _, high in limits]),
        "n": one.rows.n,
        "weighted_base": np.stack([c.mass for c in one.rows.cells]),
        "n_effective": np.stack([c.kish for c in one.rows.cells]),
        "degrees_of_freedom": one.rows.freedom,
        **_changes(one, asked),
        **_rolling(one, asked),
    }
    order = (2, 1, 0)  # row by row of the table, column by column, wave by wave
    key = one.columns.key
    size = (rows, wide, waves)
    across = np.arange(rows)[:, None, None], np.arange(wide)[None, :, None], np.arange(waves)[None, None, :]
    k, j, w = (np.broadcast_to(a, size).ravel() for a in across)
    numbers = {name: np.transpose(v, order).ravel() for name, v in found.items()}
    n = numbers.pop("n").astype(np.int64)
    return pd.DataFrame(
        {
            "question": one.name,
            "row": np.array(one.measured.names, dtype=object)[k],
            "kind": np.array(one.measured.kinds, dtype=object)[k],
            "group": key["group"].to_numpy(dtype=object)[j],
            "column": key["column"].to_numpy(dtype=object)[j],
            "wave": np.array(asked.names, dtype=object)[w],
            **{c: numbers[c] for c in ("estimate", "std_error", "ci_low", "ci_high")},
            "n": n,
            **{c: numbers[c] for c in ("weighted_base", "n_effective", "degrees_of_freedom")},
            "breaks": one.breaks[w],
            **{c: numbers[c] for c in numbers if c.startswith(("change", "p_change", "rolling"))},
            "flag": np.where(n < asked.minimum, "**", np.where(n < asked.small, "*", "")),
        }
    )


def _changes(one: OfQuestion, asked: Asked) -> dict[str, Floats]:
    """Return the change of each wave since the last one before it that had the question; none across a break."""
    names = ("change", "change_low", "change_high", "p_change")
    found = {name: np.full(one.rows.estimate.shape, np.nan) for name in names}
    waves = one.asked_in
    for before, after in pairwise(waves):
        if one.breaks[before + 1 : after + 1].any():
            continue
        c = one.change(int(before), int(after), asked)
        assert c.reach is not None and c.own_freedom is not None
        reach = quantile_t(asked.level, c.own_freedom) * c.reach
        for name, values in zip(
            names, (c.difference, c.difference - reach, c.difference + reach, c.p_value), strict=True
        ):
            found[name][after] = values
    return found


def _rolling(one: OfQuestion, asked: Asked) -> dict[str, Floats]:
    """Return the mean of the last waves up to each, with the error that their full covariance gives it."""
    names = ("rolling", "rolling_low", "rolling_high")
    found = {name: np.full(one.rows.estimate.shape, np.nan) for name in names}
    size = asked.rolling
    if size is None:
        return found
    _, wide, rows = one.rows.estimate.shape
    for last in range(size - 1, len(asked.names)):
        span = np.arange(last - size + 1, last + 1)
        if one.breaks[span[1:]].any():
            continue
        for j in range(wide):
            for k in range(rows):
                y, v = one.rows.estimate[span, j, k], one.rows.covariance[np.ix_(span, span)][:, :, j, k]
                if not np.isfinite(v).all():
                    continue
                each = one.rows.freedom[span, j, k]
                line = combined(y, v, np.full(size, 1 / size), float(one.rows.degrees[j]), each)
                reach = float(quantile_t(asked.level, np.array([line.freedom]))[0]) * line.std_error
                for name, value in zip(
                    names, (line.estimate, line.estimate - reach, line.estimate + reach), strict=True
                ):
                    found[name][last, j, k] = value
    return found
