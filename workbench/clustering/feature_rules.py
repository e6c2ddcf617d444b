"""Rules that turn a raw number into a feature, in Python and in SQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.errors import InputError, require_columns

Floats = npt.NDArray[np.float64]
Transform = Literal["none", "log"]


@dataclass(frozen=True)
class FeatureRule:
    """How one raw column becomes a feature: fill, transform, cut, shift, scale.

    Attributes
    ----------
    name
        Raw column.
    transform
        ``log``: sign(v) · ln(1 + |v|).
    fill
        Raw value of a missing one; None where missing values are refused.
    low, high
        Transformed values are cut to these.
    centre, scale
        The feature is (value − centre) / scale.
    missing
        ``keep`` lets a missing value stay missing (Gower's distance passes over it); without a `fill` it is refused
        otherwise.

    Examples
    --------
    >>> rule = FeatureRule("amount", "log", None, 0.0, 9.0, 5.0, 2.0)
    >>> rule.apply(np.array([np.expm1(7.0), 0.0])).tolist()
    [1.0, -2.5]
    >>> rule.undo(np.array([1.0])).round(6).tolist()
    [1095.633158]
    """

    name: str
    transform: Transform
    fill: float | None
    low: float
    high: float
    centre: float
    scale: float
    missing: Literal["refuse", "keep"] = "refuse"

    def apply(self, values: Floats) -> Floats:
        """Return the feature of raw values."""
        filled = values if self.fill is None else np.where(np.isnan(values), self.fill, values)
        moved = np.sign(filled) * np.log1p(np.abs(filled)) if self.transform == "log" else filled
        return np.asarray((np.clip(moved, self.low, self.high) - self.centre) / self.scale)

    def undo(self, features: Floats) -> Floats:
        """Return the raw values of features, as far as they were not cut."""
        moved = features * self.scale + self.centre
        return np.asarray(np.sign(moved) * np.expm1(np.abs(moved)) if self.transform == "log" else moved)

    def sql(self, column: str, double: str = "DOUBLE") -> str:
        """Return the SQL of the feature of a quoted raw column; nothing where it cannot be scored."""
        given = f"CAST({column} AS {double})"
        raw = given if self.fill is None else f"coalesce({given}, {self.fill!r})"
        value = f"CASE WHEN {raw} < 0 THEN -ln(1 - {raw}) ELSE ln(1 + {raw}) END" if self.transform == "log" else raw
        low = value if np.isneginf(self.low) else f"greatest({value}, {self.low!r})"
        cut = low if np.isposinf(self.high) else f"least({low}, {self.high!r})"
        # greatest and least pass over a missing value, so it is held back here; infinite ones, too
        return f"CASE WHEN abs({raw}) < 1e300 THEN ({cut} - {self.centre!r}) / {self.scale!r} END"


def apply_rules(rules: Sequence[FeatureRule], data: pd.DataFrame) -> Floats:
    """Return the features of raw rows.

    Raises
    ------
    InputError
        If a column is missing, or a value is infinite or (where the rule does not fill it) missing.
    """
    require_columns(data.columns, [r.name for r in rules], where="features")
    if not rules:
        return np.empty((len(data), 0))
    made = []
    for rule in rules:
        values = data[rule.name].to_numpy(dtype=float, na_value=np.nan)
        refused = rule.fill is None and rule.missing == "refuse"
        if np.isinf(values).any() or (refused and np.isnan(values).any()):
            raise InputError(
                "Features are finite numbers.",
                found=f"{rule.name!r}: {int(np.isinf(values).sum()):,} infinite and "
                f"{int(np.isnan(values).sum()):,} missing of {len(values):,} values",
                fix="Correct them, or use missing='median'.",
                where="features",
            )
        made.append(rule.apply(values))
    return np.column_stack(made)
