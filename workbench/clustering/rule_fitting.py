"""Rules of features fitted to what a column holds: logarithm, cut, centre and scale, or the scale of a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from workbench.clustering.feature_rules import FeatureRule, Floats, Transform
from workbench.clustering.fields import field_of
from workbench.core.errors import InputError, require_columns
from workbench.core.language import message

_SKEWED: Final = 1.0
_NORMAL_IQR: Final = 1.3489795003921634
_WIDTH: Final = 4.0  # of a rating scale as a feature: answers on it deviate by about 1, as other features do


def check_scales(names: Sequence[str], scales: Mapping[str, tuple[float, float]]) -> None:
    """Refuse a scale of no feature, or one whose lowest answer is not below its highest.

    Raises
    ------
    InputError
        If there is one.
    """
    require_columns(names, scales, where="scales")
    wrong = {name: ends for name, ends in scales.items() if not ends[0] < ends[1]}
    if wrong:
        raise InputError(
            "A scale goes from its lowest to its highest answer.", found=f"{wrong}", fix="Correct it.", where="scales"
        )


def fit_rule(
    values: Floats,
    name: str,
    wanted: Transform | None,
    ends_of_scale: tuple[float, float] | None,
    cut: float,
    missing: str,
) -> tuple[FeatureRule, dict[str, object]]:
    """Return the rule that makes a feature of a column's numbers, and its line of the table of features.

    Parameters
    ----------
    values
        The column's numbers, missing ones as nan.
    name
        The column.
    wanted
        ``none`` or ``log``; by the skewness if None.
    ends_of_scale
        Lowest and highest answer of a rating, None for other columns.
    cut
        Share at each end that is cut to the value there.
    missing
        ``median``, ``refuse`` or ``keep``.

    Raises
    ------
    InputError
        If values are infinite, missing although that is refused, or the same for all.

    Examples
    --------
    >>> rule, line = fit_rule(np.array([1.0, 5.0, 5.0]), "staff", None, (1, 5), 0.0, "median")
    >>> rule.apply(np.array([1.0, 3.0, 5.0])).tolist(), line["transform"]
    ([-2.0, 0.0, 2.0], 'scale')
    """
    known = values[np.isfinite(values)]
    empty = int(np.isnan(values).sum())
    if not len(known) or len(known) + empty < len(values) or (empty and missing == "refuse"):
        raise InputError(
            "Features are finite numbers.",
            found=f"{name!r}: {empty:,} missing and {len(values) - len(known) - empty:,} infinite values",
            fix="Correct them, or use missing='median'.",
            where=name,
        )
    fill = float(np.median(known)) if missing == "median" else None
    if ends_of_scale is not None:
        return _rating_rule(known, name, ends_of_scale, fill, empty / len(values), missing)
    transform: Transform = wanted or ("log" if known.min() >= 0 and _skewness(known) > _SKEWED else "none")
    moved = np.sign(known) * np.log1p(np.abs(known)) if transform == "log" else known
    low, high = (float(q) for q in np.quantile(moved, [cut, 1 - cut])) if cut else (-np.inf, np.inf)
    cut_values = np.clip(moved, low, high)
    first, centre, third = (float(q) for q in np.quantile(cut_values, [0.25, 0.5, 0.75]))
    scale = (third - first) / _NORMAL_IQR or float(cut_values.std())
    if not scale > 0:
        raise InputError(
            message("A feature differs between customers."),
            found=message("'{name}' is {value:g} for (almost) all", name=name, value=float(known[0])),
            fix=message("Leave it out, or use winsorise=0."),
            where=name,
        )
    rule = FeatureRule(name, transform, fill, low, high, centre, scale, "keep" if missing == "keep" else "refuse")
    ends = FeatureRule(name, transform, fill, low, high, 0.0, 1.0).undo(np.array([low, high, centre]))
    line = {
        "feature": name,
        "field": field_of(name),
        "transform": transform,
        "missing": empty / len(values),
        "low": ends[0],
        "high": ends[1],
        "centre": ends[2],
        "skewness": _skewness(cut_values),
    }
    return rule, line


def _rating_rule(
    known: Floats, name: str, ends: tuple[float, float], fill: float | None, empty: float, missing: str
) -> tuple[FeatureRule, dict[str, object]]:
    low, high = map(float, ends)
    kept: Literal["keep", "refuse"] = "keep" if missing == "keep" else "refuse"
    rule = FeatureRule(name, "none", fill, low, high, (low + high) / 2, (high - low) / _WIDTH, kept)
    line: dict[str, object] = {
        "feature": name,
        "field": field_of(name),
        "transform": "scale",
        "missing": empty,
        "low": low,
        "high": high,
        "centre": float(np.median(known)),
        "skewness": _skewness(known),
    }
    return rule, line


def _skewness(values: Floats) -> float:
    spread = values.std()
    return float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
