"""Psychography as features: rating batteries as one score, interests as one column each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clustering.sample import sample_rows
from workbench.core.calls import takes_columns
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result
from workbench.core.value_names import alike_but_for_capitals

SEPARATORS: Final = "；,，、|/"
YES, NO = "yes", "no"
_LOOKED_AT: Final = 20_000
_RELIABLE: Final = 0.7


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BatteryScore(Result):
    """A battery of ratings as one score.

    Attributes
    ----------
    table
        One row per rating: ``item``, ``n`` (answers), ``mean``, ``item_rest`` (correlation with the others' mean).
    score
        Mean of the ratings answered, for each row; missing where too few were.
    alpha
        Cronbach's alpha, of the rows with all ratings.
    """

    score: pd.Series
    alpha: float

    caption: ClassVar[Message] = message("Ratings of the battery")
    columns: ClassVar[Mapping[str, Column]] = {
        "item": Column(message("Rating")),
        "mean": Column(message("Mean"), "dec2"),
        "item_rest": Column(message("Correlation with the others"), "dec2"),
    }


@takes_columns(many=["items"])
def battery_score(
    rows: pd.DataFrame, items: Sequence[str], *, least: float = 0.5, reversed_items: Sequence[str] = ()
) -> BatteryScore:
    """Turn ratings of the same thing into one feature, so that a long battery does not outweigh everything else.

    Parameters
    ----------
    rows
        One row per customer with the ratings.
    items
        At least two columns of ratings on one scale.
    least
        Share of the ratings that must be answered.
    reversed_items
        Ratings that run the other way; turned within the range of all ratings.

    Returns
    -------
    BatteryScore
        Its ``score`` is a feature for `build_features`.

    Raises
    ------
    InputError
        If a column is missing, not numeric or constant, or there are fewer than two ratings.

    Notes
    -----
    Alpha = k / (k − 1) · (1 − Σ variances / variance of the sum). Cronbach (1951), Psychometrika 16, 297–334.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 4, 5], "b": [1, 3, 4, 5], "c": [2, 2, 5, None]})
    >>> found = battery_score(answers, ["a", "b", "c"])
    >>> found.score.round(2).tolist(), round(found.alpha, 2)
    ([1.33, 2.33, 4.33, 5.0], 0.95)
    """
    require_columns(rows.columns, [*items, *reversed_items], where="rows")
    wrong = [i for i in items if not pd.api.types.is_numeric_dtype(rows[i])]
    if len(items) < 2 or wrong:
        raise InputError(
            "A battery has at least two ratings, all numbers.",
            found=f"{wrong or list(items)}",
            fix="Name columns of ratings.",
            where="items",
        )
    values = rows[list(items)].astype(float)
    low, high = float(values.min().min()), float(values.max().max())
    if not high > low:
        raise InputError(
            "Ratings differ between customers.", found=f"all are {low:g}", fix="Check the columns.", where="items"
        )
    for item in reversed_items:
        values[item] = low + high - values[item]
    score = values.mean(axis=1).where(values.notna().sum(axis=1) >= least * len(items))
    full = values.dropna()
    spread = float(full.sum(axis=1).var())
    k = len(items)
    alpha = k / (k - 1) * (1 - float(full.var().sum()) / spread) if len(full) > 2 and spread > 0 else float("nan")
    rest = [float(full[i].corr(full.drop(columns=i).mean(axis=1))) if len(full) > 2 else np.nan for i in items]
    table = pd.DataFrame(
        {"item": list(items), "n": values.notna().sum().to_list(), "mean": values.mean().to_list(), "item_rest": rest}
    )
    notes = [
        Note(
            message(
                "{n:int} of {all:int} customers answered enough ratings.", n=int(score.notna().sum()), all=len(rows)
            )
        )
    ]
    if not alpha >= _RELIABLE:
        text = message("The ratings do not measure one thing (Cronbach's alpha {alpha:dec2}).", alpha=alpha)
        notes.append(Note(text, "caution"))
    return BatteryScore(table=table, score=score, alpha=alpha, notes=tuple(notes))


def interest_columns(customers: Table, column: str = "interests", *, most: int = 12) -> tuple[Table, tuple[str, ...]]:
    """Return one column of yes and no for each of the commonest interests of a column that lists several.

    Parameters
    ----------
    customers
        ``customer_id`` and the column, its interests separated by semicolons, commas or bars.
    column
        Column of interests.
    most
        Largest number of interests, the commonest in a sample of 20,000 customers.

    Returns
    -------
    tuple
        The table with ``customer_id`` and columns named ``<column>: <interest>``, and these names.

    Raises
    ------
    InputError
        If the column is missing or empty.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "interests": ["tea;music", "music"]}))
    >>> table, names = interest_columns(people)
    >>> names, table.to_frame()["interests: tea"].tolist()
    (('interests: music', 'interests: tea'), ['yes', 'no'])
    """
    require_columns(customers.columns, [CUSTOMER_ID, column], where="customers")
    rows, _ = sample_rows(customers, [column], most=_LOOKED_AT, seed=1)
    written = Counter(
        part.strip() for text in rows[column].dropna().astype(str) for part in _plain(text).split(";") if part.strip()
    )
    if not written:
        raise InputError("Interests are listed.", found=f"{column!r} is empty", fix="Leave it out.", where=column)
    alike = alike_but_for_capitals(sorted(written, key=lambda i: (-written[i], i)))
    common = sorted(alike, key=lambda group: (-sum(written[i] for i in group), group[0]))[:most]
    d = customers.engine.dialect
    text = f"CAST({d.quote(column)} AS {d.text_type})"
    for mark in SEPARATORS:
        text = f"replace({text}, {d.literal(mark)}, ';')"
    listed = f"concat(';', replace({text}, ' ', ''), ';')"
    names = tuple(f"{column}: {group[0]}" for group in common)
    picks = ""
    for name, group in zip(names, common, strict=True):
        said = " OR ".join(f"{listed} LIKE {d.literal('%;' + i.replace(' ', '') + ';%')}" for i in group)
        picks += (
            f", CASE WHEN {d.quote(column)} IS NULL THEN NULL WHEN {said} THEN '{YES}' ELSE '{NO}' END "
            f"AS {d.quote(name)}"
        )
    return Table(customers.engine, f"(SELECT {CUSTOMER_ID}{picks} FROM {customers.source} AS people)"), names


def _plain(text: str) -> str:
    for mark in SEPARATORS:
        text = text.replace(mark, ";")
    return text
