"""Fitting segments: groups of customers, numbered from the most to the least valuable."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from workbench.clustering.categories import apply_categories, category_rules
from workbench.clustering.feature_rules import FeatureRule, Floats, apply_rules
from workbench.clustering.features import Features
from workbench.clustering.methods import METHODS, Fit, Method, Prepared, refuse_unfit
from workbench.clustering.model import SegmentModel
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID

VALUE_COLUMNS: Final = ("clv", "monetary", "amount_12m", "amount")


def fit_segments(
    features: Features | pd.DataFrame,
    *,
    k: int,
    method: Method = "kmeans",
    weights: pd.Series | None = None,
    value: str | None = None,
    fitted_on: int = 50_000,
    starts: int | None = None,
    seed: int,
) -> SegmentModel:
    """Divide customers into `k` segments.

    Parameters
    ----------
    features
        `Features`, or a DataFrame whose numeric columns are comparable already and are used as they are; its other
        columns are categories.
    k
        Number of segments.
    method
        ``kmeans``: least sum of squared distances to the segments' means; ``kprototypes``: the same with a cost for
        every category that differs from the segment's; ``gower_pam``: typical customers by Gower's distance, missing
        values left out; ``latent_class``: classes of customers who answer alike, missing answers left out;
        ``gaussian_mixture``: overlapping groups with shapes of their own.
    weights
        Weight of each row of the features, for ``kmeans``, ``kprototypes`` and ``latent_class``.
    value
        Column that orders the segments (1 is the most valuable); the first of ``clv``, ``monetary``, ``amount_12m``
        and ``amount`` that is a feature if None, else the mean of all features, else the size.
    fitted_on
        Largest number of rows fitted on; the first ones, which are a random sample in `Features`. ``gower_pam`` takes
        4,000 at most, as it compares all pairs.
    starts
        Random starts, the best of which is kept; 10 by default, 20 for ``kprototypes`` and ``latent_class``, 5 for
        ``gaussian_mixture``. ``gower_pam`` starts from the data alone.
    seed
        Seed of the starts.

    Returns
    -------
    SegmentModel
        Frozen; ``assign`` scores a DataFrame, ``assign_table`` millions of rows in the engine.

    Raises
    ------
    InputError
        If there are fewer distinct rows than segments, a value is missing or infinite, the method does not fit the
        features, or an argument is unknown.

    Examples
    --------
    >>> data = pd.DataFrame({"frequency": [0.1, 0.2, 3.0, 3.1], "monetary": [0.0, 0.1, 4.0, 4.2]})
    >>> fit_segments(data, k=2, seed=1).assign(data).tolist()
    [2, 2, 1, 1]
    """
    if method not in METHODS:
        raise InputError(
            f"`method` is one of {', '.join(METHODS)}.",
            found=repr(method),
            fix=f"Write one of them{nearest(str(method), METHODS)}.",
            where="method",
        )
    ready = prepared(features, fitted_on)
    weight = None if weights is None else weights.to_numpy(dtype=float)[: len(ready)]
    refuse_unfit(ready, method, weight)
    rules, kinds = ready.rules, ready.categories
    check_k(ready.everything, k)
    fit: Fit = METHODS[method](ready, k, seed, starts, weight)
    rows = features.rows if isinstance(features, Features) else features
    worth = _value_of(rows.iloc[: len(fit.labels)], rules, ready.values[: len(fit.labels)], value)
    order = _by_value(fit.labels, worth, k)
    sizes = np.bincount(fit.labels, minlength=k)[order]
    return SegmentModel.of(
        rules,
        fit.scorer.reordered(order.tolist()),
        sizes.tolist(),
        categories=kinds,
        seed=seed,
        fitted_on=len(fit.labels),
        within=fit.within,
        explained=fit.explained,
        quality=fit.quality,
    )


def prepared(features: Features | pd.DataFrame, most: int | None = None) -> Prepared:
    """Return rules, values and codes of features; a DataFrame's numeric columns are taken as they are."""
    if isinstance(features, Features):
        return Prepared(features.rules, features.values[:most], features.categories, features.codes[:most])
    frame = features.drop(columns=[CUSTOMER_ID], errors="ignore").rename(columns=str)
    numeric = [str(c) for c in frame.select_dtypes("number").columns]
    others = [str(c) for c in frame.columns if c not in numeric]
    if not numeric and not others:
        raise InputError(
            "Features are numbers or categories.", found="no column", fix="Use build_features first.", where="features"
        )
    rules = tuple(FeatureRule(c, "none", None, -np.inf, np.inf, 0.0, 1.0) for c in numeric)
    kinds = category_rules(frame, others)
    part = frame.iloc[:most]
    return Prepared(rules, apply_rules(rules, part), kinds, apply_categories(kinds, part))


def check_k(values: Floats, k: int) -> None:
    """Refuse more segments than there are distinct rows.

    Raises
    ------
    InputError
        If `k` is not a whole number from 1 to the number of distinct rows.
    """
    distinct = len(np.unique(values[: 20 * max(int(k), 1)], axis=0))
    if distinct < k:
        distinct = len(np.unique(values, axis=0))
    if k != int(k) or not 1 <= k <= distinct:
        raise InputError(
            message("There are at least as many distinct rows as segments."),
            found=message("k = {k}, {distinct:int} distinct rows", k=k, distinct=distinct),
            fix=message("Use fewer."),
            where="k",
        )


def _value_of(rows: pd.DataFrame, rules: tuple[FeatureRule, ...], values: Floats, value: str | None) -> Floats:
    if value is not None:
        require_columns(rows.columns, [value], where="value")
    chosen = value or next((c for c in VALUE_COLUMNS if c in {r.name for r in rules}), None)
    if chosen is None:
        return np.asarray(np.nanmean(values, axis=1)) if values.shape[1] else np.empty(0)
    raw = rows[chosen].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(raw), np.nanmedian(raw), raw)


def _by_value(labels: np.ndarray, value: Floats, k: int) -> np.ndarray:
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    if not len(value):  # nothing to order by but the size
        return np.lexsort((np.arange(k), -sizes))
    means = np.bincount(labels, value, minlength=k) / sizes
    return np.lexsort((np.arange(k), -means))
