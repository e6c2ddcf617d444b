"""What a reader should know about an analysis of drivers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.language import message, plural
from workbench.core.results import Note

COPY = 0.95


def proportional_notes(table: pd.DataFrame) -> list[Note]:
    """Name the drivers for which one slope does not do for all scores."""
    unlike = table.loc[table["p_adjusted"] < 0.05, "driver"]
    return [
        Note(
            message(
                "{driver} does not work the same way at low and at high scores (proportional odds, {p:p_is}): its "
                "coefficient is an average.",
                driver=str(d),
                p=float(table.set_index("driver").loc[d, "p_adjusted"]),
            ),
            "caution",
        )
        for d in unlike
    ]


def driver_notes(
    table: pd.DataFrame,
    total: float,
    centre: Floats,
    drivers: Sequence[str],
    rows: np.ndarray,
    holes: np.ndarray,
    missing: str,
) -> tuple[Note, ...]:
    """Say how much the drivers explain, which rows were used, and which drivers are nearly copies or mere noise."""
    notes = [Note(message("Together the drivers explain {share:pct} of the differences between answers.", share=total))]
    if missing == "complete" and not rows.all():
        notes.append(
            Note(
                message(
                    "{n:int} of {all:int} rows have all answers and are used; {driver} is missing most often "
                    "({share:pct}).",
                    n=int(rows.sum()),
                    all=len(rows),
                    driver=drivers[int(holes[:, :-1].sum(axis=0).argmax())],
                    share=float(holes[:, :-1].mean(axis=0).max()),
                ),
                "caution" if rows.mean() < 0.8 else "info",
            )
        )
    elif missing == "pairwise":
        notes.append(Note(message("Each correlation uses the rows that have both of its answers."), "caution"))
    near = np.argwhere(np.triu(np.abs(centre[:-1, :-1]), 1) > COPY)
    for a, b in near[:3]:
        notes.append(
            Note(
                message(
                    "{a} and {b} are nearly copies of each other and share one importance.",
                    a=drivers[int(a)],
                    b=drivers[int(b)],
                ),
                "caution",
            )
        )
    dull = int((~table["clear"]).sum())
    if dull:
        notes.append(
            Note(
                plural(
                    "{n:int} driver is no stronger than shuffled answers would be.",
                    "{n:int} drivers are no stronger than shuffled answers would be.",
                    n=dull,
                ),
                "caution",
            )
        )
    return tuple(notes)
