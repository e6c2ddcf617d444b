"""Tables of one publication that share counts: what is hidden in one is hidden in all, and none gives another away."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.privacy.small_cells import MINIMUM_CELL, Relation, few, hide

FEW, SECONDARY = "few", "hidden"
MOST_PARTS = 4  # columns that add up to another
# tables that stand several breakdowns above each other: the same level of two of them has no sum
STACKED = frozenset({"variable", "breakdown", "measure", "column"})
MOST_COLUMNS = 9  # with more, sums of columns are not looked for
WHOLE = frozenset({"all", "total", "everybody", "总体", "全部", "合计"})

Place = tuple[str, str, int]  # table, column, row


@dataclass(frozen=True)
class CountTable:
    """A published table, as far as it counts people.

    Attributes
    ----------
    name
        Its name within the publication.
    labels
        For each row the texts that say of whom it is: ``("East",)``, or ``("A", "B")`` of a move.
    counts
        Column → counts of people, one per row; None where there is none.
    keys
        Names of the columns of the labels.
    overlapping
        Columns in which one person may count in several rows, so that they have no sum.
    bases
        Columns that are the base of an estimate, which may be the same in every row.
    """

    name: str
    labels: Sequence[tuple[str, ...]]
    counts: Mapping[str, Sequence[float | None]]
    keys: tuple[str, ...] = ()
    overlapping: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()


def hidden_in(tables: Sequence[CountTable], *, minimum: int = MINIMUM_CELL) -> dict[Place, str]:
    """Return which counts of linked tables are hidden.

    Parameters
    ----------
    tables
        All tables that are published together.
    minimum
        Counts below it are of few people.

    Returns
    -------
    dict
        (table, column, row) → ``few`` where the count reads "< 10", ``hidden`` where it would give one away, or where
        saying that it is small would.

    Notes
    -----
    A reader is taken to know the whole of every column, the sums by every text column that names several rows, columns
    that are the sum of others in every row, and that the same count of the same group in two tables is one count. The
    whole (a table of one row, a row named "All", a row per wave, a base that is one of these) is told however small it
    is.

    Examples
    --------
    >>> by_region = CountTable("regions", [("n",), ("s",), ("w",)], {"n": [3, 40, 25]})
    >>> again = CountTable("value", [("n",), ("s",), ("w",)], {"customers": [300, 40, 250]})
    >>> hidden_in([by_region, again])
    {('regions', 'n', 0): 'few', ('regions', 'n', 2): 'hidden'}
    """
    places: list[Place] = []
    counts: list[float] = []
    number: dict[Place, int] = {}
    for table in tables:
        for column, values in table.counts.items():
            for row, value in enumerate(values):
                if value is not None and np.isfinite(value):
                    number[table.name, column, row] = len(places)
                    places.append((table.name, column, row))
                    counts.append(float(value))
    exempt = frozenset(number[p] for p in _whole(tables) if p in number)
    if not any(few(c, minimum) and i not in exempt for i, c in enumerate(counts)):
        return {}
    relations = [*_same(tables, number, counts)]
    for table in tables:
        relations += _sums(table, number)
    found = hide(counts, _near(relations, counts, exempt, minimum), minimum=minimum, exempt=exempt)
    nested = frozenset(number[p] for t in tables for p in _nearly_all(t, minimum) if p in number) - found.all
    # where all that could be hidden is, even the word that a cell is small says too much
    blurred = _linked_to(found.open, relations, found.all)
    hidden = sorted(found.all | blurred | nested)
    return {places[i]: FEW if i in found.primary and i not in blurred else SECONDARY for i in hidden}


def _whole(tables: Sequence[CountTable]) -> list[Place]:
    """Return the counts of everybody: of a table of one row, of a wave, of a row "All", and where they stand again."""
    found: list[Place] = []
    wholes: set[float | None] = set()
    for table in tables:
        column = next(iter(table.counts), None)
        if column is None:
            continue
        alone = len(table.labels) == 1 or "wave" in table.keys
        named = [bool(r) and all(part.strip().lower() in WHOLE for part in r) for r in table.labels]
        rows = [row for row in range(len(table.labels)) if alone or named[row]]
        found += [(table.name, column, row) for row in rows]
        wholes |= {table.counts[column][row] for row in rows}
    # the same base in every row is that of all answers; groups of one size are not
    for table in tables:
        for column in table.bases & set(table.counts):
            values = set(table.counts[column]) - {None}
            if len(values) == 1 and values <= wholes:
                found += [(table.name, column, row) for row in range(len(table.labels))]
    return found


def _nearly_all(table: CountTable, minimum: int) -> list[Place]:
    """Return counts of overlapping rows that are all but a few of their row "All": the rest would be told by it."""
    found: list[Place] = []
    for column in table.overlapping & set(table.counts):
        values = table.counts[column]
        for row, labels in enumerate(table.labels):
            whole = values[row]
            if whole is None or not labels or labels[-1].strip().lower() not in WHOLE:
                continue
            mine = [i for i, other in enumerate(table.labels) if i != row and other[:-1] == labels[:-1]]
            found += [(table.name, column, i) for i in mine if (v := values[i]) and few(whole - v, minimum)]
    return found


def _sums(table: CountTable, number: Mapping[Place, int]) -> list[Relation]:
    """Return the sums of a table that a reader is taken to know."""
    found: list[Relation] = []
    rows = range(len(table.labels))
    keys = max((len(labels) for labels in table.labels), default=0)
    stacked = [i for i, name in enumerate(table.keys) if name in STACKED]
    for column in table.counts:
        if column in table.overlapping:
            continue
        sets = [] if stacked else [list(rows)]
        for key in stacked or range(keys):
            by: dict[str, list[int]] = defaultdict(list)
            for row in rows:
                if key < len(table.labels[row]):
                    by[table.labels[row][key]].append(row)
            # a name of its own for every row is the row itself
            if 1 < len(by) < len(table.labels):
                sets += [mine for mine in by.values() if len(mine) > 1]
        for mine in sets:
            cells = {number[p]: 1.0 for row in mine if (p := (table.name, column, row)) in number}
            if len(cells) > 1:
                found.append(cells)
    for parts, whole in _added_columns(table):
        for row in rows:
            cells = {number[p]: 1.0 for c in parts if (p := (table.name, c, row)) in number}
            total = number.get((table.name, whole, row))
            if total is not None and cells:
                found.append({**cells, total: -1.0})
    return found


def _added_columns(table: CountTable) -> list[tuple[tuple[str, ...], str]]:
    """Return columns that are the sum of others in every row, such as those asked: reached and not reached."""
    names = list(table.counts)
    if not 3 <= len(names) <= MOST_COLUMNS or len(table.labels) < 2:
        return []
    values = {c: np.array([0.0 if v is None else v for v in table.counts[c]]) for c in names}
    found: list[tuple[tuple[str, ...], str]] = []
    for whole in names:
        others = [c for c in names if c != whole and values[c].any()]
        for size in range(2, min(MOST_PARTS, len(others)) + 1):
            found += [
                (parts, whole)
                for parts in itertools.combinations(others, size)
                if values[whole].any() and np.array_equal(sum(values[c] for c in parts), values[whole])
            ]
    return found


def _same(tables: Sequence[CountTable], number: Mapping[Place, int], counts: Sequence[float]) -> list[Relation]:
    """Return which counts of different tables are one: equal, and of a group with the same name."""
    names = {t.name: [_words(labels) for labels in t.labels] for t in tables}
    by: dict[float, list[Place]] = defaultdict(list)
    for place, i in number.items():
        if counts[i] > 0 and names[place[0]][place[2]]:
            by[counts[i]].append(place)
    found: list[Relation] = []
    for places in by.values():
        for one, other in itertools.combinations(places, 2):
            mine, theirs = names[one[0]][one[2]], names[other[0]][other[2]]
            if one[0] != other[0] and (mine <= theirs or theirs <= mine):
                found.append({number[one]: 1.0, number[other]: -1.0})
    return found


def _words(labels: Sequence[str]) -> frozenset[str]:
    return frozenset(w for label in labels for w in re.findall(r"\w+", label.lower()))


def _near(
    relations: Sequence[Relation], counts: Sequence[float], exempt: frozenset[int], minimum: int
) -> list[Relation]:
    """Return the sums that a small count can reach, however far: others have nothing to give away."""
    reached = {i for i, c in enumerate(counts) if few(c, minimum) and i not in exempt}
    left, near = list(relations), list[Relation]()
    while True:
        touching = [r for r in left if any(i in reached for i in r)]
        if not touching:
            return near
        near += touching
        left = [r for r in left if not any(i in reached for i in r)]
        reached |= {i for r in touching for i in r}


def _linked_to(cells: frozenset[int], relations: Sequence[Relation], hidden: frozenset[int]) -> frozenset[int]:
    reached, grown = set(cells), True
    while grown:
        more = {i for r in relations if any(c in reached for c in r) for i in r if i in hidden} - reached
        reached |= more
        grown = bool(more)
    return frozenset(reached)
