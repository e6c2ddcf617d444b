"""The long run: a measure over all waves of a study, whether it moved at all, and whether it rises or falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import scipy

from workbench.core.errors import InputError, require_columns
from workbench.core.forms import trend
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.columns import ESTIMATE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEWEST_WAVES = 3


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WaveTrend(Result):
    """A measure over waves with its tests.

    Attributes
    ----------
    table
        One row per wave that can be compared with the newest: ``wave``, ``estimate``, ``std_error``, ``ci_low``,
        ``ci_high``, ``n``.
    slope, slope_low, slope_high
        Mean change per wave, with its interval.
    slope_p
        p-value of no slope.
    joint_p
        p-value of no change between any of the waves.
    waves
        How many waves the tests rest on.
    """

    slope: float
    slope_low: float
    slope_high: float
    slope_p: float
    joint_p: float
    waves: int

    caption: ClassVar[Message] = message("Over all waves")
    columns: ClassVar[Mapping[str, Column]] = {"estimate": ESTIMATE.styled("dec2")}

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the measure over the waves."""
        return trend(self.table, language)


def wave_trend(table: pd.DataFrame, *, confidence: float = 0.95) -> WaveTrend:
    """Test a measure over all waves together.

    Parameters
    ----------
    table
        One row per wave, the oldest first: ``wave``, ``estimate``, ``std_error``, and perhaps ``ci_low``, ``ci_high``,
        ``n`` and ``breaks`` (whether the wave cannot be compared with the one before: only waves from the last break on
        count).
    confidence
        Coverage of the slope's interval.

    Returns
    -------
    WaveTrend
        The waves are taken as independent samples. Where they share customers, who answer alike, changes are told less
        often than they could be, never more often.

    Raises
    ------
    InputError
        If fewer than three waves can be compared.

    Notes
    -----
    With weights 1/s² the slope is the weighted least squares line over the waves' order, its variance
    1 / Σ w (x − x̄)²; the joint test is Cochran's Q = Σ w (y − ȳ)² on k − 1 degrees of freedom. Cochran (1954),
    Biometrics 10, 101–129.

    Examples
    --------
    >>> waves = pd.DataFrame({"wave": list("abcd"), "estimate": [30.0, 34.0, 38.0, 42.0], "std_error": [2.0] * 4})
    >>> found = wave_trend(waves)
    >>> round(found.slope, 2), round(found.slope_p, 6)
    (4.0, 8e-06)
    """
    require_columns(map(str, table.columns), ["wave", "estimate", "std_error"], where="waves")
    rows = table.dropna(subset=["estimate", "std_error"])
    if "breaks" in rows:
        last = np.flatnonzero(rows["breaks"].fillna(False).astype(bool).to_numpy())
        rows = rows.iloc[last[-1] if len(last) else 0 :]
    rows = rows[rows["std_error"] > 0].reset_index(drop=True)
    if len(rows) < FEWEST_WAVES:
        raise InputError(
            message("A trend rests on at least {n:int} waves that can be compared.", n=FEWEST_WAVES),
            found=plural("{n:int} wave", "{n:int} waves", n=len(rows)),
            fix=message("Wait for the next wave; until then the change since the last one says what there is to say."),
            where="waves",
        )
    x = np.arange(len(rows), dtype=float)
    y, weight = rows["estimate"].to_numpy(dtype=float), 1 / rows["std_error"].to_numpy(dtype=float) ** 2
    centre = float(weight @ x / weight.sum())
    spread = float(weight @ (x - centre) ** 2)
    slope = float(weight @ ((x - centre) * y)) / spread
    error = spread**-0.5
    reach = float(scipy.stats.norm.ppf((1 + confidence) / 2)) * error
    q = float(weight @ (y - weight @ y / weight.sum()) ** 2)
    return WaveTrend(
        table=rows,
        slope=slope,
        slope_low=slope - reach,
        slope_high=slope + reach,
        slope_p=float(2 * scipy.stats.norm.sf(abs(slope) / error)),
        joint_p=float(scipy.stats.chi2.sf(q, len(rows) - 1)),
        waves=len(rows),
        notes=(Note(message("Waves are taken as independent samples.")),),
    )
