"""Counts of few people: which cells of published tables are hidden, and the proof that nobody can compute them back.

A table is a list of counts with the sums of them that a reader knows (rows, columns, the whole, the same count in
another table). Few people in a cell hide it; then as many others are hidden as it takes until no hidden cell can be
solved for, nor bounded so narrowly that it is as good as known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from workbench.core.errors import InputError

MINIMUM_CELL = 10
# a reader must not know a hidden count within two either way
NARROWEST = 4.0
TOLERANCE = 1e-7

Relation = dict[int, float]
Limits = tuple[float, float | None]


@dataclass(frozen=True)
class Hidden:
    """What is hidden of a list of counts.

    Attributes
    ----------
    primary
        Cells of few people.
    secondary
        Cells that would give those away.
    open
        Hidden cells that stay narrow although everything around them is hidden: the whole itself is that small.
    """

    primary: frozenset[int]
    secondary: frozenset[int]
    open: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """Every hidden cell."""
        return self.primary | self.secondary


def few(count: float, minimum: int = MINIMUM_CELL) -> bool:
    """Tell whether a count is of people, but of fewer than `minimum`; nobody is nobody and may be said.

    Examples
    --------
    >>> few(3), few(0), few(10), few(float("nan"))
    (True, False, False, False)
    """
    return bool(0 < count < minimum)


def dominated(values: Sequence[float] | np.ndarray, *, share: float = 0.85) -> bool:
    """Tell whether a sum is nearly one person's: the largest part, or what is left beside the two largest, says so.

    Parameters
    ----------
    values
        What each person brings to the sum.
    share
        The largest share of the sum that one person may have.

    Notes
    -----
    The (1, k) rule and the p % rule of statistical offices (Hundepool et al. 2012, section 4.2.2): with p = 10, the
    second largest could estimate the largest to within a tenth where all the others together are less than that.

    Examples
    --------
    >>> dominated([900, 20, 30]), dominated([100, 90, 80, 70]), dominated([100, 95, 4])
    (True, False, True)
    """
    parts = np.sort(np.abs(np.asarray(values, dtype=float)))[::-1]
    parts = parts[np.isfinite(parts) & (parts > 0)]
    if not len(parts):
        return False
    if len(parts) < 3 or parts[0] > share * parts.sum():
        return True
    return bool(parts[2:].sum() < 0.1 * parts[0])


def hide(
    counts: Sequence[float] | np.ndarray,
    relations: Sequence[Relation],
    *,
    minimum: int = MINIMUM_CELL,
    exempt: frozenset[int] = frozenset(),
) -> Hidden:
    """Return which counts are hidden: those of few people, and as many others as it takes that these stay unknown.

    Parameters
    ----------
    counts
        Counts of people; missing ones are no cells.
    relations
        Sums that a reader knows: cell → its factor. ``{0: 1, 1: 1}`` says that the sum of cells 0 and 1 is known,
        ``{0: 1, 1: -1}`` that both are the same.
    minimum
        Counts below it are of few people.
    exempt
        Cells that may be said however few they are, such as the number of all answers.

    Returns
    -------
    Hidden

    Raises
    ------
    InputError
        If a relation names a cell that is not there.

    Notes
    -----
    Complementary suppression by the next smallest cell (Hundepool et al. 2012, section 4.3): while a hidden cell is
    determined by the sums, or bounded within ±2 by them (`exposed`), the smallest cell that shares a sum with it is
    hidden, too. It ends, since every step hides a cell.

    Examples
    --------
    >>> hide([3, 40, 25, 60], [{0: 1, 1: 1, 2: 1, 3: 1}]).all
    frozenset({0, 2})
    >>> hide([3, 12, 14], [{0: 1, 1: 1, 2: 1}]).secondary
    frozenset({1, 2})
    """
    values = np.asarray(counts, dtype=float)
    for relation in relations:
        if any(not 0 <= i < len(values) for i in relation):
            raise InputError(
                "A sum is of cells of the table.",
                found=f"cell {max(relation)} of {len(values)}",
                fix="Number the cells from 0 in the order of the counts.",
                where="relations",
            )
    known = [{i: f for i, f in r.items() if np.isfinite(values[i])} for r in relations]
    primary = frozenset(i for i, v in enumerate(values) if few(v, minimum) and i not in exempt)
    secondary = _beside(values, known, primary, exempt)
    stuck: set[int] = set()
    safe: set[int] = set()
    while True:
        hidden = primary | secondary
        # hiding more only widens the bounds of a cell, so that one that is safe stays so
        found = exposed(values, known, primary, secondary, minimum=minimum, skip=safe | stuck)
        safe |= hidden - set(found) - stuck
        if not found:
            return Hidden(primary, frozenset(secondary), frozenset(stuck))
        chosen: set[int] = set()
        for cell in sorted(found, key=lambda i: (values[i], i)):
            mine = [r for r in known if cell in r]
            if any(j in chosen for r in mine for j in r):
                continue  # what was hidden for another may do
            beside = {j for r in mine for j in r} - hidden - exempt
            # one that is linked further away will do where the sums of the cell itself are used up
            linked = {j for r in known if any(k in hidden for k in r) for j in r} - hidden - exempt
            choice = sorted((j for j in beside or linked if values[j] > 0), key=lambda j: (values[j], j))
            if choice:
                chosen.add(choice[0])
            else:
                stuck.add(cell)
        secondary |= chosen


def _beside(
    values: np.ndarray, relations: Sequence[Relation], primary: frozenset[int], exempt: frozenset[int]
) -> set[int]:
    """Return the next smallest cell of every sum in which one alone is hidden, until none is: most of the way, fast."""
    secondary: set[int] = set()
    changed = True
    while changed:
        changed = False
        for relation in relations:
            hidden = [c for c in relation if c in primary or c in secondary]
            beside = sorted((values[c], c) for c in relation if c not in hidden and c not in exempt and values[c] > 0)
            if len(hidden) == 1 and beside:
                secondary.add(beside[0][1])
                changed = True
    return secondary


def exposed(
    counts: Sequence[float] | np.ndarray,
    relations: Sequence[Relation],
    primary: frozenset[int] | set[int],
    secondary: frozenset[int] | set[int] = frozenset(),
    *,
    minimum: int = MINIMUM_CELL,
    narrowest: float = NARROWEST,
    skip: set[int] | frozenset[int] = frozenset(),
) -> list[int]:
    """Return the hidden cells that a reader can compute, or bound so narrowly that they are as good as known.

    Parameters
    ----------
    counts, relations
        As `hide` takes them; what is not hidden is known.
    primary
        Hidden cells that a reader knows to be of few people: 1 to ``minimum - 1``.
    secondary
        Hidden cells that a reader knows to be of at least `minimum`, since others read "< 10".
    minimum
        Counts below it are of few people.
    narrowest
        A cell is as good as known where its bounds are no further apart than this.
    skip
        Cells that need not be looked at again.

    Notes
    -----
    The hidden cells x satisfy A x = b, b being the known sums less the cells that are shown. A cell is determined where
    its unit vector lies in the row space of A (elimination); it is bounded by the smallest and largest value it takes
    under A x = b and the bounds above (linear programming, HiGHS). Groups of cells that share no sum are looked at one
    by one.

    Examples
    --------
    >>> total = [{0: 1, 1: 1, 2: 1}]
    >>> exposed([3, 40, 25], total, {0}), exposed([3, 40, 25], total, {0}, {2})
    ([0], [])
    """
    values = np.asarray(counts, dtype=float)
    hidden = sorted(set(primary) | set(secondary))
    # a reader knows of every small cell that it is small; what the sums add must leave nearly all of that open
    wanted = min(narrowest, max(minimum - 3.0, 0.0))
    found: list[int] = []
    for group, sums in _groups(hidden, relations):
        if skip.issuperset(group):
            continue
        place = {cell: i for i, cell in enumerate(group)}
        matrix = np.zeros((len(sums), len(group)))
        for row, relation in enumerate(sums):
            for cell, factor in relation.items():
                if cell in place:
                    matrix[row, place[cell]] = factor
        target = matrix @ values[group]
        solved = _determined(matrix)
        limits: list[Limits] = [(1.0, minimum - 1.0) if c in primary else (float(minimum), None) for c in group]
        for i, cell in enumerate(group):
            if cell in skip:
                continue
            if solved[i] or _width(matrix, target, limits, i) <= wanted + TOLERANCE:
                found.append(cell)
    return sorted(found)


def _groups(hidden: Sequence[int], relations: Sequence[Relation]) -> list[tuple[list[int], list[Relation]]]:
    """Return the hidden cells that sums link with each other, each group with its sums; a cell without one is safe."""
    chosen = set(hidden)
    rows = [r for r in relations if any(c in chosen for c in r)]
    home = {cell: cell for cell in hidden}

    def root(cell: int) -> int:
        while home[cell] != cell:
            home[cell] = home[home[cell]]
            cell = home[cell]
        return cell

    for relation in rows:
        mine = [c for c in relation if c in chosen]
        for other in mine[1:]:
            home[root(other)] = root(mine[0])
    groups: dict[int, list[int]] = {}
    for cell in hidden:
        groups.setdefault(root(cell), []).append(cell)
    sums: dict[int, list[Relation]] = {}
    for relation in rows:
        first = next(c for c in relation if c in chosen)
        sums.setdefault(root(first), []).append(relation)
    return [(cells, sums[name]) for name, cells in groups.items() if name in sums]


def _determined(matrix: np.ndarray) -> np.ndarray:
    """Return which unknowns every solution shares: those that elimination leaves with no unknown beside them.

    Sums are of few cells each and have whole factors, of which elimination row by row looks at a few only and is exact;
    a decomposition of the whole would ask all processors for it again after each cell that is hidden.
    """
    left = matrix.copy()
    owner: dict[int, int] = {}  # unknown → the row that is solved for it
    rest = np.ones(len(left), dtype=bool)
    for unknown in range(left.shape[1]):
        sizes = np.where(rest, np.abs(left[:, unknown]), 0.0)
        row = int(sizes.argmax())
        if sizes[row] <= TOLERANCE:
            continue
        owner[unknown], rest[row] = row, False
        left[row] /= left[row, unknown]
        others = np.flatnonzero(left[:, unknown])
        others = others[others != row]
        beside = np.flatnonzero(left[row])
        left[np.ix_(others, beside)] -= np.outer(left[others, unknown], left[row, beside])
    free = [i for i in range(left.shape[1]) if i not in owner]
    known = np.zeros(left.shape[1], dtype=bool)
    for unknown, row in owner.items():
        known[unknown] = not (np.abs(left[row, free]) > TOLERANCE).any()
    return known


def _width(matrix: np.ndarray, target: np.ndarray, limits: Sequence[Limits], cell: int) -> float:
    aim = np.zeros(matrix.shape[1])
    aim[cell] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        solved = scipy.optimize.linprog(sign * aim, A_eq=matrix, b_eq=target, bounds=list(limits), method="highs")
        # no end on this side; or sums that contradict each other, from which nothing follows
        if solved.status != 0 or solved.fun is None:
            return float("inf")
        ends.append(sign * float(solved.fun))
    return ends[1] - ends[0]
