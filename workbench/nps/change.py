"""Change of the NPS between waves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.calls import takes_columns
from workbench.estimation import Change, Design, estimate_change
from workbench.estimation.chosen import two_designs
from workbench.estimation.comparisons import Adjust


@takes_columns("column", "id", many=["by"])
def nps_change(
    previous: pd.DataFrame,
    current: pd.DataFrame,
    designs: Design | tuple[Design, Design] | None = None,
    *,
    column: str = "recommend",
    id: str | None = None,  # noqa: A002
    by: str | Sequence[str] | None = None,
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
    not_answered: Sequence[float] = (),
) -> Change:
    """Estimate how the NPS changed since the previous wave, in points.

    Parameters
    ----------
    previous, current
        All rows of each wave.
    designs
        Design of each wave, or one for both; None counts every answer once.
    column
        Answers 0–10.
    id
        Column of customer ids where the waves share customers; None for independent waves.
    by
        Groups.
    adjust
        ``holm`` or ``bh`` over all lines of the table.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers per wave for a verdict.
    not_answered
        Codes for no answer.

    Returns
    -------
    Change
        See `workbench.estimation.Change`.

    Raises
    ------
    InputError
        As `workbench.estimation.estimate_change`.

    Examples
    --------
    >>> before = pd.DataFrame({"recommend": [10] * 50 + [3] * 50})
    >>> after = pd.DataFrame({"recommend": [10] * 80 + [3] * 20})
    >>> nps_change(before, after).table[["estimate", "n", "verdict"]]
       estimate    n verdict
    0      60.0  100      up
    """
    chosen = two_designs(designs, lonely_psu="certainty")
    return estimate_change(
        previous,
        current,
        column,
        chosen,
        id=id,
        by=by,
        statistic="nps",
        adjust=adjust,
        confidence=confidence,
        minimum_base=minimum_base,
        not_answered=not_answered,
    )
