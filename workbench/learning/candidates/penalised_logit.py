"""A logistic regression with a penalty, on the logarithms of features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

import numpy as np

from workbench.core.language import Message, message
from workbench.learning.candidates.candidate import THEMES, Candidate, Sample, theme_index
from workbench.learning.features import Floats

PENALTIES: Final = (0.001, 0.01, 0.1)  # inverse strengths that are tried
_PARTS: Final = 3


@dataclass(frozen=True, eq=False)
class PenalisedLogit(Candidate):
    """Weights of features.

    Attributes
    ----------
    low, high
        Range of each feature seen while learning; values beyond it are taken as its end.
    mean, scale
        Mean and standard deviation of each logarithm.
    weights
        Weight of each standardised logarithm.
    missing
        Weight of not knowing a feature.
    place
        Theme of each feature, as its place among the themes.
    """

    key: ClassVar[str] = "logit"
    label: ClassVar[Message] = message("Penalised logit")

    low: Floats
    high: Floats
    mean: Floats
    scale: Floats
    weights: Floats
    missing: Floats
    place: tuple[int, ...]

    def contributions(self, X: Floats) -> Floats:
        """Return the weighted logarithms, added up by theme."""
        found = np.zeros((len(X), len(THEMES)))
        for j, theme in enumerate(self.place):
            if self.weights[j] == 0.0 and self.missing[j] == 0.0:
                continue
            column = X[:, j]
            unknown = np.isnan(column)
            told = self.weights[j] * (_log(np.clip(column, self.low[j], self.high[j])) - self.mean[j]) / self.scale[j]
            found[:, theme] += np.where(unknown, self.missing[j], told)
        return found


def fit_penalised_logit(sample: Sample) -> PenalisedLogit:
    """Fit a logistic regression with a quadratic penalty, whose strength is chosen by three-fold log-loss.

    Parameters
    ----------
    sample
        What it learns from.

    Returns
    -------
    PenalisedLogit
        Of features that are the same for all customers the weight is 0.

    Notes
    -----
    Of a feature f the logarithm sgn(f) ln(1 + |f|) counts, standardised; a missing one counts as the mean and has an
    indicator. Hoerl & Kennard (1970), Technometrics 12(1), for the penalty; le Cessie & van Houwelingen (1992),
    Applied Statistics 41(1), eq. 2, for its use in logistic regression.

    Examples
    --------
    >>> silent = np.arange(200.0)
    >>> known = Sample(silent[:, None], ("silent_days",), {"silent_days": "silence"}, (silent < 80) * 1.0, 30)
    >>> told = fit_penalised_logit(known).probability(np.array([[5.0], [190.0]]))
    >>> bool(told[0] > 0.9 > 0.3 > told[1])
    True
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    X, y = sample.X, sample.bought
    filled = np.where(np.isnan(X).all(axis=0), 0.0, X)
    low, high = np.nanmin(filled, axis=0), np.nanmax(filled, axis=0)
    logs = _log(filled)
    mean, scale = np.nanmean(logs, axis=0), np.nanstd(logs, axis=0)
    varies = high > low
    safe = np.where(varies, scale, 1.0)
    unknown = np.isnan(filled)
    some = unknown.any(axis=0)
    design = np.hstack([np.where(unknown, 0.0, (logs - mean) / safe)[:, varies], unknown[:, some].astype(float)])

    def fit(strength: float, rows: np.ndarray) -> Any:
        return LogisticRegression(C=strength, solver="newton-cholesky", max_iter=50).fit(design[rows], y[rows])

    with threadpool_limits(limits=1):  # threads that wait cost more than they bring
        losses = [_cross_validated(partial(fit, c), design, y) for c in PENALTIES]
        best = fit(PENALTIES[int(np.argmin(losses))], np.arange(len(y)))
    weights, missing = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    weights[varies] = best.coef_[0][: varies.sum()]
    missing[some] = best.coef_[0][varies.sum() :]
    return PenalisedLogit(
        sample.names,
        float(best.intercept_[0]),
        low=low,
        high=high,
        mean=mean,
        scale=safe,
        weights=weights,
        missing=missing,
        place=tuple(theme_index(sample.names, sample.themes)),
    )


def _cross_validated(fit: Callable[[np.ndarray], Any], design: Floats, y: Floats) -> float:
    loss, parts = 0.0, np.arange(len(y)) % _PARTS
    for part in range(_PARTS):
        learnt, held = np.flatnonzero(parts != part), parts == part
        if len(np.unique(y[learnt])) < 2:
            return np.inf
        told = fit(learnt).decision_function(design[held])
        loss += float(np.logaddexp(0, -np.where(y[held] > 0, told, -told)).sum())
    return loss


def _log(values: Floats) -> Floats:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
