"""k-anonymity: in the columns that together could tell a person apart, nobody is among fewer than k who are alike.

Rare values are merged, numbers and dates are cut into classes, and what still stands out is left blank (Sweeney 2002,
"k-anonymity: a model for protecting privacy"; suppression of cells rather than of rows, so that nobody is lost).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message

MOST_VALUES = 12  # numbers with more are cut into classes
CLASSES = 5
BLANK = "\u2400"  # stands for an empty cell while rows are compared


@dataclass(frozen=True)
class Anonymous:
    """A table in which nobody stands out.

    Attributes
    ----------
    table
        The table: the named columns as texts, merged and blanked; all other columns as they were.
    smallest
        Fewest people alike in the named columns.
    changed
        Column → rows whose value was merged or blanked.
    notes
        What was merged and blanked, a sentence for each.
    """

    table: pd.DataFrame
    smallest: int
    changed: dict[str, pd.Series]
    notes: tuple[Message, ...]


def k_anonymous(
    table: pd.DataFrame, quasi: Sequence[str], k: int, *, person: str | None = None, other: str = "other"
) -> Anonymous:
    """Return a table in which every combination of some columns belongs to at least k people.

    Numbers of more than twelve values become five classes of equal size, dates their year. Values of fewer than k
    people are merged into one, `other`. People in a combination of fewer than k then lose the value of the column with
    the most values, then of the next, until they are k alike; an empty cell counts as a value.

    Parameters
    ----------
    table
        Any table; it is not changed.
    quasi
        Its columns that together could tell a person apart.
    k
        Fewest people alike.
    person
        Column that names the person, where a person has several rows; else each row is one.
    other
        What merged values are called.

    Returns
    -------
    Anonymous
        As many rows as came.

    Raises
    ------
    InputError
        If a column is not there, or there are fewer than k people.

    Examples
    --------
    >>> people = pd.DataFrame({"region": ["n", "n", "n", "s", "s", "w"], "age": [31, 35, 38, 60, 61, 62]})
    >>> found = k_anonymous(people, ["region"], 3)
    >>> found.table["region"].tolist(), found.smallest
    (['n', 'n', 'n', 'other', 'other', 'other'], 3)
    >>> found.notes[0].text("en")
    'region: 2 values of fewer than 3 people are merged (3 rows).'
    """
    require_columns(map(str, table.columns), quasi, where="k-anonymity")
    who = table[person] if person is not None else pd.Series(np.arange(len(table)), index=table.index)
    if k < 2 or who.nunique() < k:
        raise InputError(
            message("People are hidden among at least k others like them, and k is 2 or more."),
            found=message("k = {k:int} and {n:int} people", k=k, n=who.nunique()),
            fix=message("Export a table of more people, or aggregates only."),
            where="k",
        )
    notes: list[Message] = []
    cells = pd.DataFrame({c: _as_texts(table[c], c, notes) for c in quasi}, index=table.index)
    before = cells.copy()
    for column in quasi:
        cells[column] = _merged(cells[column], who, k, other, column, notes)
    cells, blanked = _blanked(cells, who, k)
    for column, n in blanked.items():
        text = message("{column}: left empty for {n:int} rows, which would stand out.", column=column, n=n)
        notes.append(text)
    made = table.assign(**{c: cells[c].where(cells[c] != BLANK, None) for c in quasi})
    return Anonymous(
        table=made,
        smallest=int(_sizes(cells, who).min()) if len(cells) else 0,
        changed={c: cells[c] != before[c] for c in quasi},
        notes=tuple(notes),
    )


def tell_the_same(table: pd.DataFrame, column: str, among: Sequence[str]) -> list[str]:
    """Return the columns each of whose values belongs to one value of another, and so tell it.

    Examples
    --------
    >>> people = pd.DataFrame({"region": list("nnss"), "stratum": ["n1", "n2", "s1", "s1"], "score": [1, 2, 1, 2]})
    >>> tell_the_same(people, "region", ["stratum", "score"])
    ['stratum']
    """
    found = []
    for name in among:
        if name == column or table[name].nunique() < 2:
            continue
        known = table[[name, column]].dropna()
        if len(known) and int(known.groupby(name)[column].nunique().max()) == 1:
            found.append(name)
    return found


def _as_texts(values: pd.Series, column: str, notes: list[Message]) -> pd.Series:
    """Return a column as texts: numbers of many values as classes, dates as years, empty cells as `BLANK`."""
    known = values.dropna()
    if pd.api.types.is_datetime64_any_dtype(values):
        texts = values.dt.year.map(lambda y: str(int(y)), na_action="ignore")
        notes.append(message("{column}: days are shown as their year.", column=column))
    elif (
        pd.api.types.is_numeric_dtype(values)
        and not pd.api.types.is_bool_dtype(values)
        and known.nunique() > MOST_VALUES
    ):
        edges = np.unique(np.quantile(known.to_numpy(dtype=float), np.linspace(0, 1, CLASSES + 1)))
        place = np.clip(
            np.searchsorted(edges, values.to_numpy(dtype=float), side="right") - 1, 0, max(len(edges) - 2, 0)
        )
        names = [f"{a:g}–{b:g}" for a, b in pairwise(edges)] or [f"{edges[0]:g}"]
        texts = pd.Series([names[int(p)] for p in place], index=values.index).where(values.notna(), None)
        notes.append(message("{column}: numbers are shown in {n:int} classes.", column=column, n=len(names)))
    else:
        texts = values.map(lambda v: f"{v:g}" if isinstance(v, float) else str(v), na_action="ignore")
    filled: pd.Series = texts.astype(object).where(values.notna(), BLANK)
    return filled


def _merged(cells: pd.Series, who: pd.Series, k: int, other: str, column: str, notes: list[Message]) -> pd.Series:
    people = who.groupby(cells).nunique()
    rare = [v for v, n in people.items() if n < k and v != BLANK]
    if len(rare) < 2:
        return cells
    hit = cells.isin(rare)
    text = message(
        "{column}: {n:int} values of fewer than {k:int} people are merged ({rows:int} rows).",
        column=column,
        n=len(rare),
        k=k,
        rows=int(hit.sum()),
    )
    notes.append(text)
    return cells.mask(hit, other)


def _blanked(cells: pd.DataFrame, who: pd.Series, k: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Blank cells until every combination is of k people; return how many were blanked of each column."""
    made = cells.copy()
    order = sorted(cells.columns, key=lambda c: -cells[c].nunique())
    for column in order:
        small = _sizes(made, who) < k
        if not small.any():
            break
        made.loc[small, column] = BLANK
    while True:
        sizes = _sizes(made, who)
        if not (sizes < k).any():
            break
        # those left over are all empty: the smallest combination beside them goes with them
        rest = sizes[(sizes >= k)]
        like = made.loc[[rest.idxmin()]].iloc[0]
        made = made.mask((made == like).all(axis=1), BLANK)
    counts = {c: int(((made[c] == BLANK) & (cells[c] != BLANK)).sum()) for c in cells.columns}
    return made, {c: n for c, n in counts.items() if n}


def _sizes(cells: pd.DataFrame, who: pd.Series) -> pd.Series:
    """Return for each row how many people have the same cells."""
    groups = cells.groupby(list(cells.columns), sort=False).ngroup()
    return who.groupby(groups).transform("nunique")
