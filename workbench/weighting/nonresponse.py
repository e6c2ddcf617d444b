"""Non-response: those who answered stand for those like them who did not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats, cell_name, flag_column, level_codes, weight_column
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.results import Note
from workbench.weighting.result import Weights

LARGE_FACTOR = 3.0


@takes_columns("weight", "responded", many=["classes"])
def adjust_nonresponse(
    data: pd.DataFrame,
    *,
    classes: str | Sequence[str],
    weight: str = "base_weight",
    responded: str = "responded",
    minimum: int = 10,
) -> Weights:
    """Give the weight of those who did not answer to those of the same class who did.

    Within a class everybody is taken to be equally likely to answer, so a class should put together customers who
    answer alike and would say alike things.

    Parameters
    ----------
    data
        One row per customer asked, whether or not he or she answered.
    classes
        Column or columns whose combinations are the classes; known for everybody asked.
    weight
        Column of base weights.
    responded
        Column that is true (1) for those who answered.
    minimum
        Fewest respondents a class may have.

    Returns
    -------
    Weights
        ``.weights``: base weight × factor for those who answered, 0 for those who did not. ``.table``: the columns of
        `classes`, ``asked``, ``respondents``, ``response_rate`` (weighted), ``factor``.

    Raises
    ------
    InputError
        If a class has fewer than `minimum` respondents; every such class is named, with a class to combine it with.

    Notes
    -----
    Weighting-class adjustment, factor_c = Σ w / Σ w r over class c: Lohr, Sampling: Design and Analysis (3rd ed.,
    2021), section 8.5.

    Examples
    --------
    >>> data = pd.DataFrame({"region": ["a", "a", "b"], "base_weight": [2.0, 2.0, 5.0], "responded": [1, 0, 1]})
    >>> adjust_nonresponse(data, classes="region", minimum=1).weights.tolist()
    [4.0, 0.0, 5.0]
    """
    columns = [classes] if isinstance(classes, str) else list(classes)
    if not columns:
        raise InputError(
            "Weighting classes are made of at least one column.",
            found="no column",
            fix="Name a column that is known for everybody asked.",
            where="classes",
        )
    weights = weight_column(data, weight, where="data")
    answered = flag_column(data, responded, where="data")
    codes, levels = level_codes(data, columns, where="data")
    asked = np.bincount(codes, minlength=len(levels))
    respondents = np.bincount(codes, answered, minlength=len(levels)).astype(np.int64)
    everyone = np.bincount(codes, weights, minlength=len(levels))
    reached = np.bincount(codes, weights * answered, minlength=len(levels))
    rate = reached / everyone
    _require_respondents(levels, respondents, rate, minimum)
    factor = everyone / reached
    adjusted = pd.Series(np.where(answered, weights * factor[codes], 0.0), index=data.index, name="nonresponse_weight")
    table = levels.assign(asked=asked, respondents=respondents, response_rate=rate, factor=factor)
    return Weights(weights=adjusted, table=table, notes=_notes(levels, factor))


def _require_respondents(levels: pd.DataFrame, respondents: Codes, rate: Floats, minimum: int) -> None:
    small = np.flatnonzero(respondents < max(minimum, 1))
    if not len(small):
        return
    found = [f"{cell_name(levels, r)}: {respondents[r]} respondents" for r in small[:6]]
    fixes = [_proposal(levels, respondents, rate, int(r)) for r in small[:6]]
    if len(small) > 6:
        found.append(f"and {len(small) - 6} more classes")
    raise InputError(
        f"Every weighting class has at least {minimum} respondents.",
        found="; ".join(found),
        fix="; ".join(dict.fromkeys(fixes)),
        where="classes",
    )


def _proposal(levels: pd.DataFrame, respondents: Codes, rate: Floats, row: int) -> str:
    """Name the class to combine with: it differs in one column only and answers most alike."""
    if len(levels) == 1:
        return "There is only one class: too few answers to adjust for non-response"
    differing = (levels != levels.iloc[row]).sum(axis=1).to_numpy()
    nearest = differing == np.min(differing[differing > 0])
    gap = np.where(nearest, np.abs(rate - rate[row]), np.inf)
    # an empty class has no response rate of its own worth comparing: take the largest neighbour
    best = int(np.argmax(np.where(nearest, respondents, -1))) if respondents[row] == 0 else int(np.argmin(gap))
    return f"Combine {cell_name(levels, row)} with {cell_name(levels, best)}"


def _notes(levels: pd.DataFrame, factor: Floats) -> tuple[Note, ...]:
    worst = int(np.argmax(factor))
    if factor[worst] <= LARGE_FACTOR:
        return ()
    return (
        Note(
            message(
                "In {cell} each answer stands for {factor:dec1} customers asked: what is said about this class rests "
                "on the assumption that those who stayed silent would have answered alike.",
                cell=str(levels.iloc[worst, 0]) if levels.shape[1] == 1 else cell_name(levels, worst),
                factor=float(factor[worst]),
            ),
            "caution",
        ),
    )
