"""How long contracts last: the share that lasts 6, 12 and 24 months, and how many end a month, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_AFTER_12_MONTHS__HIGH, CI_LOW_AFTER_12_MONTHS__LOW, ENDED
from workbench.clv.contracts.retention import retention_curve
from workbench.clv.contracts.spells import MONTH, ContractSpells, contract_durations
from workbench.clv.value.terms import Groups
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Result

AGES: Final = (6, 12, 24)
_FEWEST: Final = 10  # under contract at an age, for a share to be shown
_NEAR: Final = 4 / MONTH  # a contract that ends on its day has not lasted longer, however long its months were


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ContractStay(Result):
    """How long contracts last.

    Attributes
    ----------
    table
        One row per group: ``group``, ``contracts``, ``ended``, ``after_6``, ``after_12``, ``after_24`` (shares still
        under contract, as far as enough were observed that long), ``ci_low`` and ``ci_high`` (of the share after 12
        months), ``churn`` (ended per month under contract), ``churn_low``, ``churn_high``.
    """

    caption: ClassVar[Message] = message("How long contracts last")
    columns: ClassVar[Mapping[str, Column]] = {
        "contracts": Column(message("Contracts"), "people"),
        "ended": ENDED,
        **{f"after_{a}": Column(message("After {months:int} months", months=a), "pct1") for a in AGES},
        "ci_low": CI_LOW_AFTER_12_MONTHS__LOW,
        "ci_high": CI_HIGH_AFTER_12_MONTHS__HIGH,
        "churn": Column(message("Ended per month"), "pct1"),
        "churn_low": Column(message("per month, low ({level:level})"), "pct1"),
        "churn_high": Column(message("per month, high ({level:level})"), "pct1"),
    }


def contract_stay(spells: ContractSpells, by: str | Groups | None = None, *, level: float = 0.95) -> ContractStay:
    """Say which share of contracts lasts 6, 12 and 24 months, and how many end a month.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    by
        A column of the spells (``started_in``, ``kind``), or a table with ``customer_id`` and the name of its column.
    level
        Level of the intervals.

    Returns
    -------
    ContractStay
        Shares are Kaplan–Meier estimates; the rate is ended contracts over months under contract, with the interval of
        a Poisson count on the scale of its logarithm.

    Raises
    ------
    InputError
        If more contracts ended so lately that they may still go on than ended for certain, so that nothing can be said
        of how long they last.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import contract_spells
    >>> lines = pd.DataFrame({"customer_id": [f"{i:02d}" for i in range(20)], "started_at": pd.Timestamp("2024-01-01"),
    ...                       "ended_at": [pd.Timestamp("2024-07-01")] * 5 + [pd.NaT] * 15})
    >>> contract_stay(contract_spells(lines, observed_until=dt.date(2025, 6, 30))).table["after_12"].tolist()
    [0.75]
    """
    if spells.count("recent") > spells.count("ended"):
        raise InputError(
            message("How long contracts last is told by those that have ended for certain."),
            found=message(
                "{ended:int} have, and {recent:int} ended in the last {days:int} days and may still be renewed",
                ended=spells.count("ended"),
                recent=spells.count("recent"),
                days=spells.gap_days,
            ),
            fix=message("Lower value.contract_gap_days where contracts are not renewed that late."),
            where="contracts",
        )
    data = contract_durations(spells, by)
    several = len(data["group"].unique()) > 1
    curve = retention_curve(data, by="group" if several else None, level=level).table
    z = NormalDist().inv_cdf((1 + level) / 2)
    rows = []
    for group, part in data.groupby("group", sort=True):
        lines = curve[curve["group"] == group] if several else curve
        ended = float(part.loc[part["ended"], "count"].sum())
        months = float(part["duration"].to_numpy(dtype=float) @ part["count"].to_numpy(dtype=float))
        rate = ended / max(months, 1e-9)
        around = np.exp(z / np.sqrt(ended)) if ended else np.nan
        rows.append(
            {
                "group": group,
                "contracts": int(part["count"].sum()),
                "ended": int(ended),
                **{f"after_{a}": _at(lines, "retained", a) for a in AGES},
                "ci_low": _at(lines, "ci_low", 12),
                "ci_high": _at(lines, "ci_high", 12),
                "churn": rate,
                "churn_low": rate / around,
                "churn_high": rate * around,
            }
        )
    table = pd.DataFrame(rows)
    table = table[[c for c in table.columns if table[c].notna().any()]]
    # the share after half a year only where contracts are too young to tell of two years
    return ContractStay(table=table.drop(columns="after_6") if "after_24" in table else table, level=level)


def _at(rows: pd.DataFrame, column: str, age: float) -> float:
    # a curve of steps, told as far as enough contracts were under observation
    reached = rows[rows["customers"] >= _FEWEST]
    if not len(reached) or reached["age"].to_numpy(dtype=float).max() < age:
        return float("nan")
    place = np.searchsorted(reached["age"].to_numpy(), age + _NEAR, side="right") - 1
    return float(reached[column].to_numpy(dtype=float)[place])
