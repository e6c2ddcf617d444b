"""Latent classes of categorical answers, missing ones included: StepMix from many starts, the best polished by EM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.clustering.categories import Codes
from workbench.clustering.feature_rules import Floats
from workbench.clustering.scorers_mixture import LatentClasses
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.progress import tracked

FEWEST_STARTS: Final = 20
_POLISHED: Final = 3
_SAME: Final = 0.01
_STEPS: Final = 5_000


@dataclass(frozen=True, eq=False)
class LatentFit:
    """Latent classes fitted.

    Attributes
    ----------
    classes
        Shares and chances.
    loglik, parameters, bic, aic
        Of the rows with at least one answer; BIC with the logarithm of their number.
    entropy
        1 − mean entropy of the class membership / log k: 1 is certain.
    reached
        Of the starts, how many came within 0.05 of the best log-likelihood before polishing.
    starts
        Number of starts.
    rows
        Rows with at least one answer.
    """

    classes: LatentClasses
    loglik: float
    parameters: int
    entropy: float
    reached: int
    starts: int
    rows: float

    @property
    def bic(self) -> float:
        """Bayesian information criterion."""
        return float(-2 * self.loglik + self.parameters * np.log(self.rows))

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return -2 * self.loglik + 2 * self.parameters


def latent_classes(
    codes: Codes,
    k: int,
    *,
    levels: tuple[int, ...],
    seed: int,
    starts: int = FEWEST_STARTS,
    weights: Floats | None = None,
) -> LatentFit:
    """Fit `k` latent classes by maximum likelihood; missing answers (−1) are left out of the likelihood, not guessed.

    Parameters
    ----------
    codes
        Rows × items; 0 … levels − 1, anything else is missing.
    k
        Number of classes.
    levels
        Number of levels of each item.
    seed
        Seed of the starts.
    starts
        Random starts of StepMix; the best are polished by EM until the log-likelihood stands still.
    weights
        Weight of each row.

    Raises
    ------
    InputError
        If there are fewer patterns of answers than classes.

    Notes
    -----
    Rows with the same answers are one row with a count, which is the same likelihood. Answers are missing at random.
    Lazarsfeld & Henry (1968); StepMix: Morin et al. (2025), Journal of Statistical Software 113(8).

    Examples
    --------
    >>> answers = np.repeat([[0, 0, 0], [1, 1, 1]], 30, axis=0)
    >>> found = latent_classes(answers, 2, levels=(2, 2, 2), seed=1)
    >>> round(found.loglik, 2), found.classes.shares.round(2).tolist()
    (-41.59, [0.5, 0.5])
    """
    usable = np.stack([np.where((c >= 0) & (c < n), c, -1) for c, n in zip(codes.T, levels, strict=True)], axis=1)
    answered = (usable >= 0).any(axis=1)
    weight = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=np.float64)
    patterns, place = np.unique(usable[answered], axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), weight[answered], minlength=len(patterns)).astype(np.float64)
    if len(patterns) < k:
        raise InputError(
            "There are at least as many patterns of answers as classes.",
            found=f"{len(patterns)} patterns, {k} classes",
            fix="Use fewer.",
            where="k",
        )
    hot = [np.where(patterns[:, j, None] == np.arange(n)[None, :], 1.0, 0.0) for j, n in enumerate(levels)]
    begun = tracked(range(starts), message("Trying several starts"))
    tried = sorted((_start(patterns, counts, levels, k, seed + s) for s in begun), key=lambda t: -t[0])
    best = max((_polish(hot, counts, t[1]) for t in tried[:_POLISHED]), key=lambda t: t[0])
    loglik, classes = best
    reached = sum(t[0] >= tried[0][0] - _SAME * 5 for t in tried)
    chance = classes.posterior(patterns)
    entropy = -(counts @ (chance * np.log(np.maximum(chance, 1e-300))).sum(axis=1)) / counts.sum()
    parameters = k - 1 + k * sum(n - 1 for n in levels)
    return LatentFit(
        classes,
        loglik,
        parameters,
        float(1 - entropy / np.log(k)) if k > 1 else 1.0,
        reached,
        starts,
        float(counts.sum()),
    )


def _start(patterns: Codes, counts: Floats, levels: tuple[int, ...], k: int, seed: int) -> tuple[float, LatentClasses]:
    import warnings

    from stepmix.stepmix import StepMix

    data = np.where(patterns < 0, np.nan, patterns).astype(float)
    model = StepMix(
        n_components=k,
        measurement="categorical_nan",
        n_init=1,
        random_state=seed,
        abs_tol=1e-5,
        rel_tol=1e-7,
        max_iter=100,
        verbose=0,
        progress_bar=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every start that has not converged; the best are polished here
        model.fit(data, sample_weight=counts)
    found = model.get_parameters()
    widest, pis = int(found["measurement"]["max_n_outcomes"]), np.asarray(found["measurement"]["pis"])
    tables = tuple(pis[:, j * widest : j * widest + n] for j, n in enumerate(levels))
    return float(model.lower_bound_) * float(counts.sum()), LatentClasses(np.asarray(found["weights"]), tables)


def _polish(hot: list[Floats], counts: Floats, start: LatentClasses) -> tuple[float, LatentClasses]:
    shares, tables = start.shares.astype(float), [np.maximum(t, 1e-12) for t in start.chances]
    before, loglik = -np.inf, -np.inf
    for _ in range(_STEPS):
        logs = np.log(np.maximum(shares, 1e-300)) + sum(
            h @ np.log(np.maximum(t, 1e-300)).T for h, t in zip(hot, tables, strict=True)
        )
        top = logs.max(axis=1, keepdims=True)
        chance = np.exp(logs - top)
        mass = chance.sum(axis=1, keepdims=True)
        loglik = float(counts @ (np.log(mass) + top).ravel())
        if loglik - before < 1e-9 * max(abs(loglik), 1.0):
            break
        before = loglik
        chance *= (counts / mass.ravel())[:, None]
        shares = chance.sum(axis=0) / counts.sum()
        tables = [(chance.T @ h) / np.maximum((chance.T @ h).sum(axis=1, keepdims=True), 1e-300) for h in hot]
    return loglik, LatentClasses(shares, tuple(np.asarray(t) for t in tables))
