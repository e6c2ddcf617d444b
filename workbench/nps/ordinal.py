"""Ordinal logit with weights: proportional odds, their check, and the latent correlations it implies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Codes, Floats
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.results import Note
from workbench.estimation import adjust_p
from workbench.estimation.sample import Sample
from workbench.estimation.variance import covariance_of_totals

FEWEST = 10


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """A fitted ordinal logit: P(Y ≤ j) = logit⁻¹(θ_j - x β).

    Attributes
    ----------
    thresholds, slopes
        θ and β.
    log_likelihood
        Weighted, the weights as given.
    scores
        Each row's derivative of its log-likelihood by θ and β, without weights.
    information
        Minus the second derivative of the weighted log-likelihood.
    converged
        Whether Newton's method arrived.
    """

    thresholds: Floats
    slopes: Floats
    log_likelihood: float
    scores: Floats
    information: Floats
    converged: bool

    @property
    def parameters(self) -> Floats:
        """Thresholds, then slopes."""
        return np.concatenate([self.thresholds, self.slopes])

    def _inverse(self) -> Floats:
        # copies of a driver leave a direction without information
        return np.asarray(np.linalg.pinv(self.information, rcond=1e-12, hermitian=True), dtype=np.float64)

    def replicated(self, weights: Floats, replicates: Floats) -> Floats:
        """Return parameters under other weights, one Newton step from the fit (replicates x parameters).

        Source: Hu and Kalbfleisch (2000), Canadian Journal of Statistics 28, 449–481, the estimating function
        bootstrap.
        """
        steps = self._inverse() @ self.scores.T @ (replicates - weights[:, None])
        return np.asarray(self.parameters + steps.T, dtype=np.float64)

    def covariance(self, sample: Sample, rows: np.ndarray) -> Floats:
        """Return the design-based covariance of the parameters (Binder 1983), `rows` being those that were fitted."""
        scores = np.zeros((len(rows), self.scores.shape[1]))
        scores[rows] = self.scores
        inverse = self._inverse()
        return np.asarray(inverse @ covariance_of_totals(sample, scores) @ inverse, dtype=np.float64)


def merge_levels(y: Floats, fences: Sequence[float] = (), fewest: int = FEWEST) -> tuple[Codes, list[list[float]]]:
    """Return an answer as levels, those with few rows together with their neighbour.

    Parameters
    ----------
    fences
        Lowest answers of classes that are never merged, such as 7 and 9 of the 0–10 scale.
    fewest
        Rows a level needs for a threshold of its own.

    Returns
    -------
    tuple
        Level of each row from 0, and the answers each level is made of.

    Examples
    --------
    >>> merge_levels(np.array([1.0] * 20 + [2.0] * 3 + [3.0] * 20))[1]
    [[1.0, 2.0], [3.0]]
    """
    values, counts = np.unique(y, return_counts=True)
    groups = [[float(v)] for v in values]
    sizes = [int(c) for c in counts]

    def kin(a: int, b: int) -> bool:
        return (
            min(a, b) >= 0
            and max(a, b) < len(groups)
            and len({int(np.searchsorted(fences, groups[i][0], side="right")) for i in (a, b)}) == 1
        )

    while True:
        small = [i for i, s in enumerate(sizes) if s < fewest and (kin(i, i - 1) or kin(i, i + 1))]
        if not small:
            break
        i = min(small, key=lambda j: sizes[j])
        other = i - 1 if kin(i, i - 1) else i + 1
        low, high = min(i, other), max(i, other)
        groups[low : high + 1] = [groups[low] + groups[high]]
        sizes[low : high + 1] = [sizes[low] + sizes[high]]
    level = {v: g for g, group in enumerate(groups) for v in group}
    return np.array([level[float(v)] for v in y], dtype=np.int64), groups


def fit_ordinal(
    y: Codes, x: Floats, weights: Floats, *, free: int | None = None, start: Floats | None = None, steps: int = 60
) -> OrdinalFit:
    """Fit by weighted maximum likelihood, by Newton's method with halved steps.

    Parameters
    ----------
    y
        Levels 0 … J, all present.
    x
        Predictors, rows x drivers.
    weights
        Weight of each row.
    free
        Driver whose slope may differ from threshold to threshold; `slopes` then ends with the J - 1 differences from
        its slope at the first threshold.
    start
        Parameters to start from.
    steps
        Most steps.

    Returns
    -------
    OrdinalFit

    Notes
    -----
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109–142. ``statsmodels``' OrderedModel fits the
    same model but knows no weights; where all weights are equal both agree.

    Examples
    --------
    >>> x = np.arange(60.0)[:, None] / 30
    >>> y = np.array([0, 1, 1, 0, 1, 2] * 10)
    >>> fit_ordinal(y, x, np.ones(60)).slopes.round(3).tolist()
    [0.201]
    """
    cuts, count = int(y.max()), x.shape[1]
    extra = cuts - 1 if free is not None else 0
    if start is None:
        share = np.cumsum(np.bincount(y, weights, minlength=cuts + 1))[:-1] / weights.sum()
        start = np.concatenate([np.log(share / (1 - share)), np.zeros(count + extra)])
    model = _Model(y, x, weights, cuts, free)
    at, value = start.copy(), model.value(start)
    converged = False
    for _ in range(steps):
        scores, information = model.derivatives(at)
        gradient = scores.T @ weights
        step = np.linalg.lstsq(information, gradient, rcond=1e-13)[0]
        gain = float(gradient @ step)
        if abs(gain) < 1e-12 * max(1.0, abs(value)):
            converged = True
            break
        size = 1.0
        while size > 1e-6 and not model.value(at + size * step) > value - 1e-12 * abs(value):
            size /= 2
        if size <= 1e-6:
            break
        at = at + size * step
        value = model.value(at)
    scores, information = model.derivatives(at)
    return OrdinalFit(at[:cuts], at[cuts:], value, scores, information, converged and bool(np.abs(at).max() < 50))


class _Model:
    """Value and derivatives of the log-likelihood."""

    def __init__(self, y: Codes, x: Floats, weights: Floats, cuts: int, free: int | None) -> None:
        self.y, self.x, self.weights, self.cuts = y, x, weights, cuts
        self.free = None if free is None else x[:, free]
        self.upper, self.lower = self._design(y), self._design(y - 1)
        self.last, self.first = y == cuts, y == 0

    def _design(self, cut: Codes) -> Floats:
        there = (cut >= 0) & (cut < self.cuts)
        chosen = np.where(there, cut, 0)
        parts = [np.eye(self.cuts)[chosen], -self.x]
        if self.free is not None:
            parts.append(-self.free[:, None] * np.eye(self.cuts)[chosen][:, 1:])
        return np.hstack(parts) * there[:, None]

    def _pieces(self, at: Floats) -> tuple[Floats, Floats, Floats]:
        above = np.where(self.last, 1.0, scipy.special.expit(self.upper @ at))
        below = np.where(self.first, 0.0, scipy.special.expit(self.lower @ at))
        return above, below, above - below

    def value(self, at: Floats) -> float:
        chance = self._pieces(at)[2]
        return float(self.weights @ np.log(chance)) if chance.min() > 1e-300 else -np.inf

    def derivatives(self, at: Floats) -> tuple[Floats, Floats]:
        above, below, chance = self._pieces(at)
        up, down = above * (1 - above), below * (1 - below)
        scores = (up[:, None] * self.upper - down[:, None] * self.lower) / chance[:, None]
        bend_up, bend_down = up * (1 - 2 * above) / chance, down * (1 - 2 * below) / chance
        w = self.weights
        second = (self.upper * (w * bend_up)[:, None]).T @ self.upper
        second -= (self.lower * (w * bend_down)[:, None]).T @ self.lower
        second -= (scores * w[:, None]).T @ scores
        return scores, -second


def check_proportional_odds(
    y: Codes, x: Floats, sample: Sample, rows: np.ndarray, names: Sequence[str], fit: OrdinalFit, *, designed: bool
) -> pd.DataFrame:
    """Test for each driver whether one slope does for all thresholds.

    Returns
    -------
    DataFrame
        ``driver``, ``statistic``, ``df``, ``p_value``, ``p_adjusted`` (Holm); missing where the wider model has no
        maximum.

    Notes
    -----
    Without a design the likelihood ratio of the model in which the driver has a slope per threshold, as R's
    ``ordinal::nominal_test``; with one Wald's test of the differences on their design-based covariance.
    """
    weights = sample.weights[rows]
    cuts = int(y.max())
    lines = []
    for k in range(len(names)):
        if cuts < 2:
            lines.append((float("nan"), 0, float("nan")))
            continue
        wider = fit_ordinal(y, x, weights, free=k, start=np.concatenate([fit.parameters, np.zeros(cuts - 1)]))
        if not wider.converged:
            lines.append((float("nan"), cuts - 1, float("nan")))
            continue
        if designed:
            extra = slice(cuts + x.shape[1], None)
            covariance = wider.covariance(sample, rows)[extra, extra]
            gamma = wider.parameters[extra]
            statistic = float(gamma @ np.linalg.lstsq(covariance, gamma, rcond=1e-12)[0])
        else:
            statistic = 2 * (wider.log_likelihood - fit.log_likelihood)
        lines.append((statistic, cuts - 1, float(scipy.stats.chi2.sf(statistic, cuts - 1))))
    table = pd.DataFrame(lines, columns=["statistic", "df", "p_value"])
    table.insert(0, "driver", list(names))
    return table.assign(p_adjusted=adjust_p(table["p_value"].to_numpy(dtype=float), "holm"))


def coefficient_table(names: Sequence[str], fit: OrdinalFit, covariance: Floats, confidence: float) -> pd.DataFrame:
    """Return slopes with errors and odds ratios: ``driver``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``,
    ``odds_ratio``, ``odds_low``, ``odds_high``, ``p_value``.
    """  # noqa: D205
    error = np.sqrt(np.clip(np.diag(covariance), 0, None))[len(fit.thresholds) :]
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    low, high = fit.slopes - z * error, fit.slopes + z * error
    return pd.DataFrame(
        {
            "driver": list(names),
            "estimate": fit.slopes,
            "std_error": error,
            "ci_low": low,
            "ci_high": high,
            "odds_ratio": np.exp(fit.slopes),
            "odds_low": np.exp(low),
            "odds_high": np.exp(high),
            "p_value": 2 * scipy.stats.norm.sf(np.abs(fit.slopes) / np.where(error > 0, error, np.nan)),
        }
    )


def fit_without_culprits(
    y: Codes, x: Floats, weights: Floats, names: Sequence[str]
) -> tuple[OrdinalFit, list[int], list[Note]]:
    """Fit by maximum likelihood without the drivers that keep it from having a maximum.

    A driver that decides the answer alone (separation) grows without bound; the one that grew most is left out, until
    the others have a maximum.

    Returns
    -------
    tuple
        The fit, the positions of the drivers in it, and a note for each one left out.

    Raises
    ------
    InputError
        If fewer than two drivers are left.

    Examples
    --------
    >>> x = np.column_stack([np.repeat([1.0, 2.0, 3.0], 20), np.tile([1.0, 2.0], 30), np.tile([3.0, 1.0, 2.0], 20)])
    >>> fit, kept, notes = fit_without_culprits(np.repeat([0, 1, 2], 20), x, np.ones(60), ["all", "a", "b"])
    >>> kept, str(notes[0].message)
    ([1, 2], 'all decides the answer alone and is left out of the ordinal model.')
    """
    kept = list(range(x.shape[1]))
    notes: list[Note] = []
    while True:
        fit = fit_ordinal(y, x[:, kept], weights)
        if fit.converged:
            return fit, kept, notes
        spread = np.maximum(x[:, kept].std(axis=0), 1e-12)
        worst = kept[int((np.abs(fit.slopes) * spread).argmax())]
        if len(kept) <= 2:
            raise InputError(
                "The ordinal model has a maximum.",
                found=f"none; {names[worst]!r} grows without bound",
                fix="Leave it out, or use method='johnson'.",
                where="drivers",
            )
        kept.remove(worst)
        text = message(
            "{driver} decides the answer alone and is left out of the ordinal model.", driver=str(names[worst])
        )
        notes.append(Note(text, "caution"))
