"""Fitting segments: groups of customers, numbered from the most to the least valuable."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pandas as pd

from workbench.clustering.features import FeatureRule, Features, Floats, apply_rules
from workbench.clustering.kmeans import k_means
from workbench.clustering.model import SegmentModel
from workbench.core.errors import InputError, require_columns
from workbench.core.names import CUSTOMER_ID

Method = Literal["kmeans"]
METHODS: Final = ("kmeans",)
VALUE_COLUMNS: Final = ("clv", "monetary", "amount_12m", "amount")


def fit_segments(
    features: Features | pd.DataFrame,
    *,
    k: int,
    method: Method = "kmeans",
    weights: pd.Series | None = None,
    value: str | None = None,
    fitted_on: int = 50_000,
    starts: int = 10,
    seed: int,
) -> SegmentModel:
    """Divide customers into `k` segments.

    Parameters
    ----------
    features
        `Features`, or a DataFrame whose numeric columns are comparable already and are used as they are.
    k
        Number of segments.
    method
        ``kmeans``: least sum of squared distances to the segments' means, best of `starts` starts.
    weights
        Weight of each row of the features.
    value
        Column that orders the segments (1 is the most valuable); the first of ``clv``, ``monetary``, ``amount_12m``
        and ``amount`` that is a feature if None, else the mean of all features.
    fitted_on
        Largest number of rows fitted on; the first ones, which are a random sample in `Features`.
    starts
        Starts of k-means.
    seed
        Seed of the starts.

    Returns
    -------
    SegmentModel
        Frozen; ``assign`` scores a DataFrame, ``assign_table`` millions of rows in the engine.

    Raises
    ------
    InputError
        If there are fewer distinct rows than segments, a value is missing or infinite, or an argument is unknown.

    Examples
    --------
    >>> data = pd.DataFrame({"frequency": [0.1, 0.2, 3.0, 3.1], "monetary": [0.0, 0.1, 4.0, 4.2]})
    >>> fit_segments(data, k=2, seed=1).assign(data).tolist()
    [2, 2, 1, 1]
    """
    if method not in METHODS:
        raise InputError(f"`method` is one of {', '.join(METHODS)}.", found=repr(method),
                         fix=f"Write method={METHODS[0]!r}.", where="method")  # fmt: skip
    rules, values = features_of(features)
    rows = features.rows if isinstance(features, Features) else features
    values = values[:fitted_on]
    weight = None if weights is None else weights.to_numpy(dtype=float)[:fitted_on]
    check_k(values, k)
    found = k_means(values, k, seed=seed, starts=starts, weights=weight)
    order = _by_value(found.labels, _value_of(rows.iloc[: len(values)], rules, values, value), k)
    sizes = np.bincount(found.labels, minlength=k)[order]
    total = _spread(values, weight)
    return SegmentModel.of(
        rules, found.centres[order].round(12), sizes.tolist(), method=method, seed=seed, fitted_on=len(values),
        within=found.within, explained=1 - found.within / total if total else 0.0,
    )  # fmt: skip


def features_of(features: Features | pd.DataFrame) -> tuple[tuple[FeatureRule, ...], Floats]:
    """Return rules and values of features; a DataFrame's numeric columns are taken as they are."""
    if isinstance(features, Features):
        return features.rules, features.values
    numeric = features.select_dtypes("number").columns.drop(CUSTOMER_ID, errors="ignore")
    if not len(numeric):
        raise InputError("Features are numbers.", found="no numeric column", fix="Use build_features first.",
                         where="features")  # fmt: skip
    rules = tuple(FeatureRule(str(c), "none", None, -np.inf, np.inf, 0.0, 1.0) for c in numeric)
    return rules, apply_rules(rules, features)


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
        raise InputError("There are at least as many distinct rows as segments.",
                         found=f"k = {k!r}, {distinct:,} distinct rows", fix="Use fewer.", where="k")  # fmt: skip


def _value_of(rows: pd.DataFrame, rules: tuple[FeatureRule, ...], values: Floats, value: str | None) -> Floats:
    if value is not None:
        require_columns(rows.columns, [value], where="value")
    chosen = value or next((c for c in VALUE_COLUMNS if c in {r.name for r in rules}), None)
    if chosen is None:
        return np.asarray(values.mean(axis=1))
    raw = rows[chosen].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(raw), np.nanmedian(raw), raw)


def _by_value(labels: np.ndarray, value: Floats, k: int) -> np.ndarray:
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    means = np.bincount(labels, value, minlength=k) / sizes
    return np.lexsort((np.arange(k), -means))


def _spread(values: Floats, weights: Floats | None) -> float:
    w = np.ones(len(values)) if weights is None else weights
    centre = w @ values / w.sum()
    return float(w @ ((values - centre) ** 2).sum(axis=1))
