"""The result of every weighting step: the weights, what was done level by level, and what to be careful about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Codes, Floats
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.weighting.columns import ASKED, RESPONDENTS, RESPONSE_RATE
from workbench.weighting.distances import Distance

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a variance needs to know about calibrated weights: the auxiliaries and the weights before.

    Rows with the same auxiliaries share a cell, so a million rows need only the matrix of their cells.

    Attributes
    ----------
    cell
        The row of `matrix` of each row of the data.
    matrix
        Auxiliary variables of each cell (cells x variables).
    base
        Weights before calibration; they weight the regression of Deville and Särndal (1992), eq. 3.4.
    targets
        Total of each auxiliary in the population.
    distance, bounds
        How far weights may move, and by which measure.
    blocks
        Sizes of the groups of auxiliaries that are levels of one margin, where all of them are; else empty.
    """

    cell: Codes
    matrix: Floats
    base: Floats
    targets: Floats
    distance: Distance = "raking"
    bounds: tuple[float, float] | None = None
    blocks: tuple[int, ...] = ()

    @property
    def raking(self) -> bool:
        """Whether iterative proportional fitting solves it: multiplicative, on margins only."""
        return self.distance == "raking" and sum(self.blocks) == self.matrix.shape[1]

    def residuals(self, scores: Floats) -> Floats:
        """Return what the auxiliaries do not explain of `scores` (rows x variables), a design-weighted regression."""
        cells = len(self.matrix)
        weight = np.bincount(self.cell, self.base, minlength=cells)
        totals = np.column_stack([np.bincount(self.cell, self.base * s, minlength=cells) for s in scores.T])
        root = np.sqrt(weight)[:, None]
        safe = np.where(root > 0, root, 1.0)
        slope = np.linalg.lstsq(self.matrix * root, totals / safe, rcond=None)[0]
        return scores - (self.matrix @ slope)[self.cell]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Weights(Result):
    """Weights of one step.

    Attributes
    ----------
    weights
        One weight per row, aligned with the index of the input.
    table
        What the step did, one row per cell or level; columns depend on the step.
    calibration
        What a `Design` needs so that variances count the gain from calibration; None for other steps.
    """

    weights: pd.Series
    calibration: Calibration | None = None

    caption: ClassVar[Message] = message("Weights, step by step")
    columns: ClassVar[Mapping[str, Column]] = {
        "step": Column(message("Step")),
        "margin": Column(message("Margin")),
        "level": Column(message("Level")),
        "target": Column(message("Target"), "int"),
        "before": Column(message("Before"), "int"),
        "after": Column(message("After"), "int"),
        "share_before": Column(message("Share before"), "pct1"),
        "share_after": Column(message("Share after"), "pct1"),
        "ratio": Column(message("Factor"), "dec3"),
        "factor": Column(message("Factor"), "dec3"),
        "respondents": RESPONDENTS,
        "asked": ASKED,
        "response_rate": RESPONSE_RATE,
        "sum": Column(message("Sum of weights"), "int"),
        "min": Column(message("Smallest"), "dec2"),
        "median": Column(message("Median"), "dec2"),
        "max": Column(message("Largest"), "dec2"),
        "cv": Column(message("Coefficient of variation"), "dec2"),
        "max_ratio": Column(message("Largest factor"), "dec2"),
        "min_ratio": Column(message("Smallest factor"), "dec2"),
        "weight": Column(message("Weight"), "dec2"),
        "trimmed": Column(message("Trimmed weights"), "int"),
    }

    @property
    def n_effective(self) -> float:
        """Kish's effective number of answers, from the rows with a weight above zero."""
        values = self.weights.to_numpy(dtype=float)
        return kish_effective(values[values > 0])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how the weights are distributed."""
        values = self.weights.to_numpy(dtype=float)
        values = values[values > 0]

        def draw(ax: Axes) -> None:
            ax.hist(values, bins=min(40, max(5, int(np.sqrt(len(values))))), color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Weight"), language))
            ax.set_ylabel(charts.text(message("Respondents"), language))
            charts.format_axis(ax.yaxis, "int", language)

        return charts.draw_figure(draw)


def kish_deff(weights: Floats) -> float:
    """Return Kish's design effect of unequal weights, n Σw² / (Σw)²; 1 where all weights are equal.

    Source: Kish, Survey Sampling (1965), section 11.7.

    Examples
    --------
    >>> kish_deff(np.array([1.0, 3.0]))
    1.25
    """
    total = weights.sum()
    return float(len(weights) * (weights @ weights) / total**2) if total > 0 else float("nan")


def kish_effective(weights: Floats) -> float:
    """Return Kish's effective number of answers, (Σw)² / Σw².

    Examples
    --------
    >>> kish_effective(np.array([1.0, 1.0]))
    2.0
    """
    squares = weights @ weights
    return float(weights.sum() ** 2 / squares) if squares > 0 else 0.0
