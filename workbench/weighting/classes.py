"""Weighting classes: the crossing of columns, put together where too few answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.errors import require_columns
from workbench.core.language import message
from workbench.core.listing import listed
from workbench.core.results import Note
from workbench.sampling.frame import named_levels


@takes_columns(many=["columns"])
def weighting_classes(asked: pd.DataFrame, columns: Sequence[str], minimum: int) -> tuple[pd.DataFrame, Note | None]:
    """Return those asked with their weighting class; classes with too few answers are combined with their neighbours.

    Parameters
    ----------
    asked
        Everybody asked: the columns, and ``responded``.
    columns
        Columns that classes are the crossing of, the most important first. A missing value is a level of its own.
    minimum
        Fewest respondents of a class.

    Returns
    -------
    tuple
        The customers with the column ``weighting_class``, and a note where classes were combined.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    Where a class has fewer than `minimum` respondents, all classes that differ from it in the last column only become
    one, and so on towards the first column (Kalton & Flores-Cervantes 2003, Journal of Official Statistics 19(2)).

    Examples
    --------
    >>> asked = pd.DataFrame({"region": ["n", "n", "s"], "age": ["a", "b", "a"], "responded": [True, False, True]})
    >>> weighting_classes(asked, ["region", "age"], 1)[0]["weighting_class"].tolist()
    ['n', 'n', 's | a']
    """
    require_columns(map(str, asked.columns), [*columns, "responded"], where="asked")
    keys = asked[list(columns)].apply(named_levels).to_numpy()
    # how many of the columns a row's class is still made of
    depth = np.full(len(asked), len(columns))
    while True:
        labels = pd.Series([" | ".join(k[:d]) or "all" for k, d in zip(keys, depth, strict=True)], index=asked.index)
        answers = asked.groupby(labels)["responded"].sum()
        small = labels.isin(answers.index[answers < minimum]).to_numpy() & (depth > 0)
        if not small.any():
            break
        # the finest classes first, so that no more is put together than needs be
        level = depth[small].max() - 1
        parents = {tuple(k[:level]) for k in keys[small & (depth == level + 1)]}
        inside = np.array([tuple(k[:level]) in parents for k in keys])
        depth = np.where(inside, np.minimum(depth, level), depth)
    combined = sorted(set(labels[depth < len(columns)]))
    if not combined:
        return asked.assign(weighting_class=labels), None
    text = message(
        "Weighting classes with fewer than {n:int} answers were combined with their neighbours: {which}.",
        n=minimum,
        which=listed(combined),
    )
    return asked.assign(weighting_class=labels), Note(text, "caution")
