"""Rows of a table as people name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import pandas as pd

from workbench.core.column_names import study_name
from workbench.core.errors import require_columns
from workbench.tabulation.answers import single
from workbench.tabulation.measured import Rows
from workbench.tabulation.ratings import mean, nps, scale


def as_rows(given: Rows | str | Iterable[Rows | str], data: pd.DataFrame) -> list[Rows]:
    """Return rows as they were given; a name becomes what its column is: a scale of few numbers, else answers.

    Examples
    --------
    >>> table = pd.DataFrame({"q": [1, 5], "brand": ["a", "b"], "spend": [1.5, 9.25]})
    >>> [type(r).__name__ for r in as_rows(["q", "brand", "spend"], table)]
    ['Scale', 'Single', 'Mean']
    """
    listed: list[Any] = [given] if isinstance(given, str) or hasattr(given, "measure") else list(cast(Any, given))
    found: list[Rows] = []
    for one in listed:
        if not isinstance(one, str):
            found.append(cast(Rows, one))
            continue
        if one not in data:
            require_columns(map(str, data.columns), [one], where="rows")
        if not pd.api.types.is_numeric_dtype(data[one]) or pd.api.types.is_bool_dtype(data[one]):
            found.append(single(one))
            continue
        series = data[one].dropna()
        if one == "recommend":
            found.append(nps(one))
        elif series.max() - series.min() <= 1 and (series % 1 == 0).all():
            found.append(single(one))
        elif len(series.unique()) <= 11 and (series % 1 == 0).all():
            # boxes of a short scale hold one answer each, so that they never overlap
            found.append(scale(one, boxes=(2, 2) if series.max() - series.min() > 2 else (1, 1)))
        else:
            found.append(mean(one))
    return [r if r.label is not None else replace(r, label=study_name(r.name)) for r in found]  # type: ignore[type-var]


def different_names(questions: Iterable[Rows]) -> list[str]:
    """Return the names of questions; of those of one name the later ones with a number.

    Examples
    --------
    >>> different_names([single("brand"), single("brand")])
    ['brand', 'brand (2)']
    """
    names: list[str] = []
    for question in questions:
        n, name = 1, question.name
        while name in names:
            n += 1
            name = f"{question.name} ({n})"
        names.append(name)
    return names
