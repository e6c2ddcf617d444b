"""Population margins: checked against the sample before any weight is moved."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, level_codes
from workbench.core.errors import InputError, nearest

Margins = Mapping[Any, Any] | Sequence[pd.Series]
AGREEMENT = 1e-9


def totals_by(codes: Codes, values: Floats, size: int) -> Floats:
    """Return the sum of `values` for each code."""
    return np.asarray(np.bincount(codes, values, minlength=size), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Margin:
    """One margin: the level of each row, and what the levels add up to in the population.

    Attributes
    ----------
    columns
        The column, or the columns whose combinations are the levels.
    codes
        Level of each row.
    levels
        Names of the levels.
    targets
        Population total of each level.
    """

    columns: tuple[str, ...]
    codes: Codes
    levels: tuple[Any, ...]
    targets: Floats

    @property
    def name(self) -> str:
        """The margin's name: its columns, joined by ``×``."""
        return " × ".join(self.columns)

    def sums(self, weights: Floats) -> Floats:
        """Return the weighted total of each level."""
        return totals_by(self.codes, weights, len(self.levels))


def read_margins(data: pd.DataFrame, margins: Margins) -> list[Margin]:
    """Match margins with the rows of `data`.

    Parameters
    ----------
    margins
        Column (or tuple of columns) → totals by level, as a mapping or Series; or a list of Series whose index names
        are the columns.

    Raises
    ------
    InputError
        If a column is missing, a level occurs on one side only, a total is negative or not a number, or the margins
        add up to different populations. The margin and level are named.

    Examples
    --------
    >>> data = pd.DataFrame({"g": ["m", "f", "f"]})
    >>> read_margins(data, {"g": {"m": 50, "f": 50}})[0].targets.tolist()
    [50.0, 50.0]
    """
    found = [_read(data, columns, totals) for columns, totals in _pairs(margins)]
    if not found:
        raise InputError(
            "At least one margin is given.", found="none", fix="Pass totals by level for a column.", where="margins"
        )
    _require_agreement(found)
    return found


def _pairs(margins: Margins) -> list[tuple[tuple[str, ...], Mapping[Hashable, Any]]]:
    pairs: list[tuple[tuple[str, ...], Mapping[Hashable, Any]]] = []
    if isinstance(margins, Mapping):
        for key, totals in margins.items():
            columns = tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)
            pairs.append((columns, _totals(totals, columns)))
        return pairs
    for series in margins:
        if not isinstance(series, pd.Series) or any(n is None for n in series.index.names):
            raise InputError(
                "A margin in a list is a Series whose index names are its columns.",
                found=repr(series)[:80],
                fix="Name the index, e.g. totals.rename_axis('region'), or pass a dictionary.",
                where="margins",
            )
        columns = tuple(map(str, series.index.names))
        pairs.append((columns, _totals(series, columns)))
    return pairs


def _totals(totals: object, columns: tuple[str, ...]) -> Mapping[Hashable, Any]:
    if isinstance(totals, pd.Series):
        if totals.index.has_duplicates:
            twice = totals.index[totals.index.duplicated()][0]
            raise InputError(
                f"The margin {' × '.join(columns)} names each level once.",
                found=f"{twice!r} twice",
                fix="Add the rows of the same level together.",
                where="margins",
            )
        return dict(totals.items())
    if isinstance(totals, Mapping):
        return totals
    raise InputError(
        f"The margin {' × '.join(columns)} gives a total for each level.",
        found=repr(totals)[:80],
        fix="Pass a mapping or a Series: level → population total.",
        where="margins",
    )


def _read(data: pd.DataFrame, columns: tuple[str, ...], totals: Mapping[Hashable, Any]) -> Margin:
    name = " × ".join(columns)
    codes, levels = level_codes(data, columns, where=f"margin {name}")
    present = list(levels.itertuples(index=False, name=None)) if len(columns) > 1 else levels[columns[0]].tolist()
    for level, total in totals.items():
        if not isinstance(total, int | float | np.number) or not np.isfinite(float(total)) or float(total) < 0:
            raise InputError(
                "A population total is a number, zero or above.",
                found=f"{name} = {level}: {total!r}",
                fix="Correct the total.",
                where="margins",
            )
    nobody = [level for level, total in totals.items() if level not in set(present) and float(total) > 0]
    if nobody:
        raise InputError(
            "Every level of a margin has respondents.",
            found=f"{name} = {nobody[0]}: population {float(totals[nobody[0]]):,.0f}, nobody in the sample"
            + (f" (and {len(nobody) - 1} more levels)" if len(nobody) > 1 else ""),
            fix=_collapse(name, nobody[0], totals, present),
            where="margins",
        )
    unknown = [level for level in present if level not in totals]
    if unknown:
        hint = nearest(str(unknown[0]), map(str, totals))
        raise InputError(
            "Every level in the sample has a population total.",
            found=f"{name} = {unknown[0]} with {int((codes == present.index(unknown[0])).sum())} rows has none",
            fix=f"Add its total to the margin, or recode the rows{hint}",
            where="margins",
        )
    targets = np.array([float(totals[level]) for level in present])
    if (targets == 0).any():
        level = present[int(np.argmin(targets))]
        raise InputError(
            "A level with respondents has a population above zero.",
            found=f"{name} = {level}: population 0, {int((codes == present.index(level)).sum())} rows in the sample",
            fix="Correct the total, or recode these rows.",
            where="margins",
        )
    return Margin(columns, codes, tuple(present), targets)


def _collapse(name: str, level: Hashable, totals: Mapping[Hashable, Any], present: list[Any]) -> str:
    others = [(float(totals[p]), p) for p in present if p in totals]
    if not others:
        return f"Check the spelling of the levels of {name}; none of them occurs in the sample."
    smallest = min(others, key=lambda pair: (pair[0], str(pair[1])))[1]
    return f"Combine {name} = {level} with another level, such as {smallest}, in the sample and in the margin."


def _require_agreement(margins: list[Margin]) -> None:
    first = margins[0]
    for other in margins[1:]:
        a, b = float(first.targets.sum()), float(other.targets.sum())
        if abs(a - b) > 1e-6 * max(a, b):
            raise InputError(
                "All margins add up to the same population.",
                found=f"{first.name} adds up to {a:,.6g}, {other.name} to {b:,.6g}",
                fix="Use totals of the same date and population, or scale one margin to the other knowingly.",
                where="margins",
            )


def as_counts(margins: list[Margin], population: float) -> tuple[list[Margin], bool]:
    """Scale margins that are shares (each adds up to 1) or per cents (to 100) to `population`; say whether they were.

    Weights that add up to 100 themselves are scaled to 100, so that counts of a hundred stay what they are.
    """
    for whole in (1.0, 100.0):
        if all(abs(float(m.targets.sum()) / whole - 1.0) < AGREEMENT * 1e3 for m in margins):
            return [replace(m, targets=m.targets * population / m.targets.sum()) for m in margins], True
    return margins, False


def margin_table(margins: list[Margin], before: Floats, after: Floats, counts: Codes | None = None) -> pd.DataFrame:
    """Return one row per margin and level: target, weighted totals before and after, and their shares.

    With `counts` the margins' codes are those of cells, and `counts` says how many rows each cell has.
    """
    parts = []
    for m in margins:
        b, a = m.sums(before), m.sums(after)
        parts.append(
            pd.DataFrame(
                {
                    "margin": m.name,
                    "level": [" × ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in m.levels],
                    "n": np.bincount(m.codes, counts, minlength=len(m.levels)).astype(np.int64),
                    "target": m.targets,
                    "before": b,
                    "after": a,
                    "share_before": b / b.sum(),
                    "share_after": a / a.sum(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
