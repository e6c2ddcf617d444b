"""Real calendar time: months of their own length, years of 365.25 days, and purchases discounted over them."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

import numpy as np
import numpy.typing as npt

from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError

YEAR_DAYS: Final = 365.25
_NODES: Final = 6


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


def discount_rule(horizon: float, force: float) -> tuple[Floats, Floats]:
    """Return times and weights that discount what is expected up to them; the first time is the horizon.

    Integration by parts, ∫ e^(−δs) dG(s) = e^(−δH) G(H) + δ ∫ e^(−δs) G(s) ds, so that the rule of six Gauss–Legendre
    points only carries the small second part.

    Examples
    --------
    >>> times, weights = discount_rule(365.25, daily_force(0.1))
    >>> round(float(weights @ (2.0 * times)) / (2 * 365.25), 4)  # (1 − 1 / 1.1) / ln 1.1
    0.9538
    """
    if force == 0:
        return np.array([horizon]), np.ones(1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    early = 0.5 * horizon * (nodes + 1)
    later = force * 0.5 * horizon * weights * np.exp(-force * early)
    return np.array([horizon, *early]), np.array([np.exp(-force * horizon), *later])


def discounted_if_alive(
    model: PurchaseModel,
    horizon: float,
    force: float,
    x: npt.ArrayLike,
    T: npt.ArrayLike,
    t_x: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Return expected purchases within `horizon` of customers alive at T: their number, and discounted to T.

    Examples
    --------
    >>> from workbench.clv.models.nbd import Nbd
    >>> plain, less = discounted_if_alive(Nbd(r=1.0, alpha=10.0), 365.0, daily_force(0.1), 0, 0)
    >>> float(plain), round(float(less), 3)
    (36.5, 34.816)
    """
    times, weights = discount_rule(horizon, force)
    plain = model.purchases_if_alive(times[0], x, T, t_x)
    less = weights[0] * plain
    for ahead, weight in zip(times[1:], weights[1:], strict=True):
        less = less + weight * model.purchases_if_alive(ahead, x, T, t_x)
    return plain, less
