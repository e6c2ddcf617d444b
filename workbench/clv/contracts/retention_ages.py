"""A retention curve read at 6, 12 and 24 months, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_AFTER_12_MONTHS__HIGH, CI_LOW_AFTER_12_MONTHS__LOW
from workbench.clv.contracts.retention import RetentionCurve
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Result

AGES: Final = (6, 12, 24)
_STEADY: Final = 0.02  # of a group's customers; an age that fewer have reached says little


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RetentionAges(Result):
    """Shares still customers at 6, 12 and 24 months.

    Attributes
    ----------
    table
        One row per group: ``group``, ``customers``, ``after_6``, ``after_12``, ``after_24``, and ``ci_low`` and
        ``ci_high`` of the share after 12 months. Ages that no group has reached have no column.
    """

    caption: ClassVar[Message] = message("Who stays")
    columns: ClassVar[Mapping[str, Column]] = {
        **{f"after_{a}": Column(message("After {months:int} months", months=a), "pct1") for a in AGES},
        "ci_low": CI_LOW_AFTER_12_MONTHS__LOW,
        "ci_high": CI_HIGH_AFTER_12_MONTHS__HIGH,
    }


def retention_at_ages(curve: RetentionCurve) -> RetentionAges:
    """Read a retention curve at 6, 12 and 24 months, with the interval of the share at 12 months.

    Parameters
    ----------
    curve
        What `retention_curve` returns.

    Returns
    -------
    RetentionAges
        Groups that have not reached the first of these ages are left out.

    Examples
    --------
    >>> from workbench.clv import retention_curve
    >>> contracts = pd.DataFrame({"duration": [1.0, 2, 7, 8], "ended": [True, True, False, False]})
    >>> retention_at_ages(retention_curve(contracts)).table["after_6"].tolist()
    [0.5]
    """
    rows = []
    for group, part in curve.table.groupby("group", sort=False):
        row = {"group": group, "customers": int(part["customers"].iloc[0])}
        row |= {f"after_{age}": _at(part, "retained", age) for age in AGES}
        rows.append(row | {"ci_low": _at(part, "ci_low", 12), "ci_high": _at(part, "ci_high", 12)})
    table = pd.DataFrame(rows)
    table = table[table[[f"after_{a}" for a in AGES]].notna().any(axis=1)].reset_index(drop=True)
    return RetentionAges(table=table[[c for c in table.columns if table[c].notna().any()]], level=curve.level)


def _at(part: pd.DataFrame, column: str, age: float) -> float:
    # ages are steps of about a month
    steady = part[part["customers"] >= _STEADY * part["customers"].iloc[0]]
    reached = steady["age"].max() >= age - 1
    return float(np.interp(age, steady["age"], steady[column])) if reached else float("nan")
