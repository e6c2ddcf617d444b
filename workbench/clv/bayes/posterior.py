"""The posterior of a fit's parameters, by independence Metropolis–Hastings: no sampler's tuning, no other package.

Proposals come from a multivariate t around the maximum, in the logarithms, with the fit's covariance; near the maximum
of a likelihood of many customers nearly all of them are accepted. Source: Tierney (1994), Annals of Statistics 22(4),
section 2.3.2; effective sample size after Geyer (1992), Statistical Science 7(4), initial positive sequence.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, PARAMETER
from workbench.clv.models.fit import Fit, finite_covariance
from workbench.clv.models.penalty import Pull
from workbench.clv.purchases.patterns import Floats
from workbench.core import charts
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FREEDOM: Final = 4.0
_WIDER: Final = 1.15
_FEW: Final = 400.0  # for limits of intervals
_TOO_FEW: Final = 100.0
_ROUNDS: Final = 6
_PILOT: Final = 1000
_GOOD: Final = 0.8  # share of effective draws with which a proposal is good enough
_FARTHEST: Final = 18.0


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Posterior(Result):
    """Draws from the posterior of a fit's parameters.

    Attributes
    ----------
    table
        One row per parameter: ``parameter``, ``mean``, ``median``, ``ci_low``, ``ci_high`` (quantiles),
        ``n_effective``.
    draws
        One row per draw, one column per parameter.
    accepted
        Share of proposals that were accepted.
    level
        Level of the intervals.
    """

    draws: pd.DataFrame
    accepted: float
    level: float

    caption: ClassVar[Message] = message("Posterior of the parameters")
    columns: ClassVar[Mapping[str, Column]] = {
        "parameter": PARAMETER,
        "mean": Column(message("Mean"), "dec3"),
        "median": Column(message("Median"), "dec3"),
        "ci_low": CI_LOW_LOW,
        "ci_high": CI_HIGH_HIGH,
        "n_effective": Column(message("Effective draws"), "int"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each parameter's interval, relative to its median."""

        def draw(ax: Axes) -> None:
            at = np.arange(len(self.table))[::-1]
            middle = self.table["median"].to_numpy(dtype=float)
            low, high = (self.table[c].to_numpy(dtype=float) / middle for c in ("ci_low", "ci_high"))
            ax.hlines(at, low, high, color=charts.ACCENT)
            ax.plot(np.ones(len(at)), at, "o", color=charts.ACCENT)
            ax.set_xscale("log")
            ax.set_yticks(at, self.table["parameter"].tolist())
            ax.set_xlabel(charts.text(message("Relative to the median"), language))

        return charts.draw_figure(draw)


def draw_posterior(fit: Fit, *, draws: int = 2000, level: float = 0.95, prior: float = 3.0, seed: int) -> Posterior:
    """Draw from the posterior of a fit's parameters.

    Parameters
    ----------
    fit
        A fit with what it was fitted to.
    draws
        Draws to keep; each one costs one evaluation of the likelihood.
    level
        Level of the intervals.
    prior
        Standard deviation of the normal prior of every parameter's logarithm, around 0 for shapes and around the mean
        age or amount for scales; the same in every unit.
    seed
        Seed of the draws.

    Returns
    -------
    Posterior
        With a caution where the effective number of draws of a parameter is below 400, a warning below 100.

    Raises
    ------
    InputError
        If the fit carries no data, or an argument is out of range.

    Examples
    --------
    >>> from workbench.clv import fit_sbg
    >>> posterior = draw_posterior(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]), draws=1000, seed=1)
    >>> posterior.accepted > 0.7
    True
    """
    if draws < 2 or not 0 < level < 1 or not prior > 0:
        raise InputError(
            "Draws are 2 or more, a level lies between 0 and 1, a prior's spread is above 0.",
            found=f"draws = {draws!r}, level = {level!r}, prior = {prior!r}",
            fix="Write draws=2000, level=0.95, prior=3.0.",
            where="draw_posterior",
        )
    target = _Target.of(fit, prior)
    random = np.random.default_rng(seed)
    proposal = _Proposal.of(fit)
    for _ in range(_ROUNDS):
        logs, weight = proposal.drawn(random, max(draws // 2, _PILOT), target)
        share = np.exp(weight - weight.max())
        if share.sum() ** 2 / (share @ share) > _GOOD * len(share):
            break
        proposal = _Proposal.around(logs, share / share.sum())
    proposals, weight = proposal.drawn(random, draws, target)
    now, place, chosen = -np.inf, 0, np.empty(draws, dtype=np.int64)
    lots = np.log(random.random(draws))
    accepted = 0
    for i in range(draws):
        if lots[i] < weight[i] - now:
            now, place, accepted = weight[i], i, accepted + 1
        chosen[i] = place
    return _summed_up(fit, proposals[chosen], accepted / draws, level)


@dataclass(frozen=True, eq=False)
class _Target:
    fit: Fit
    columns: tuple[Floats, ...]
    count: Floats
    pull: Pull

    @classmethod
    def of(cls, fit: Fit, prior: float) -> _Target:
        rows = fit.evidence
        count = rows["count"].to_numpy(dtype=float)
        columns = tuple(rows[c].to_numpy(dtype=float) for c in fit.model.inputs)
        unit = 1.0
        if "T" in rows:
            unit = float(columns[2] @ count / count.sum())
        elif "monetary_value" in rows:
            unit = float((columns[0] * columns[1]) @ count / (columns[0] @ count))
        return cls(fit, columns, count, Pull.of(type(fit.model), 1 / prior**2, unit))

    def at(self, logs: Floats) -> float:
        """Return the log-posterior, less the log-likelihood at the maximum."""
        theta = np.exp(logs)
        values: Floats = type(self.fit.model).of(theta).log_likelihood(*self.columns)  # type: ignore[attr-defined]
        found = float(values @ self.count) - self.fit.log_likelihood - self.pull.amount(theta)
        return found if np.isfinite(found) else -np.inf


@dataclass(frozen=True, eq=False)
class _Proposal:
    """A multivariate t in the logarithms: centre, and a root of its scale."""

    centre: Floats
    root: Floats

    @classmethod
    def of(cls, fit: Fit) -> _Proposal:
        return cls(np.log(fit.model.theta), _root(finite_covariance(fit.log_covariance)))

    @classmethod
    def around(cls, logs: Floats, share: Floats) -> _Proposal:
        # where the maximum and its curvature describe the posterior badly, weighted draws describe it better
        centre = share @ logs
        off = logs - centre
        return cls(centre, _root((off * share[:, None]).T @ off))

    def drawn(self, random: np.random.Generator, size: int, target: _Target) -> tuple[Floats, Floats]:
        """Draw logarithms, and return them with the log of posterior over proposal."""
        scale = np.sqrt(_FREEDOM / random.chisquare(_FREEDOM, size))
        steps = random.standard_normal((size, len(self.centre))) * scale[:, None]
        logs = self.centre + np.clip(steps @ self.root.T, -_FARTHEST, _FARTHEST)
        density = -(_FREEDOM + len(self.centre)) / 2 * np.log1p((steps**2).sum(axis=1) / _FREEDOM)
        return logs, np.array([target.at(v) for v in logs]) - density


def _root(covariance: Floats) -> Floats:
    roots, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.clip(roots, 1e-12, 9.0)) * _WIDER)


def _summed_up(fit: Fit, chain: Floats, accepted: float, level: float) -> Posterior:
    effective = [effective_draws(chain[:, k]) for k in range(chain.shape[1])]
    values = np.exp(chain)
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
    table = pd.DataFrame(
        {
            "parameter": list(fit.model.names()),
            "mean": values.mean(axis=0),
            "median": middle,
            "ci_low": low,
            "ci_high": high,
            "n_effective": effective,
        }
    )
    notes = [
        Note(
            message(
                "Intervals of {level:pct}; {share:pct} of the proposals were accepted.", level=level, share=accepted
            )
        )
    ]
    if min(effective) < _FEW:
        text = message(
            "Only {n:int} effective draws of {all:int}: the posterior is far from the shape of its proposals.",
            n=min(effective),
            all=len(chain),
        )
        notes.append(Note(text, "warning" if min(effective) < _TOO_FEW else "caution"))
        if min(effective) < _TOO_FEW:
            warnings.warn(str(text), UntrustedWarning, stacklevel=3)
    draws = pd.DataFrame(values, columns=list(fit.model.names()))
    return Posterior(table=table, draws=draws, accepted=accepted, level=level, notes=tuple(notes))


def effective_draws(chain: Floats) -> float:
    """Return how many independent draws a chain is worth.

    Examples
    --------
    >>> round(effective_draws(np.random.default_rng(1).standard_normal(4000)) / 4000, 1)
    1.0
    """
    n = len(chain)
    centred = chain - chain.mean()
    spread = float(centred @ centred) / n
    if spread <= 0:
        return 1.0
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    correlation = np.fft.irfft(power, size)[:n] / (n * spread)
    pairs = correlation[: n // 2 * 2].reshape(-1, 2).sum(axis=1)
    positive = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: positive[0] if len(positive) else len(pairs)])
    return float(min(n / max(2 * kept.sum() - 1, 1e-9), n))
