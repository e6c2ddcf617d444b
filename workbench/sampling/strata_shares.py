"""Strata of the frame and of the sample side by side: shares, chances and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.core.value_names import SEPARATOR
from workbench.sampling.allocation import Allocation
from workbench.sampling.columns import BASE_WEIGHT, INCLUSION_PROBABILITY
from workbench.sampling.frame import named_levels
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class StrataShares(Result):
    """The strata of frame and sample side by side.

    Attributes
    ----------
    table
        ``stratum``, ``frame_share``, ``sample_share``, ``population``, ``n``, ``inclusion_probability``,
        ``base_weight`` (of the average customer of the stratum; missing where nobody was drawn).
    """

    caption: ClassVar = message("Frame and sample, stratum by stratum")
    columns: ClassVar = {
        "stratum": Column(message("Stratum")),
        "frame_share": Column(message("Share of the frame"), "pct1"),
        "sample_share": Column(message("Share of the sample"), "pct1"),
        "population": Column(message("Eligible customers"), "people"),
        "n": Column(message("Drawn"), "people"),
        "inclusion_probability": INCLUSION_PROBABILITY.styled("pct1"),
        "base_weight": BASE_WEIGHT,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with missing groups in words."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw both shares side by side."""
        from workbench.sampling.pictures import shares

        series = {"frame_share": message("Share of the frame"), "sample_share": message("Share of the sample")}
        return shares(self.table, label="stratum", series=series, language=language)


@takes_columns(many=["columns"])
def crossed(table: pd.DataFrame, columns: Sequence[str], separator: str = SEPARATOR) -> pd.Series:
    """Return the columns' values joined row by row, as strata are named.

    Parameters
    ----------
    table
        Any table.
    columns
        At least one of its columns.
    separator
        What stands between two values.

    Returns
    -------
    Series
        One name per row; a missing value reads ``(missing)``.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> crossed(pd.DataFrame({"region": ["n", None], "size": ["big", "small"]}), ["region", "size"]).tolist()
    ['n | big', '(missing) | small']
    """
    require_columns(table.columns, columns, where="table")
    if not columns:
        raise InputError("Strata are made of columns.", found="none", fix="Name one or more.", where="columns")
    parts = [named_levels(table[c]) for c in columns]
    label = parts[0]
    for part in parts[1:]:
        label = label + separator + part
    return label


def compare_strata(allocation: Allocation, drawn: pd.DataFrame, strata: Sequence[str] = ()) -> StrataShares:
    """Compare the strata of a sample with those of the frame.

    Parameters
    ----------
    allocation
        The strata with their populations.
    drawn
        Customers drawn, with ``stratum``, or with the columns in `strata`.
    strata
        Columns of `drawn` that make the strata: a simple random sample has one stratum, and is still shown by the
        groups it was planned by.

    Returns
    -------
    StrataShares
        One row for each stratum of the allocation.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> from workbench.sampling import allocate
    >>> allocation = allocate(pd.DataFrame({"stratum": ["n", "s"], "population": [90, 10]}), 10)
    >>> compare_strata(allocation, pd.DataFrame({"stratum": ["n"] * 8 + ["s"] * 2})).table["base_weight"].tolist()
    [11.25, 5.0]
    """
    if strata:
        label = crossed(drawn, strata)
    else:
        require_columns(drawn.columns, ["stratum"], where="drawn")
        label = drawn["stratum"]
    table = allocation.table[["stratum", "population"]].copy()
    table["n"] = table["stratum"].map(label.value_counts()).fillna(0).astype("int64")
    table["frame_share"] = table["population"] / table["population"].sum()
    table["sample_share"] = table["n"] / table["n"].sum()
    table["inclusion_probability"] = table["n"] / table["population"]
    table["base_weight"] = (table["population"] / table["n"]).where(table["n"] > 0)
    return StrataShares(table=table[list(StrataShares.columns)])
