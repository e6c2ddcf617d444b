"""Real calendar time: months of their own length, years of 365.25 days, and purchases discounted over them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError

YEAR_DAYS: Final = 365.25
_NODES: Final = 6
_CHEBYSHEV: Final = 14
_FEW: Final = 2_000


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day `months` later; the last day of a month is followed by last days.

    Examples
    --------
    >>> add_months(dt.date(2026, 6, 30), 1), add_months(dt.date(2026, 1, 30), 1)
    (datetime.date(2026, 7, 31), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = (day + dt.timedelta(days=1)).day == 1
    return dt.date(year, month + 1, last if ends else min(day.day, last))


def horizon_days(start: dt.date, months: int) -> int:
    """Return the days in the `months` calendar months after `start`.

    Raises
    ------
    InputError
        If `months` is not a whole number above zero.

    Examples
    --------
    >>> horizon_days(dt.date(2027, 6, 30), 12)  # with 29 February 2028
    366
    """
    if months != int(months) or months < 1:
        raise InputError(
            "A horizon is a whole number of months, at least 1.",
            found=repr(months),
            fix="Write horizon_months=12.",
            where="horizon_months",
        )
    return (add_months(start, int(months)) - start).days


def daily_force(annual_rate: float) -> float:
    """Return the force of discount per day of a rate per year: ln(1 + rate) / 365.25.

    Raises
    ------
    InputError
        If the rate is not in [0, 10); a rate of 10 % is 0.10.

    Examples
    --------
    >>> round(daily_force(0.10) * 365.25, 4)
    0.0953
    """
    if not 0 <= annual_rate < 10:
        raise InputError(
            "A discount rate is a share per year, from 0 up.",
            found=repr(annual_rate),
            fix="Write 0.10 for 10 % a year.",
            where="annual_discount_rate",
        )
    return float(np.log1p(annual_rate) / YEAR_DAYS)


def discounted_years(days: float, force: float) -> tuple[float, float]:
    """Return the discounted years of the next `days` days, and of all time (missing without discounting).

    Examples
    --------
    >>> [round(v, 3) for v in discounted_years(365.25, daily_force(0.1))]
    [0.954, 10.492]
    """
    if force == 0:
        return days / YEAR_DAYS, float("nan")
    return float(-np.expm1(-force * days) / (force * YEAR_DAYS)), 1 / (force * YEAR_DAYS)


def discounted_if_alive(
    model: PurchaseModel,
    horizon: float,
    force: float,
    x: npt.ArrayLike,
    T: npt.ArrayLike,
    t_x: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Return expected purchases within `horizon` of customers alive at T: their number, and discounted to T.

    Integration by parts, ∫ e^(−δs) dG(s) = e^(−δH) G(H) + δ ∫ e^(−δs) G(s) ds, so that the rule of six Gauss–Legendre
    points only carries the small second part.

    Examples
    --------
    >>> from workbench.clv.models.nbd import Nbd
    >>> plain, less = discounted_if_alive(Nbd(r=1.0, alpha=10.0), 365.0, daily_force(0.1), 0, 0)
    >>> float(plain), round(float(less), 3)
    (36.5, 34.816)
    """
    return discounted(lambda ahead: model.purchases_if_alive(ahead, x, T, t_x), horizon, force)


def discounted(expected: Callable[[float], Floats], horizon: float, force: float) -> tuple[Floats, Floats]:
    """Return what `expected` says up to `horizon`, and the same discounted to now.

    Examples
    --------
    >>> plain, less = discounted(lambda ahead: np.array([2.0 * ahead]), 365.25, daily_force(0.1))
    >>> round(float((less / plain)[0]), 4)  # (1 − 1 / 1.1) / ln 1.1
    0.9538
    """
    plain = expected(horizon)
    if force == 0:
        return plain, plain
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    early = np.zeros_like(plain)
    for node, weight in zip(nodes, weights, strict=True):
        s = 0.5 * horizon * (node + 1)
        early += 0.5 * horizon * weight * np.exp(-force * s) * expected(s)
    return plain, np.exp(-force * horizon) * plain + force * early


def over_ages(expected: Callable[[Floats, Floats], Floats], x: Floats, T: Floats, scale: float) -> Floats:
    """Return a dear, smooth function of (x, T): itself for few, for many interpolated in T.

    Chebyshev interpolation in ln(T + scale) at 14 points for each x; relative error about 1e-9 for functions of the
    gamma distribution's rate α + T, with `scale` near α.

    Examples
    --------
    >>> x, T = np.repeat([0.0, 1.0], 2000), np.tile(np.arange(2000.0), 2)
    >>> exact = (x + 1) / np.sqrt(T + 40)
    >>> bool(np.abs(over_ages(lambda k, t: (k + 1) / np.sqrt(t + 40), x, T, 60.0) / exact - 1).max() < 1e-6)
    True
    """
    if len(x) <= _FEW or np.ptp(T) == 0:
        return expected(x, T)
    bought, at_x = np.unique(x, return_inverse=True)
    u = np.log(T + scale)
    low, high = float(u.min()), float(u.max())
    angle = (np.arange(_CHEBYSHEV) + 0.5) * np.pi / _CHEBYSHEV
    nodes = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(angle)
    weights = np.sin(angle) * (-1.0) ** np.arange(_CHEBYSHEV)
    ages = np.exp(nodes) - scale
    known = expected(np.repeat(bought, _CHEBYSHEV), np.maximum(np.tile(ages, len(bought)), 0.0))
    logs = np.log(known).reshape(len(bought), _CHEBYSHEV)
    gaps = u[:, None] - nodes
    # a point at a node has the node's value: the smallest gap stands for none
    share = weights / np.where(np.abs(gaps) < 1e-14, 1e-14, gaps)
    return np.asarray(np.exp((share * logs[at_x]).sum(axis=1) / share.sum(axis=1)))
