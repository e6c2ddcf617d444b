"""The optional table of regions: targets, competitors, market share, staff and stock beside the survey's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.listing import listed
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.nps.measures import Measure

TARGET, COMPETITOR = "target_", "competitor_"
MET, MISSED, OPEN = "met", "missed", "unclear"
TARGET_WORDS: Final[Mapping[str, Message]] = {
    MET: message("met"),
    MISSED: message("missed"),
    OPEN: message("cannot be told yet"),
    "": message("no target"),
}
CONTEXT_COLUMNS: Final[Mapping[str, Column]] = {
    "market_share": Column(message("Market share"), "pct1"),
    "staff": Column(message("Staff"), "int"),
    "stores": Column(message("Stores"), "int"),
    "stock": Column(message("Stock"), "money"),
    "stock_days": Column(message("Days of stock"), "dec1"),
    "budget": Column(message("Budget"), "money"),
}


def read_regions(regions: pd.DataFrame, by: str, known: Sequence[object]) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Check a table of regions and put it in the order of `known`.

    Raises
    ------
    InputError
        If the column of regions is missing, a region occurs twice, or a target or competitor figure is not a number.

    Examples
    --------
    >>> table, notes = read_regions(pd.DataFrame({"region": ["a"], "staff": [12]}), "region", ["a", "b"])
    >>> table["staff"].tolist(), len(notes)
    ([12.0, nan], 1)
    """
    require_columns(map(str, regions.columns), [by], where="regions")
    names = regions[by].astype(str)
    doubled = sorted(set(names[names.duplicated()]))
    if doubled:
        raise InputError(
            "Each region has one row.",
            found=f"{', '.join(doubled[:5])} twice",
            fix="Keep one row each.",
            where="regions",
        )
    for column in regions.columns:
        if str(column).startswith((TARGET, COMPETITOR)):
            as_number = pd.to_numeric(regions[column], errors="coerce")
            wrong = regions[column].notna() & as_number.isna()
            if wrong.any():
                raise InputError(
                    f"The column {column!r} holds numbers.",
                    found=f"{regions.loc[wrong, column].iloc[0]!r} for {names[wrong].iloc[0]}",
                    fix="Correct it, or leave it empty.",
                    where="regions",
                )
    table = regions.assign(**{by: names}).set_index(by)
    texts = [str(k) for k in known]
    notes = []
    strangers = [n for n in table.index if n not in set(texts)]
    if strangers:
        text = message("Regions of the table that have no answers: {which}.", which=listed(strangers))
        notes.append(Note(text, "caution"))
    absent = [t for t in texts if t not in table.index]
    if absent:
        text = message("Regions that the table of regions does not name: {which}.", which=listed(absent))
        notes.append(Note(text))
    return table.reindex(texts).rename_axis(by).reset_index(), tuple(notes)


def against_targets(
    table: pd.DataFrame, regions: pd.DataFrame, by: str, measures: Mapping[str, Measure]
) -> pd.DataFrame:
    """Add ``target``, ``target_verdict`` and ``competitor`` to the lines of a scorecard.

    A target is met or missed only where the whole interval lies on one side of it.

    Examples
    --------
    >>> lines = pd.DataFrame({"region": ["a"], "measure": ["nps"], "ci_low": [20.0], "ci_high": [30.0]})
    >>> given = pd.DataFrame({"region": ["a"], "target_nps": [15]})
    >>> from workbench.nps.measures import MEASURES
    >>> against_targets(lines, given, "region", MEASURES)[["target", "target_verdict"]].to_numpy().tolist()
    [[15.0, 'met']]
    """
    row = pd.Index(regions[by]).get_indexer(table[by].astype(str))
    target, competitor = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for name in measures:
        mine = (table["measure"] == name).to_numpy() & (row >= 0)
        for prefix, into in ((TARGET, target), (COMPETITOR, competitor)):
            if prefix + name in regions:
                into[mine] = pd.to_numeric(regions[prefix + name]).to_numpy(dtype=float, na_value=np.nan)[row[mine]]
    higher = np.array([measures[m].better == "higher" for m in table["measure"]])
    low, high = table["ci_low"].to_numpy(dtype=float), table["ci_high"].to_numpy(dtype=float)
    met = np.where(higher, low >= target, high <= target)
    missed = np.where(higher, high < target, low > target)
    given = ~np.isnan(target)
    verdict = np.where(~given, "", np.where(met, MET, np.where(missed, MISSED, OPEN)))
    return table.assign(target=target, target_verdict=verdict, competitor=competitor)


def context_columns(regions: pd.DataFrame, by: str) -> list[str]:
    """Return the columns of a table of regions that are neither targets nor competitors' figures."""
    return [c for c in regions.columns if c != by and not str(c).startswith((TARGET, COMPETITOR))]
