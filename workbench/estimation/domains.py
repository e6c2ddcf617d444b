"""Groups of rows for which an estimate is wanted; the rest of the sample stays in the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, level_codes
from workbench.core.errors import InputError, require_columns
from workbench.core.language import plural
from workbench.core.results import Note

RESERVED = {"variable", "level", "estimate", "std_error", "ci_low", "ci_high", "n", "n_effective", "deff", "note"}


@dataclass(frozen=True, eq=False)
class Domains:
    """Groups of rows.

    Attributes
    ----------
    code
        Group of each row, -1 for none; None where all rows are one group.
    levels
        One row per group with the columns of `by`; no columns where all rows are one group.
    notes
        Rows left out because a grouping column is missing.
    """

    code: Codes | None
    levels: pd.DataFrame
    notes: tuple[Note, ...] = ()

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.levels)

    @cached_property
    def partial(self) -> bool:
        """Whether some rows are in no group."""
        return self.code is not None and bool((self.code < 0).any())

    @property
    def labels(self) -> list[str]:
        """What each group is called: its levels, joined by dots."""
        return [" · ".join(row) for row in zip(*(self.levels[c].astype(str) for c in self.levels), strict=True)]

    def columns(self, width: int) -> dict[str, Any]:
        """Return the columns of the levels, each group as often as it has lines in a table."""
        if width == 1:
            return {str(c): self.levels[c].reset_index(drop=True) for c in self.levels}
        place = np.repeat(np.arange(self.size), width)
        return {str(c): self.levels[c].take(place).reset_index(drop=True) for c in self.levels}

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each column of `values` in each group (groups x columns)."""
        if self.code is None:
            return np.asarray(values.sum(axis=0))[None, :]
        if self.partial:
            inside = self.code >= 0
            code, values = self.code[inside], values[inside]
        else:
            code = self.code
        return np.column_stack([np.bincount(code, v, minlength=self.size) for v in values.T])

    def spread(self, values: Floats) -> Floats:
        """Return for each row the values of its group (rows x columns), zero outside all groups."""
        if self.code is None:
            return values
        # one column is taken several times faster than a table of one column
        rows = values[:, 0].take(self.code)[:, None] if values.shape[1] == 1 else values[self.code]
        return np.where((self.code >= 0)[:, None], rows, 0.0) if self.partial else rows


def read_domains(data: pd.DataFrame, by: str | Sequence[str] | None, *, where: str = "data") -> Domains:
    """Count off the groups of `by` in sorted order.

    Raises
    ------
    InputError
        If a column is absent, missing in all rows, or carries the name of a result column.

    Examples
    --------
    >>> read_domains(pd.DataFrame({"g": ["b", "a", None]}), "g").code.tolist()
    [1, 0, -1]
    """
    columns = [by] if isinstance(by, str) else list(by or ())
    if not columns:
        return Domains(None, pd.DataFrame(index=[0]))
    require_columns(map(str, data.columns), columns, where=where)
    taken = [c for c in columns if c in RESERVED]
    if taken:
        raise InputError(
            "A grouping column has a name of its own.",
            found=f"{taken[0]!r}, which is a column of the result",
            fix=f"Rename it, e.g. to 'group_{taken[0]}'.",
            where="by",
        )
    missing = np.zeros(len(data), dtype=bool)
    for column in columns:
        absent = data[column].isna().to_numpy()
        # a name that occurs twice is refused below
        missing |= absent if absent.ndim == 1 else absent.any(axis=1)
    if not missing.any():
        codes, levels = level_codes(data, columns, where=where)
        return Domains(codes, levels)
    if missing.all():
        raise InputError(
            "At least one row belongs to a group.",
            found=f"{', '.join(columns)} missing in all {len(data)} rows",
            fix="Choose another grouping column.",
            where="by",
        )
    part, levels = level_codes(data.loc[~missing], columns, where=where)
    code = np.full(len(data), -1, dtype=np.int64)
    code[~missing] = part
    note = plural(
        "{n:int} row without {column} is in no group.",
        "{n:int} rows without {column} are in no group.",
        n=int(missing.sum()),
        column=", ".join(columns),
    )
    return Domains(code, levels, (Note(note),))
