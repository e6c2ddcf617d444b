"""What a driver analysis asks of its columns, and how many rows it can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, require_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import message, plural
from workbench.core.results import Note

DriverMethod = Literal["shapley", "johnson", "ordinal"]
MissingRule = Literal["complete", "pairwise"]
MOST: Final[Mapping[str, int]] = {"shapley": 200, "johnson": 200, "ordinal": 200}
# beyond it the 2^p subsets of Shapley take too long, and Johnson's weights say nearly the same
MOST_SUBSETS: Final = 20
SAME: Final = 0.9999
ROWS_PER_COLUMN: Final = 10


def check_drivers(
    data: pd.DataFrame, outcome: str, drivers: Sequence[str], method: str, missing: str, bootstrap: int
) -> None:
    """Refuse what cannot be analysed.

    Raises
    ------
    InputError
        If a choice is unknown, a column is missing or named twice, or there are too few or too many drivers.
    """
    for name, value, allowed in (("method", method, DriverMethod), ("missing", missing, MissingRule)):
        if value not in get_args(allowed):
            raise InputError(
                f"{name} is one of {', '.join(get_args(allowed))}.", found=repr(value), fix="Choose one.", where=name
            )
    if method == "ordinal" and missing == "pairwise":
        raise InputError(
            "An ordinal model needs rows without missing answers.",
            found="missing='pairwise'",
            fix="Use missing='complete', or method='johnson'.",
            where="missing",
        )
    require_table(data, where="data")
    require_columns(map(str, data.columns), [outcome, *drivers], where="data")
    if outcome in drivers or len(set(drivers)) < len(drivers) or len(drivers) < 2 or bootstrap < 20:
        raise InputError(
            "Drivers are at least two different columns, without the outcome, and the bootstrap at least 20 samples.",
            found=f"outcome {outcome!r}, drivers {list(drivers)}, bootstrap {bootstrap}",
            fix="Name each driver once.",
            where="drivers",
        )
    if len(drivers) > MOST[method]:
        raise InputError(
            message("The method '{method}' takes at most {most:int} drivers.", method=method, most=MOST[method]),
            found=plural("{n:int} driver", "{n:int} drivers", n=len(drivers)),
            fix=message("Use method='johnson', or combine drivers that ask the same."),
            where="drivers",
        )


def check_values(values: Floats, rows: np.ndarray, names: Sequence[str]) -> None:
    """Refuse too few rows, and an outcome that does not vary in them.

    Parameters
    ----------
    values
        Drivers and, last, the outcome.

    Raises
    ------
    InputError
        If there are fewer than ten rows per column, or the outcome is constant in them.
    """
    if rows.sum() < ROWS_PER_COLUMN * len(names):
        raise InputError(
            message("There are at least ten complete rows per driver."),
            found=message(
                "{n:int} of {all:int} rows for {drivers:int} drivers",
                n=int(rows.sum()),
                all=len(rows),
                drivers=len(names) - 1,
            ),
            fix=message("Leave out drivers that few answered, or use missing='pairwise'."),
            where="data",
        )
    if not _varies(values[rows, -1]):
        raise InputError(
            message("The outcome varies."),
            found=message("'{name}' is the same in all {n:int} rows used", name=names[-1], n=int(rows.sum())),
            fix=message("Choose another outcome."),
            where="data",
        )


def _varies(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    return bool(len(known)) and bool(known.min() < known.max())


@dataclass(frozen=True)
class Usable:
    """Drivers that can be told apart from each other and from the outcome, and why the others cannot."""

    kept: tuple[int, ...]
    notes: tuple[Note, ...]


def usable_drivers(values: Floats, rows: np.ndarray, names: Sequence[str]) -> Usable:
    """Leave out drivers that say nothing of their own: constant ones, copies and mirrors of others, and the outcome.

    Parameters
    ----------
    values
        Drivers and, last, the outcome.
    rows
        The rows used.
    names
        Names of the columns.

    Returns
    -------
    Usable
        Positions kept, in order, and a note that names each one left out. Of two copies the first stays.

    Raises
    ------
    InputError
        If fewer than two drivers are left.

    Examples
    --------
    >>> x = np.array([[1.0, 5, 1, 3, 2], [2, 4, 1, 1, 9], [3, 3, 1, 2, 4], [5, 1, 1, 2, 7]])
    >>> found = usable_drivers(x, np.ones(4, dtype=bool), ["a", "mirror", "flat", "b", "outcome"])
    >>> found.kept, [str(n.message) for n in found.notes]  # doctest: +NORMALIZE_WHITESPACE
    ((0, 3), ['flat is answered alike by everybody and left out.',
              'mirror says the same as a, turned round, and is left out.'])
    """
    used = values[rows]
    notes: list[Note] = []
    kept: list[int] = []
    for place, name in enumerate(names[:-1]):
        if not _varies(used[:, place]):
            notes.append(Note(message("{driver} is answered alike by everybody and left out.", driver=name), "caution"))
    for place, name in enumerate(names[:-1]):
        if not _varies(used[:, place]):
            continue
        if abs(_correlation(used[:, place], used[:, -1])) > SAME:
            text = message("{driver} and {outcome} are one answer; it is left out.", driver=name, outcome=names[-1])
            notes.append(Note(text, "caution"))
            continue
        twin = next((k for k in kept if abs(_correlation(used[:, place], used[:, k])) > SAME), None)
        if twin is None:
            kept.append(place)
        elif _correlation(used[:, place], used[:, twin]) > 0:
            text = message("{driver} says the same as {other} and is left out.", driver=name, other=names[twin])
            notes.append(Note(text, "caution"))
        else:
            text = message(
                "{driver} says the same as {other}, turned round, and is left out.", driver=name, other=names[twin]
            )
            notes.append(Note(text, "caution"))
    if len(kept) < 2:
        raise InputError(
            message("At least two drivers say something of their own."),
            found=message("{n:int} of {all:int} drivers do", n=len(kept), all=len(names) - 1),
            fix=message("Name other drivers: the others are constant, copies, or the outcome itself."),
            where="drivers",
        )
    return Usable(tuple(kept), tuple(notes))


def _correlation(a: Floats, b: Floats) -> float:
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    if not _varies(x) or not _varies(y):
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
