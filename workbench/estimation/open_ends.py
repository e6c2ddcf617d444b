"""Ends of quantile intervals that a sample cannot show: the ranks of order statistics, and where there is none."""

from __future__ import annotations

import numpy as np
import scipy

from workbench.core.checks import Codes, Floats
from workbench.estimation.sample import Sample

BELOW, ABOVE, BOTH, NEITHER = "below", "above", "both", ""


def exact_ranks(n: int, probability: float, confidence: float) -> tuple[int, int]:
    r"""Return the ranks of the two answers between which a quantile lies, each missed with at most half the error.

    Parameters
    ----------
    n
        Independent answers of equal weight.
    probability
        Of the quantile.
    confidence
        Coverage of the interval.

    Returns
    -------
    int, int
        Ranks from 1; 0 below and n + 1 above where no answer can be that end.

    Notes
    -----
    The lower rank is the largest l with :math:`P(B \le l - 1) \le \alpha/2`, the upper one the smallest u with
    :math:`P(B \ge u) \le \alpha/2`, B binomial (David and Nagaraja 2003, *Order Statistics*, section 7.1).

    Examples
    --------
    >>> exact_ranks(10, 0.5, 0.95), exact_ranks(10, 0.9, 0.95), exact_ranks(36, 0.9, 0.95)
    ((2, 9), (7, 11), (29, 36))
    """
    tail = (1 - confidence) / 2 + 1e-15
    counts = np.arange(n + 1)
    lower = int((scipy.stats.binom.cdf(counts, n, probability) <= tail).sum())
    # of the ranks 1 … n those that as many answers, or more, seldom stay below
    rare = int((scipy.stats.binom.sf(counts[1:] - 1, n, probability) <= tail).sum())
    return lower, n + 1 - rare


def beyond_reach(probability: Floats, effective: Floats, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Say for which quantiles too few answers, as many as `effective`, can show a lower and an upper end.

    All answers lie below the quantile with chance p^m: where that is above half the error, none of them is a limit.

    Examples
    --------
    >>> [bool(side[0]) for side in beyond_reach(np.array([0.9]), np.array([35.0]), 0.95)]
    [False, True]
    """
    tail = (1 - confidence) / 2
    known = np.where(np.isfinite(effective), np.maximum(effective, 0.0), 0.0)
    return (1 - probability) ** known > tail, probability**known > tail


def is_simple(sample: Sample, rows: Codes) -> bool:
    """Tell whether rows are independent answers of one weight, so that ranks of answers are exact."""
    stage, weights = sample.first, sample.weights[rows]
    return (
        stage.unit is None
        and len(stage.taken) == 1
        and not stage.fraction.any()
        and sample.calibration is None
        and sample.replicates is None
        and sample.chances is None
        and sample.second is None
        and stage.order is None
        and bool(np.ptp(weights) <= 1e-12 * max(float(weights.max()), 1e-300))
    )


def open_word(below: bool, above: bool) -> str:
    """Return which ends are open: ``below``, ``above``, ``both`` or nothing.

    Examples
    --------
    >>> open_word(False, True), open_word(True, True), open_word(False, False)
    ('above', 'both', '')
    """
    return BOTH if below and above else BELOW if below else ABOVE if above else NEITHER
