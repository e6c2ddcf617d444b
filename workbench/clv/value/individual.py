"""What a single customer may happen to do: purchases and amounts drawn, not only expected.

The spend of N purchases, given ν ~ Gamma(p x + q, γ + s), is Gamma(p N, ν), so that it equals (γ + s) times an amount
that depends on the history (x, t_x, T) alone: drawn once per history, it serves all customers who have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints

_DRAWS: Final = 2_000
_BLOCKS: Final = 20  # parameters are drawn anew so often
_CELLS: Final = 600  # histories (x, T) drawn for one by one; more are put together
_EXACT: Final = 12
_AGES: Final = 12


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Quantiles of what customers of each history will spend, as multiples of γ + s.

    Attributes
    ----------
    low, high
        Limits that each customer's spend stays above, and below, with the level's probability.
    scatter
        E[N²] / E[N]² of the purchases N of customers who are alive.
    """

    low: Floats
    high: Floats
    scatter: Floats


def draw_outcomes(
    purchase: Fit | PurchaseModel,
    spend: Fit | GammaGamma,
    histories: tuple[Floats, Floats, Floats],
    *,
    horizon: float,
    level: float,
    seed: int,
    t_x: Floats | None = None,
) -> Outcomes:
    """Draw what customers do within `horizon`, given their histories.

    Parameters
    ----------
    purchase, spend
        Fits, whose parameters are drawn as well, or models with known parameters.
    histories
        x and T of each, and the probability of being alive.
    horizon
        Time ahead, in the models' unit.
    level
        Level of the limits.
    seed
        Seed of the draws.
    t_x
        Last purchase of each, for models with a memory.

    Examples
    --------
    >>> from workbench.clv import BgNbd
    >>> one = (np.array([5.0]), np.array([300.0]), np.array([0.9]))
    >>> buying, spending = BgNbd(r=0.9, alpha=40.0, a=0.6, b=14.0), GammaGamma(p=6.0, q=4.0, gamma=60.0)
    >>> found = draw_outcomes(buying, spending, one, horizon=365.0, level=0.9, seed=1)
    >>> bool(found.low[0] <= found.high[0])
    True
    """
    x, age, alive = histories
    cell, bought, ages = _cells(x, age)
    # of histories put together, the last purchase of those who are likely to be alive
    mine = np.maximum(alive, 1e-12)
    last = None if t_x is None else np.minimum(np.bincount(cell, mine * t_x) / np.bincount(cell, mine), ages)
    counts, worth = _drawn(purchase, spend, (bought, ages, last), horizon, seed)
    worth.sort(axis=1)
    mean, square = counts.mean(axis=1), (counts**2).mean(axis=1)
    scatter = np.where(mean > 0, square / np.maximum(mean, 1e-300) ** 2, 1.0)[cell]
    low, high = (_quantile(worth, cell, alive, (1 + side * level) / 2) for side in (-1, 1))
    return Outcomes(low, high, scatter)


def _quantile(worth: Floats, cell: Ints, alive: Floats, probability: float) -> Floats:
    # a customer who has left spends nothing: the quantile lies that much deeper among those who have not
    inside = (probability - (1 - alive)) / np.maximum(alive, 1e-300)
    place = np.minimum((np.maximum(inside, 0) * worth.shape[1]).astype(np.int64), worth.shape[1] - 1)
    return np.where(inside > 0, worth[cell, place], 0.0)


def _cells(x: Floats, age: Floats) -> tuple[Ints, Floats, Floats]:
    # cell of each history, and the x and T that stand for it
    pairs, place = np.unique(np.stack([x, age], axis=1), axis=0, return_inverse=True) if len(x) <= 5_000 else (None, x)
    if pairs is not None and len(pairs) <= _CELLS:
        return np.asarray(place).ravel().astype(np.int64), pairs[:, 0], pairs[:, 1]
    group = np.where(x <= _EXACT, x, _EXACT + np.ceil(12 * np.log(np.maximum(x, _EXACT) / _EXACT))).astype(np.int64)
    edges = np.quantile(np.unique(age), np.linspace(0, 1, _AGES + 1)[1:-1])
    key = group * _AGES + np.searchsorted(edges, age, side="right")
    _, cell = np.unique(key, return_inverse=True)
    size = np.bincount(cell)
    return cell, np.bincount(cell, x) / size, np.bincount(cell, age) / size


def _drawn(
    purchase: Fit | PurchaseModel,
    spend: Fit | GammaGamma,
    histories: tuple[Floats, Floats, Floats | None],
    horizon: float,
    seed: int,
) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    buying, paying = _models(purchase, seed), _models(spend, seed + 1)
    centre = spend.model if isinstance(spend, Fit) else spend
    assert isinstance(centre, GammaGamma)
    usual = centre.p * centre.gamma / max(centre.q - 1, 0.1)  # about what a purchase costs; only for its scale
    x, age, last = histories
    size = _DRAWS // _BLOCKS
    counts, worth = np.empty((len(x), _DRAWS)), np.empty((len(x), _DRAWS))
    wide_x, wide_age = (np.repeat(v[:, None], size, axis=1) for v in (x, age))
    wide_last = None if last is None else np.repeat(last[:, None], size, axis=1)
    for block in range(_BLOCKS):
        some = slice(block * size, (block + 1) * size)
        model, amounts = buying[block], paying[block]
        assert isinstance(model, PurchaseModel)
        assert isinstance(amounts, GammaGamma)
        n = model.simulate_if_alive(horizon, wide_x, wide_age, random, wide_last)
        precision = random.gamma(amounts.p * wide_x + amounts.q)
        scale = (amounts.gamma + wide_x * usual) / (centre.gamma + wide_x * usual)
        counts[:, some] = n
        worth[:, some] = random.gamma(amounts.p * n) / np.maximum(precision, 1e-300) * scale
    return counts, worth


def _models(given: Fit | PurchaseModel | GammaGamma, seed: int) -> list[PurchaseModel | GammaGamma]:
    if not isinstance(given, Fit):
        return [given] * _BLOCKS
    kind = type(given.model)
    return [kind.of(values) for values in given.draws(_BLOCKS, seed).to_numpy()]  # type: ignore[misc]
