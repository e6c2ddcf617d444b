"""What a driver analysis asks of its columns, and how many rows it can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import message

DriverMethod = Literal["shapley", "johnson", "ordinal"]
MissingRule = Literal["complete", "pairwise"]
MOST: Final[Mapping[str, int]] = {"shapley": 20, "johnson": 200, "ordinal": 20}


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
            found=message("{n:int} drivers", n=len(drivers)),
            fix=message("Use method='johnson', or combine drivers that ask the same."),
            where="drivers",
        )


def check_values(values: Floats, rows: np.ndarray, names: Sequence[str]) -> None:
    """Refuse too few rows, and columns that do not vary in them.

    Raises
    ------
    InputError
        If there are fewer than ten rows per column, or a column is constant in them.
    """
    if rows.sum() < 10 * len(names):
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
    for name, column in zip(names, values[rows].T, strict=True):
        known = column[~np.isnan(column)]
        if len(known) == 0 or known.min() == known.max():
            raise InputError(
                message("Drivers and outcome vary."),
                found=message("'{name}' is missing in the rows used", name=name)
                if len(known) == 0
                else message("'{name}' is always {value:g} in the rows used", name=name, value=float(known[0])),
                fix=message("Leave it out."),
                where="data",
            )
