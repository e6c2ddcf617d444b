"""Regions and segments against each other and against all others, by NPS."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.calls import takes_columns
from workbench.estimation import Design, GroupComparison, compare_groups
from workbench.estimation.chosen import chosen_design
from workbench.estimation.comparisons import Adjust
from workbench.estimation.groups import Against


@takes_columns("column", many=["by"])
def nps_comparison(
    data: pd.DataFrame,
    design: Design | None = None,
    *,
    by: str | Sequence[str],
    column: str = "recommend",
    against: Against = "rest",
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
    not_answered: Sequence[float] = (),
) -> GroupComparison:
    """Compare the NPS of groups with each other, or each with all others.

    A group is part of the total, so a test against the total as if it were another sample is wrong; the difference to
    the total is the difference to all others times their share, and its p-value is the same.

    Parameters
    ----------
    data
        One row per questionnaire.
    design
        The sampling design; None counts every answer once.
    by
        Groups.
    column
        Answers 0–10.
    against
        ``rest`` (each group against all others) or ``each other`` (every pair).
    adjust
        ``holm`` or ``bh`` over all comparisons made.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers per side for a verdict.
    not_answered
        Codes for no answer.

    Returns
    -------
    GroupComparison
        See `workbench.estimation.GroupComparison`.

    Raises
    ------
    InputError
        As `workbench.estimation.compare_groups`.

    Examples
    --------
    >>> data = pd.DataFrame({"recommend": [10, 9, 8, 3] * 20 + [10, 3, 3, 7] * 20, "region": ["n"] * 80 + ["s"] * 80})
    >>> nps_comparison(data, by="region").pairs[["group", "estimate", "verdict"]]
      group  estimate verdict
    0     n      50.0  higher
    1     s     -50.0   lower
    """
    return compare_groups(
        data,
        column,
        chosen_design(design, lonely_psu="certainty"),
        by=by,
        statistic="nps",
        against=against,
        adjust=adjust,
        confidence=confidence,
        minimum_base=minimum_base,
        not_answered=not_answered,
    )
