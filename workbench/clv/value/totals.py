"""Sums of values with their intervals: the delta method over parameters, and chance over customers."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints, as_patterns
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.value.terms import Cells, Terms
from workbench.clv.value.valuation import Valuation
from workbench.core.errors import InputError

_SAMPLED: Final = 2_000


@dataclass(frozen=True)
class Total:
    """A total with its interval.

    Attributes
    ----------
    estimate, ci_low, ci_high
        The total and the limits of its interval.
    level
        Level of the interval.
    std_error
        Standard error.
    """

    estimate: float
    ci_low: float
    ci_high: float
    level: float
    std_error: float = float("nan")

    @classmethod
    def unknown(cls, level: float) -> Total:
        """Return a total that nothing is known of."""
        missing = float("nan")
        return cls(missing, missing, missing, level)


def total_of(
    value: float, slopes: Floats, covariance: Floats, chance: float, level: float, scale: float = 1.0
) -> Total:
    """Return a value with the interval of its parameters and of chance; on the log scale where it is positive.

    Parameters
    ----------
    value, slopes
        The value and its derivatives in the parameters' logarithms.
    covariance
        Of these logarithms.
    chance
        Variance of what customers happen to do.
    level
        Level of the interval.
    scale
        What value and slopes are multiplied with.

    Examples
    --------
    >>> total = total_of(100.0, np.array([50.0]), np.array([[0.04]]), 0.0, 0.9)
    >>> round(total.std_error, 1), round(total.ci_low, 1), round(total.ci_high, 1)
    (10.0, 84.8, 117.9)
    """
    variance = float(slopes @ covariance @ slopes) + (chance if np.isfinite(chance) else 0.0)
    error = float(np.sqrt(max(variance, 0.0))) * scale
    estimate = value * scale
    z = NormalDist().inv_cdf((1 + level) / 2)
    if estimate > 0:
        ratio = float(np.exp(min(z * error / estimate, 50.0)))
        return Total(estimate, estimate / ratio, estimate * ratio, level, error)
    return Total(estimate, estimate - z * error, estimate + z * error, level, error)


@dataclass(frozen=True, eq=False)
class Sums:
    """Values added up over cells of histories and groups.

    Attributes
    ----------
    value, ever
        Value within the horizon and of all time of each cell, before service.
    cost, cost_ever
        Expected cost of service of each cell.
    risk
        Value at risk of each cell.
    chance
        Variance of each cell's value.
    later
        Discount factor of purchases within the horizon, by history.
    """

    valuation: Valuation
    cells: Cells
    margin: Floats
    value: Floats
    ever: Floats
    cost: Floats
    cost_ever: Floats
    risk: Floats
    chance: Floats
    later: Floats

    @classmethod
    def of(cls, valuation: Valuation, cells: Cells, terms: Terms, years: tuple[float, float]) -> Sums:
        """Add up the values of cells."""
        margins, costs = terms.for_groups(cells.names)
        margin, at = margins[cells.group], cells.at
        amounts = valuation.amounts(at, cells.count, cells.spent) * margin
        bought, units = valuation.bought, valuation.units
        yearly = valuation.alive[at] * cells.count * costs[cells.group]
        return cls(
            valuation=valuation,
            cells=cells,
            margin=margin,
            value=units[at] * amounts,
            ever=valuation.lifetime_units[at] * amounts,
            cost=yearly * years[0],
            cost_ever=yearly * years[1],
            risk=(valuation.units_if_alive - units)[at] * amounts,
            chance=valuation.chance_variance(at, cells.count, cells.spent) * margin**2,
            later=np.where(bought > 0, units / np.where(bought > 0, bought, 1), 1.0),
        )

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.valuation.level

    @property
    def fitted(self) -> bool:
        """Whether a model was fitted."""
        return isinstance(self.valuation.purchases, Fit) or isinstance(self.valuation.spend, Fit)

    @property
    def chance_known(self) -> bool:
        """Whether the variance of what customers happen to do exists."""
        return bool(np.isfinite(self.chance).all())

    @property
    def mean_margin(self) -> float:
        """Margin over all expected amounts."""
        gross = float((self.value / self.margin).sum())
        return float(self.value.sum()) / gross if gross > 0 else float(self.margin.mean())

    @property
    def service(self) -> float:
        """Expected cost of service."""
        return float(self.cost.sum())

    @property
    def at_risk(self) -> float:
        """Sum of the value at risk."""
        return float(self.risk.sum())

    def total(self) -> Total:
        """Return the value within the horizon, with its interval."""
        return self._with_interval(self.value, self.service, float(self.chance.sum()))

    def lifetime(self) -> Total:
        """Return the value of all time, with the interval of its parameters."""
        if self.valuation.force == 0:
            return Total.unknown(self.level)
        return self._with_interval(self.ever, float(self.cost_ever.sum()), 0.0)

    def _with_interval(self, value: Floats, service: float, chance: float) -> Total:
        # how the sum moves with the parameters is told from cells taken in proportion to their value
        some, share = sampled(value, self.valuation.seed)
        cells = self.cells
        at, count, spent = cells.at[some], cells.count[some], cells.spent[some]
        base = self.value[some]
        slopes = self.valuation.slopes(at, count, spent, self.margin[some])
        relative = share @ (slopes / np.where(base > 0, base, 1)[:, None])
        total = float(value.sum())
        return total_of(total - service, relative * total, self.valuation.covariance, chance, self.level)


def sampled(value: Floats, seed: int) -> tuple[Ints, Floats]:
    """Return places taken in proportion to their value, all of them where they are few, and their weights.

    Examples
    --------
    >>> sampled(np.array([1.0, 3.0]), 1)
    (array([0, 1]), array([0.25, 0.75]))
    """
    if len(value) <= _SAMPLED or not value.sum() > 0:
        return np.arange(len(value)), value / max(float(value.sum()), 1e-300)
    grown = np.cumsum(value) / value.sum()
    points = (np.arange(_SAMPLED) + np.random.default_rng(seed).random()) / _SAMPLED
    chosen = np.minimum(np.searchsorted(grown, points), len(value) - 1)
    return chosen, np.full(_SAMPLED, 1 / _SAMPLED)


def forecast_spend(
    purchases: Purchases,
    purchase_model: Fit | PurchaseModel,
    spend_model: Fit | GammaGamma,
    *,
    days: float,
    level: float = 0.95,
    seed: int,
) -> tuple[Total, Total]:
    """Return what all customers together will buy and spend in the next `days` days, undiscounted.

    Parameters
    ----------
    purchases
        Histories of the customers.
    purchase_model, spend_model
        Fits, or models with known parameters, in the unit of `purchases`; they may come from an earlier summary.
    days
        Days ahead.
    level
        Level of the intervals.
    seed
        Seed of the draws.

    Returns
    -------
    tuple of Total
        Number of purchases, and their amount.

    Raises
    ------
    InputError
        If `days` is not above zero.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from workbench.clv import BgNbd, purchase_summary
    >>> when = pd.to_datetime(["2026-01-01", "2026-01-20", "2026-03-01", "2026-02-10"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": when, "amount": [10.0, 20, 30, 5]})
    >>> histories = purchase_summary(orders, observed_until=dt.date(2026, 3, 31))
    >>> bought, spent = forecast_spend(
    ...     histories, BgNbd(r=0.9, alpha=9.5, a=0.6, b=14.0), GammaGamma(p=6.0, q=4.0, gamma=60.0), days=30, seed=1
    ... )
    >>> round(bought.estimate, 1)
    1.2
    """
    if not 0 < days < float("inf"):
        raise InputError("A forecast looks ahead some days.", found=repr(days), fix="Write days=92.", where="days")
    p = as_patterns(purchases)
    v = Valuation(
        purchase_model, spend_model, days / purchases.days_per_unit, 0.0, p.x.astype(float), p.t_x, p.T, level, seed
    )
    sums = Sums.of(v, Cells.of(purchases, None), Terms.of(1.0, 0.0), (0.0, 0.0))
    plain = v.units_if_alive
    bought = float(v.units @ p.count)
    spread = v.alive * v.outcomes.scatter * plain**2 - v.units**2
    some, share = sampled(v.units * p.count, seed)
    # purchases move with the parameters of their own model only: amounts of 1, whatever the history
    ones = np.ones(len(some))
    slopes = v.slopes(some, ones, ones, ones)
    value = np.maximum(v.units[some] * v.amounts(some, ones, ones), 1e-300)
    relative = share @ (slopes / value[:, None])
    if isinstance(spend_model, Fit):
        relative[-len(spend_model.model.theta) :] = 0.0
    number = total_of(bought, relative * bought, v.covariance, float(np.maximum(spread, 0) @ p.count), level)
    return number, sums.total()
