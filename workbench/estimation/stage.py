"""A stage of selection, as counts and codes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.checks import Codes, Floats


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of selection.

    Attributes
    ----------
    unit
        Unit of each row, counted from 0; None where every row is a unit.
    parent
        Stratum (first stage) or unit of the stage before, of each unit.
    taken
        Number of units drawn in each parent.
    fraction
        Share drawn of each parent's units, 0 where drawn with replacement.
    names
        Levels of the parents, for messages.
    order
        Units in the order in which a systematic sample passed them, parent by parent; None where drawn at random.
    share
        Share of each unit in the total of its parent that is expected of it; None where all have the same.
    """

    unit: Codes | None
    parent: Codes
    taken: Codes
    fraction: Floats
    names: pd.DataFrame
    order: Codes | None = None
    share: Floats | None = None
