"""Repeat purchases of the whole base by calendar period, as they happened and as a model tells them; calibration."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import as_patterns
from workbench.clv.purchases.purchases import Purchases
from workbench.core.errors import InputError

_PERIODS: Final = 40
_BINS: Final = 10


def track(purchases: Purchases, model: PurchaseModel) -> pd.DataFrame:
    """Return repeat purchases by period: what happened, and what a model expects of customers of these ages.

    Parameters
    ----------
    purchases
        A summary made with ``holdout_from``.
    model
        A model of purchases, in the unit of `purchases`.

    Returns
    -------
    DataFrame
        ``end`` (last day of the period), ``days``, ``actual``, ``predicted``, ``actual_cumulated``,
        ``predicted_cumulated``, ``holdout`` (whether the period lies in it). Periods are weeks, or as many weeks as
        make at most 40.

    Raises
    ------
    InputError
        If there is no holdout.

    Notes
    -----
    Unconditional: Σ over customers of E[X(days since the first purchase)]; nothing that happened after the first
    purchase is used.
    """
    if purchases.tracking is None or purchases.holdout_until is None:
        raise InputError(
            "Tracking needs a holdout.",
            found="histories without a holdout",
            fix="Write purchase_summary(..., holdout_from=date).",
            where="purchases",
        )
    p = as_patterns(purchases)
    ages, place = np.unique(p.T, return_inverse=True)
    customers = np.bincount(place, p.count)
    unit = purchases.days_per_unit
    cut, end = purchases.observed_until, purchases.holdout_until
    held = (end - cut).days
    start = -round(float(ages.max()) * unit)
    length = 7 * max(1, -(-(held - start) // (7 * _PERIODS)))
    # periods end on the cut, so that none lies on both sides
    edges = np.unique(np.concatenate([np.arange(0, start - length, -length), np.arange(0, held + 1, length), [held]]))
    since = np.maximum(edges[:, None] / unit + ages[None, :], 0.0)
    lags, at = np.unique(since, return_inverse=True)
    expected = model.new_customer_purchases(lags)[at].reshape(since.shape) @ customers
    days = (pd.to_datetime(purchases.tracking["day"]) - pd.Timestamp(cut)).dt.days.to_numpy()
    order = np.argsort(days, kind="stable")
    grown = np.concatenate([[0.0], np.cumsum(purchases.tracking["purchases"].to_numpy(dtype=float)[order])])
    happened = grown[np.searchsorted(days[order], edges, side="right")]
    return pd.DataFrame(
        {
            "end": [cut + pd.Timedelta(days=int(e)) for e in edges[1:]],
            "days": np.diff(edges),
            "actual": np.diff(happened),
            "predicted": np.diff(expected),
            "actual_cumulated": happened[1:],
            "predicted_cumulated": expected[1:],
            "holdout": edges[1:] > 0,
        }
    )


def calibrate(purchases: Purchases, model: PurchaseModel, horizon: float, level: float = 0.95) -> pd.DataFrame:
    """Return, for tenths of the customers by their chance to buy in the holdout, how many did.

    Parameters
    ----------
    purchases
        A summary made with ``holdout_from``.
    model
        A model of purchases, in the unit of `purchases`.
    horizon
        Length of the holdout, in the unit.
    level
        Level of the intervals.

    Returns
    -------
    DataFrame
        ``alive`` (mean probability of still being a customer), ``predicted`` (mean probability to buy), ``actual``
        (share who bought) with ``ci_low`` and ``ci_high`` (Wilson), ``customers``.
    """
    p = as_patterns(purchases)
    chance = model.probability_of_purchase(horizon, p.x, p.t_x, p.T)
    alive = model.probability_alive(p.x, p.t_x, p.T)
    bought = purchases.patterns["holdout_buyers"].to_numpy(dtype=float)
    order = np.argsort(chance, kind="stable")
    middle = np.cumsum(p.count[order]) - 0.5 * p.count[order]
    bins = np.empty(len(order), dtype=np.int64)
    bins[order] = np.minimum((middle / p.customers * _BINS).astype(np.int64), _BINS - 1)
    n = np.bincount(bins, p.count, _BINS)
    some = n > 0
    sums = {
        k: np.bincount(bins, v, _BINS)[some] / n[some]
        for k, v in (("alive", alive * p.count), ("predicted", chance * p.count), ("actual", bought))
    }
    z2, n = NormalDist().inv_cdf((1 + level) / 2) ** 2, n[some]
    centre = (sums["actual"] + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (sums["actual"] * (1 - sums["actual"]) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return pd.DataFrame({**sums, "ci_low": centre - reach, "ci_high": centre + reach, "customers": n.astype(np.int64)})
