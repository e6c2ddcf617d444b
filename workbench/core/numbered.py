"""Columns whose names differ in a number: ``w1``, ``w2`` … ``w80``."""

from __future__ import annotations

import re
from collections.abc import Iterable

PLACE = "{r}"


def numbered_columns(pattern: str, columns: Iterable[object]) -> list[tuple[int, str]]:
    """Return the columns that a pattern names, with their numbers, in the order of these.

    Parameters
    ----------
    pattern
        A name with ``{r}`` where the number stands.
    columns
        Names of columns; any others are left out.

    Examples
    --------
    >>> numbered_columns("w{r}", ["w10", "w2", "weight", "w01"])
    [(1, 'w01'), (2, 'w2'), (10, 'w10')]
    """
    before, after = map(re.escape, pattern.split(PLACE))
    found = ((re.fullmatch(f"{before}0*([0-9]+){after}", str(c)), str(c)) for c in columns)
    return sorted((int(m.group(1)), c) for m, c in found if m)
