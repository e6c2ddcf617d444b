"""Intervals of shares from a design: seven named forms, all of them safe at 0 % and 100 %."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy

from workbench.core.checks import Floats
from workbench.core.errors import InputError

Interval = Literal["logit", "beta", "wilson", "xlogit", "likelihood", "asin", "mean"]


def quantile_t(confidence: float, df: Floats) -> Floats:
    """Return the two-sided t quantile, missing where there are no degrees of freedom."""
    # of scipy's special functions, as its distributions, which call them, take most of a second to load
    safe = np.where(df > 0, df, 1.0)
    return np.where(df > 0, scipy.special.stdtrit(safe, (1 + confidence) / 2), np.nan)


def two_sided_t(statistic: Floats, df: Floats) -> Floats:
    """Return the two-sided p-value of a t statistic, missing below one degree of freedom.

    Parameters
    ----------
    statistic
        Difference over its standard error; its sign does not matter.
    df
        Degrees of freedom; infinite for a normal statistic.

    Examples
    --------
    >>> two_sided_t(np.array([-2.0, 2.0, 2.0]), np.array([10.0, np.inf, 0.5])).round(4).tolist()
    [0.0734, 0.0455, nan]
    """
    found: Floats = 2 * scipy.special.stdtr(np.where(df >= 1, df, np.nan), -np.abs(statistic))
    return found


def check_confidence(confidence: float) -> None:
    """Refuse a confidence level that is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise InputError(
            "The confidence level is between 0 and 1.",
            found=str(confidence),
            fix="Pass 0.95 for 95 %.",
            where="confidence",
        )


def share_interval(
    share: Floats, std_error: Floats, n: Floats, kish: Floats, df: Floats, *, confidence: float, interval: Interval
) -> tuple[Floats, Floats]:
    """Return lower and upper limits of shares estimated under a design.

    Parameters
    ----------
    share, std_error
        Estimates and design-based standard errors.
    n, kish
        Number of answers, and Kish's effective number; the latter carries the interval where the share is 0 or 1 (or
        the variance is zero) and the design says nothing.
    df
        Degrees of freedom of the design.
    interval
        ``logit`` and ``xlogit`` (Wald on the log-odds), ``beta`` (Korn and Graubard's Clopper–Pearson at the effective
        number of answers), ``wilson`` (score interval at the effective number of answers), ``likelihood`` (Rao–Scott
        scaled likelihood ratio), ``asin`` (variance-stabilised), ``mean`` (Wald, may leave 0…1).

    Notes
    -----
    Korn and Graubard (1998), Survey Methodology 24, 193–201; Dean and Pagano (2015), Journal of Survey Statistics and
    Methodology 3, 484–503 compare them. With p in (0, 1): n_eff = p(1-p)/v.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> low, high = share_interval(0 * one, 0 * one, 10 * one, 10 * one, 9 * one, confidence=0.95, interval="logit")
    >>> float(low[0]), round(float(high[0]), 4)
    (0.0, 0.3085)
    """
    if interval not in get_args(Interval):
        raise InputError(
            f"The interval is one of {', '.join(get_args(Interval))}.",
            found=repr(interval),
            fix="Choose one of them.",
            where="interval",
        )
    share = np.clip(share, 0.0, 1.0)
    t = quantile_t(confidence, df)
    inner = (share > 1e-12) & (share < 1 - 1e-12) & (std_error > 1e-12)
    p = np.where(inner, share, 0.5)
    se = np.where(inner, std_error, 0.1)
    low, high = _FORMS[interval](_Estimate(p, se, t, n, confidence))
    # a share inside (0, 1) without variance comes from a census: the estimate is the truth
    low, high = (np.array(np.where(inner, v, share)) for v in (low, high))
    flat = ~inner & ((share <= 1e-12) | (share >= 1 - 1e-12))
    if flat.any():
        low[flat], high[flat] = _clopper_pearson(share[flat], np.broadcast_to(kish, share.shape)[flat], confidence)
    unknown = np.isnan(share) | np.isnan(std_error) | np.isnan(t)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _clopper_pearson(share: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    tail = (1 - confidence) / 2
    x = share * n
    low = scipy.stats.beta.ppf(tail, np.where(x > 0, x, 1.0), n - x + 1)
    high = scipy.stats.beta.ppf(1 - tail, x + 1, np.where(n - x > 0, n - x, 1.0))
    return np.where(x <= 0, 0.0, low), np.where(n - x <= 1e-9, 1.0, high)


@dataclass(frozen=True, eq=False)
class _Estimate:
    p: Floats
    se: Floats
    t: Floats
    n: Floats
    confidence: float

    @property
    def spread(self) -> Floats:
        return np.asarray(self.p * (1 - self.p), dtype=np.float64)

    @property
    def effective(self) -> Floats:
        return np.asarray(self.spread / self.se**2, dtype=np.float64)


def _logit(e: _Estimate) -> tuple[Floats, Floats]:
    centre, reach = np.log(e.p / (1 - e.p)), e.t * e.se / e.spread
    return scipy.special.expit(centre - reach), scipy.special.expit(centre + reach)


def _beta(e: _Estimate) -> tuple[Floats, Floats]:
    tail = (1 - e.confidence) / 2
    effective = e.effective * (quantile_t(e.confidence, e.n - 1) / e.t) ** 2
    x = effective * e.p
    low = scipy.stats.beta.ppf(tail, x, effective - x + 1)
    return np.asarray(low), np.asarray(scipy.stats.beta.ppf(1 - tail, x + 1, effective - x))


def _wilson(e: _Estimate) -> tuple[Floats, Floats]:
    return wilson(e.p, e.effective, e.confidence)


def wilson(p: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return Wilson's score interval for shares `p` of `n` (effective) answers.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209–212.

    Examples
    --------
    >>> [round(float(v), 4) for v in wilson(np.array(0.0), np.array(10.0), 0.95)]
    [0.0, 0.2775]
    """
    z = scipy.special.ndtri((1 + confidence) / 2)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)


def _likelihood(e: _Estimate) -> tuple[Floats, Floats]:
    goal = e.t**2 / e.effective / 2 * e.n / np.maximum(e.n - 1, 1)

    def distance(q: Floats) -> Floats:
        return np.asarray(e.p * np.log(e.p / q) + (1 - e.p) * np.log((1 - e.p) / (1 - q)), dtype=np.float64)

    limits = []
    for outer in (np.full_like(e.p, 1e-300), np.full_like(e.p, 1.0)):
        far, near = outer, e.p.copy()
        for _ in range(200):
            middle = (far + near) / 2
            with np.errstate(divide="ignore"):
                beyond = distance(middle) > goal
            far, near = np.where(beyond, middle, far), np.where(beyond, near, middle)
        limits.append((far + near) / 2)
    return limits[0], limits[1]


def _asin(e: _Estimate) -> tuple[Floats, Floats]:
    centre, reach = np.arcsin(np.sqrt(e.p)), e.t * e.se / (2 * np.sqrt(e.spread))
    return np.sin(np.clip(centre - reach, 0, np.pi / 2)) ** 2, np.sin(np.clip(centre + reach, 0, np.pi / 2)) ** 2


def _mean(e: _Estimate) -> tuple[Floats, Floats]:
    return e.p - e.t * e.se, e.p + e.t * e.se


_FORMS: dict[str, Callable[[_Estimate], tuple[Floats, Floats]]] = {
    "logit": _logit,
    "beta": _beta,
    "wilson": _wilson,
    "xlogit": _logit,
    "likelihood": _likelihood,
    "asin": _asin,
    "mean": _mean,
}
