"""What a scorecard measures, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Spoken, message
from workbench.estimation import Design
from workbench.estimation.scores import read_scale

MeasureStatistic = Literal["nps", "share", "mean", "total"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Measure:
    """One line of a scorecard.

    Attributes
    ----------
    column
        Column of the rows it is computed from.
    label
        What readers know it as.
    statistic
        ``nps`` (points of a 0–10 column), ``share`` (of ones in a 0/1 column), ``mean``, or ``total``.
    style
        How its numbers are written, as in `workbench.core.language.format_value`.
    better
        Which way is good; regions are ranked that way.

    Raises
    ------
    InputError
        If the statistic or the direction is unknown.

    Examples
    --------
    >>> Measure("waited", message("Visit"), "mean", better="lower").better
    'lower'
    """

    column: str
    label: Spoken
    statistic: MeasureStatistic = "mean"
    style: str = "dec2"
    better: Better = "higher"

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("statistic", self.statistic, get_args(MeasureStatistic)),
            ("better", self.better, get_args(Better)),
        ):
            if value not in allowed:
                raise InputError(
                    f"{name} is one of {', '.join(allowed)}.", found=repr(value), fix="Choose one.", where="Measure"
                )

    @property
    def signed(self) -> str:
        """Style of differences: with their sign, those of shares in percentage points."""
        kind = self.style.rstrip("0123456789")
        digits = self.style[len(kind) :]
        return {"pct": "signedpoints", "signed": "signed", "dec": "signed", "int": "signed"}.get(kind, kind) + digits


MEASURES: Final[Mapping[str, Measure]] = {
    "nps": Measure("recommend", message("NPS"), "nps", "signed1"),
    "satisfied": Measure("satisfied", message("Satisfied customers"), "share", "pct1"),
    "response": Measure("responded", message("Response"), "share", "pct1"),
    "active": Measure("active", message("Active customers"), "total", "int"),
    "revenue": Measure("amount_12m", message("Spending in 12 months"), "total", "money"),
    "clv": Measure("clv", message("Value per customer"), "mean", "money"),
    "churn": Measure("lost", message("Expected loss of customers"), "mean", "pct1", "lower"),
    "top_tier": Measure("top_tier", message("In the first tier"), "share", "pct1"),
    "complaints": Measure("complained", message("Customers who complained"), "share", "pct1", "lower"),
    "days_to_solve": Measure("days_to_solve", message("Days to solve a complaint"), "mean", "dec1", "lower"),
}


def measures_in(data: pd.DataFrame, *names: str) -> dict[str, Measure]:
    """Return those of the ready measures whose columns `data` has, in the order of `names` (all by default).

    Parameters
    ----------
    data
        Rows of one kind: answers, customers, complaints.
    *names
        Names of ready measures; all by default.

    Returns
    -------
    dict
        Name → `Measure`.

    Raises
    ------
    InputError
        If a name is not a ready measure.

    Examples
    --------
    >>> list(measures_in(pd.DataFrame({"clv": [1.0], "recommend": [9]})))
    ['nps', 'clv']
    """
    unknown = [n for n in names if n not in MEASURES]
    if unknown:
        raise InputError(
            "A ready measure has a known name.",
            found=unknown[0],
            fix=f"Choose from {', '.join(MEASURES)}{nearest(unknown[0], MEASURES)}, or pass a Measure of your own.",
            where="measures",
        )
    return {n: MEASURES[n] for n in names or MEASURES if MEASURES[n].column in data}


@dataclass(frozen=True, eq=False)
class Scored:
    """Rows of one kind (answers, customers, complaints) and what is measured on them.

    Attributes
    ----------
    data
        One row per answer, customer or complaint, with the column of regions.
    measures
        Name → `Measure`; the ready ones whose columns are there by default.
    design
        How the rows were drawn. Without it rows count as drawn at random from many like them, which is what an
        interval of a complete customer list can mean.
    previous, previous_design
        The same rows of the wave before.
    id
        Column of ids where both waves share units; None for waves taken as independent.
    """

    data: pd.DataFrame
    measures: Mapping[str, Measure] = field(default_factory=dict)
    design: Design | None = None
    previous: pd.DataFrame | None = None
    previous_design: Design | None = None
    id: str | None = None

    def chosen(self) -> Mapping[str, Measure]:
        """Return the measures, the ready ones where none were given."""
        return self.measures or measures_in(self.data)


@dataclass(frozen=True, eq=False)
class Figures:
    """Numbers by region that were computed elsewhere, such as in the engine over millions of customers.

    Attributes
    ----------
    table
        One row per region and measure: the column of regions, ``measure``, ``estimate``, ``std_error``, ``n``, and
        where known ``previous`` and ``previous_std_error`` (of a wave taken as independent).
    measures
        Name → `Measure`.
    """

    table: pd.DataFrame
    measures: Mapping[str, Measure]

    def checked(self, by: str) -> pd.DataFrame:
        """Return the table after its rules were checked.

        Raises
        ------
        InputError
            If a column is missing, a measure is unknown, a region occurs twice, or an error is negative.
        """
        require_columns(map(str, self.table.columns), [by, "measure", "estimate", "std_error", "n"], where="figures")
        unknown = sorted(set(self.table["measure"]) - set(self.measures))
        doubled = self.table.duplicated([by, "measure"])
        negative = self.table["std_error"] < 0
        if unknown or doubled.any() or negative.any():
            raise InputError(
                "Figures have one row per region and known measure, and errors that are not negative.",
                found=f"unknown: {unknown or 'none'}; repeated rows: {int(doubled.sum())}; negative errors: "
                f"{int(negative.sum())}",
                fix="Correct the table.",
                where="figures",
            )
        return self.table


def measured(data: pd.DataFrame, name: str, measure: Measure, *, where: str) -> Floats:
    """Return what a measure averages or adds up, row by row; NaN where there is nothing.

    Raises
    ------
    InputError
        If the column is missing, or its values break the rule of the statistic.

    Examples
    --------
    >>> measured(pd.DataFrame({"recommend": [10, 8, 2]}), "nps", MEASURES["nps"], where="data").tolist()
    [100.0, 0.0, -100.0]
    """
    if measure.statistic == "nps":
        return read_scale(data, measure.column, where=where).points
    values = number_column(data, measure.column, where=where)
    if measure.statistic == "share":
        wrong = ~np.isnan(values) & (values != 0) & (values != 1)
        if wrong.any():
            raise InputError(
                f"The share {name!r} comes from a column of 0 and 1.",
                found=f"{measure.column!r}: {values[wrong][0]:g} ({int(wrong.sum())} rows)",
                fix="Make a 0/1 column of it, or use statistic='mean'.",
                where=where,
            )
    return values
