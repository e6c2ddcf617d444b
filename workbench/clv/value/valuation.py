"""Expected value by history, how it moves with the models' parameters, and how far customers scatter around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from workbench.clv.models.fit import Fit, finite_covariance
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.horizon import discount_rule, discounted_if_alive
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.value.individual import Outcomes, draw_outcomes

_STEP: Final = 1e-3  # of a parameter's logarithm
_WIDEST: Final = 3.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Distinct (x, T): what is expected of a customer who is alive depends on nothing else.

    Models with a memory need the last purchase, too; then pairs are whole histories.
    """

    x: Floats
    T: Floats
    place: Ints
    t_x: Floats | None = None

    @classmethod
    def of(cls, x: Floats, T: Floats) -> Pairs:
        """Index histories.

        Examples
        --------
        >>> Pairs.of(np.array([0.0, 1, 0]), np.array([9.0, 9, 9])).place.tolist()
        [0, 1, 0]
        """
        ages, at = np.unique(T, return_inverse=True)
        key, place = np.unique(x.astype(np.int64) * len(ages) + at, return_inverse=True)
        return cls((key // len(ages)).astype(float), ages[key % len(ages)], place)

    @classmethod
    def for_model(cls, model: PurchaseModel, x: Floats, t_x: Floats, T: Floats) -> Pairs:
        """Index histories by what the model needs of them."""
        return cls(x, T, np.arange(len(x)), t_x) if model.has_memory else cls.of(x, T)

    def spread(self, values: Floats) -> Floats:
        """Return values of pairs as values of histories."""
        return np.asarray(values[self.place])


@dataclass(frozen=True, eq=False)
class Valuation:
    """Models and terms of a valuation, over a set of histories.

    Attributes
    ----------
    purchases, spend
        Fits, or models with known parameters.
    horizon
        In the models' unit.
    force
        Force of discount per unit.
    x, t_x, T
        Histories.
    level, seed
        Level of intervals, and seed of draws.
    """

    purchases: Fit | PurchaseModel
    spend: Fit | GammaGamma
    horizon: float
    force: float
    x: Floats
    t_x: Floats
    T: Floats
    level: float
    seed: int

    @property
    def model(self) -> PurchaseModel:
        """Model of purchases."""
        found = self.purchases.model if isinstance(self.purchases, Fit) else self.purchases
        assert isinstance(found, PurchaseModel)
        return found

    @property
    def amounts_model(self) -> GammaGamma:
        """Model of amounts."""
        found = self.spend.model if isinstance(self.spend, Fit) else self.spend
        assert isinstance(found, GammaGamma)
        return found

    @cached_property
    def alive(self) -> Floats:
        """Probability that a customer of each history still is one."""
        return self.model.probability_alive(self.x, self.t_x, self.T)

    @cached_property
    def pairs(self) -> Pairs:
        """Distinct (x, T), or histories where the model has a memory."""
        return Pairs.for_model(self.model, self.x, self.t_x, self.T)

    @cached_property
    def _if_alive(self) -> tuple[Floats, Floats]:
        pairs = self.pairs
        plain, less = discounted_if_alive(self.model, self.horizon, self.force, pairs.x, pairs.T, pairs.t_x)
        return pairs.spread(plain), pairs.spread(less)

    @property
    def bought(self) -> Floats:
        """Expected purchases within the horizon."""
        return np.asarray(self.alive * self._if_alive[0])

    @property
    def units_if_alive(self) -> Floats:
        """Expected purchases within the horizon of customers who still are ones, discounted."""
        return self._if_alive[1]

    @property
    def units(self) -> Floats:
        """Expected purchases within the horizon, discounted."""
        return np.asarray(self.alive * self._if_alive[1])

    @cached_property
    def lifetime_units(self) -> Floats:
        """Expected purchases of all time, discounted (DERT); missing without discounting."""
        if self.force == 0:
            return np.full(len(self.x), np.nan)
        pairs = self.pairs
        return self.alive * pairs.spread(self.model.lifetime_if_alive(self.force, pairs.x, pairs.T, pairs.t_x))

    @cached_property
    def outcomes(self) -> Outcomes:
        """What single customers may happen to do."""
        return draw_outcomes(
            self.purchases,
            self.spend,
            (self.x, self.T, self.alive),
            t_x=self.t_x if self.model.has_memory else None,
            horizon=self.horizon,
            level=self.level,
            seed=self.seed,
        )

    def amounts(self, at: Ints, count: Floats, spent: Floats) -> Floats:
        """Return the expected amounts per purchase, added up over `count` customers who spent `spent` together."""
        return expected_amounts(self.amounts_model, self.x[at], count, spent)

    def slopes(self, at: Ints, count: Floats, spent: Floats, weight: Floats) -> Floats:
        """Return the derivatives of `weight` · units · amounts in the logarithms of all fitted parameters: rows × k."""
        base = weight * self.units[at]
        value = base * self.amounts(at, count, spent)
        parts = []
        if isinstance(self.purchases, Fit):
            rows, place = np.unique(at, return_inverse=True)
            histories = self.x[rows], self.t_x[rows], self.T[rows]
            pairs = Pairs.for_model(self.model, *histories)
            parts += [
                value
                * (_bought(up, self.horizon, pairs, histories) - _bought(down, self.horizon, pairs, histories))[place]
                for up, down in _shifted(self.model)
            ]
        if isinstance(self.spend, Fit):
            x = self.x[at]
            for up, down in _shifted(self.amounts_model):
                assert isinstance(up, GammaGamma)
                assert isinstance(down, GammaGamma)
                moved = expected_amounts(up, x, count, spent) - expected_amounts(down, x, count, spent)
                parts.append(base * moved / (2 * _STEP))
        return np.stack(parts, axis=1) if parts else np.zeros((len(at), 0))

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of the logarithms of all fitted parameters; unknown directions have a standard deviation of 3."""
        blocks = [_bounded(f.log_covariance) for f in (self.purchases, self.spend) if isinstance(f, Fit)]
        size = sum(len(b) for b in blocks)
        whole, start = np.zeros((size, size)), 0
        for block in blocks:
            whole[start : start + len(block), start : start + len(block)] = block
            start += len(block)
        return whole

    def chance_variance(self, at: Ints, count: Floats, spent: Floats) -> Floats:
        """Return the variance of what `count` customers spend, discounted, around its expectation.

        Infinite where amounts vary so much that a variance does not exist (p x + q ≤ 2).
        """
        m, x = self.amounts_model, self.x[at]
        shape = m.p * x + m.q
        plain, less = (v[at] for v in self._if_alive)
        scatter = self.outcomes.scatter[at]
        later = np.where(plain > 0, less / np.where(plain > 0, plain, 1), 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            square = (m.p**2 * scatter * plain**2 + m.p * plain) / ((shape - 1) * (shape - 2))
            mean = self.alive[at] * m.p * plain / (shape - 1)
            # customers of one history differ in what they spent; their squares add up to more than that of the mean
            apart = (shape - 2) * (m.q - 1) / ((shape - 1) * (m.q - 2)) if m.q > 2 else np.ones(len(x))
            own = (m.gamma + spent / count) ** 2 * (1 + (apart - 1) * (1 - 1 / count)) * count
            found = np.maximum(self.alive[at] * square - mean**2, 0.0) * own * later**2
        return np.where((shape > 2) | (plain == 0), found, np.inf)

    def new_customer(self, over: Literal["horizon", "all time"]) -> tuple[float, Floats]:
        """Return what a new customer's repeat purchases are worth, and its slopes in the parameters' logarithms."""
        model, amounts = self.model, self.amounts_model
        slopes = []
        if isinstance(self.purchases, Fit):
            slopes += [self._new(up, amounts, over) - self._new(down, amounts, over) for up, down in _shifted(model)]
        if isinstance(self.spend, Fit):
            slopes += [self._new(model, up, over) - self._new(model, down, over) for up, down in _shifted(amounts)]
        return self._new(model, amounts, over), np.array(slopes) / (2 * _STEP)

    def _new(self, model: object, amounts: object, over: str) -> float:
        assert isinstance(model, PurchaseModel)
        assert isinstance(amounts, GammaGamma)
        if over == "all time":
            units = model.lifetime_if_alive(self.force, 0.0, 0.0, 0.0) * model.probability_alive(0.0, 0.0, 0.0)
        else:
            times, weights = discount_rule(self.horizon, self.force)
            units = weights @ model.new_customer_purchases(times)
        return float(units) * amounts.mean_spend


def expected_amounts(spend: GammaGamma, x: Floats, count: Floats, spent: Floats) -> Floats:
    """Return the expected amounts per purchase, added up over `count` customers who spent `spent` together.

    Linear in what they spent: p (γ count + spent) / (p x + q − 1).

    Examples
    --------
    >>> one = np.array([1.0])
    >>> float(expected_amounts(GammaGamma(p=6.0, q=4.0, gamma=60.0), 2 * one, 3 * one, 90 * one)[0])
    108.0
    """
    return np.asarray(spend.p * (spend.gamma * count + np.maximum(spent, 0)) / (spend.p * x + spend.q - 1))


def _bought(model: object, horizon: float, pairs: Pairs, histories: tuple[Floats, Floats, Floats]) -> Floats:
    # logarithm, over 2 steps, of the purchases expected
    assert isinstance(model, PurchaseModel)
    plain = pairs.spread(model.purchases_if_alive(horizon, pairs.x, pairs.T, pairs.t_x))
    return np.asarray(np.log(np.maximum(model.probability_alive(*histories) * plain, 1e-300)) / (2 * _STEP))


def _shifted(model: PurchaseModel | GammaGamma) -> list[tuple[object, object]]:
    found: list[tuple[object, object]] = []
    for k in range(len(model.theta)):
        step = np.zeros(len(model.theta))
        step[k] = _STEP
        found.append((type(model).of(model.theta * np.exp(step)), type(model).of(model.theta * np.exp(-step))))
    return found


def _bounded(covariance: Floats) -> Floats:
    roots, vectors = np.linalg.eigh(finite_covariance(covariance))
    return np.asarray((vectors * np.clip(roots, 0, _WIDEST**2)) @ vectors.T)
