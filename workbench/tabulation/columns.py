"""What stands in the columns of a table: the total, then groups that may overlap or lie within each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.choices import choice_separator, choices_of
from workbench.core.column_names import study_name
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Spoken, message
from workbench.core.names import column_label
from workbench.core.value_names import SEPARATOR, in_named_order
from workbench.estimation.letters import letter
from workbench.tabulation.filters import rows_where

TOTAL = "total"
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Groups:
    """Groups of a banner that may overlap; see `groups`."""

    conditions: Mapping[str, str]
    name: str
    label: Spoken | None = None


@dataclass(frozen=True)
class Nested:
    """Columns within each other; see `nested`."""

    columns: tuple[str, ...]
    name: str
    label: Spoken | None = None


Banner = str | Groups | Nested


def groups(conditions: Mapping[str, str], *, name: str, label: Spoken | None = None) -> Groups:
    """Put groups that may overlap beside each other, such as the users of products.

    Parameters
    ----------
    conditions
        Group → its 0/1 column, or a condition such as ``visits >= 5``.
    name, label
        The groups' name together, and how readers know it.

    Examples
    --------
    >>> groups({"card": "uses_card", "often": "visits >= 5"}, name="customers").name
    'customers'
    """
    return Groups(dict(conditions), name, label)


def nested(*columns: str, name: str | None = None, label: Spoken | None = None) -> Nested:
    """Put the groups of one column within those of another: region, and in each region gender.

    Examples
    --------
    >>> nested("region", "gender").name
    'region × gender'
    """
    return Nested(columns, name or " × ".join(columns), label)


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table.

    Attributes
    ----------
    key
        One row per column: ``group``, ``column``, ``letter`` (none for the total).
    labels
        Name of each group of columns as readers know it.
    members
        Rows of the sample × columns: who is in which.
    group
        Place of each column's group; 0 is the total's.
    """

    key: pd.DataFrame
    labels: Mapping[str, Spoken | str]
    members: np.ndarray
    group: np.ndarray

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the places of all pairs of columns of one group, the first before the second."""
        first, second = np.triu_indices(len(self.key), k=1)
        inside = (self.group[first] == self.group[second]) & (self.group[first] > 0)
        return first[inside], second[inside]

    def only(self, kept: np.ndarray) -> Columns:
        """Return some of the columns; letters close ranks."""
        places = np.flatnonzero(kept)
        key = self.key.iloc[places].reset_index(drop=True)
        key["letter"] = ["", *(letter(i) for i in range(len(key) - 1))]
        return Columns(key, self.labels, self.members[:, places], self.group[places])

    def beside_the_rest(self) -> Columns:
        """Return every column of a group followed by the rest: all who are in the table and not in that column.

        Examples
        --------
        >>> table = pd.DataFrame({"region": ["n", "s", "w"]})
        >>> read_columns(table, ["region"], np.ones(3, dtype=bool)).beside_the_rest().members.sum(axis=0).tolist()
        [1, 2, 1, 2, 1, 2]
        """
        places = np.flatnonzero(self.group > 0)
        own = self.members[:, places]
        rest = self.members[:, [0]] & ~own
        both = np.stack([own, rest], axis=2).reshape(len(own), -1)
        key = self.key.iloc[np.repeat(places, 2)].reset_index(drop=True)
        return Columns(key, self.labels, both, np.repeat(np.arange(1, len(places) + 1), 2))


def thin_columns(people: np.ndarray, group: np.ndarray, least: int) -> np.ndarray:
    """Say which columns have too few people to be shown, or are hidden with one that has.

    Parameters
    ----------
    people
        People in each column.
    group
        Place of each column's group; 0 is the total's, which is never hidden.
    least
        Fewest people.

    Examples
    --------
    >>> thin_columns(np.array([60, 3, 20, 37]), np.array([0, 1, 1, 1]), 10).tolist()
    [False, True, True, False]
    """
    thin = (people < least) & (group > 0)
    for one in range(1, int(group.max(initial=0)) + 1):
        places = np.flatnonzero(group == one)
        hidden = places[thin[places]]
        shown = places[~thin[places]]
        # one column alone could be told from the total and the others
        if len(hidden) == 1 and people[hidden[0]] > 0 and len(shown):
            thin[shown[np.argmin(people[shown])]] = True
    return np.asarray(thin)


def read_columns(data: pd.DataFrame, banner: Iterable[Banner], inside: np.ndarray) -> Columns:
    """Return the columns of a banner.

    Parameters
    ----------
    data
        The table.
    banner
        Columns, overlapping groups (`groups`) and nested columns (`nested`), in their order. A column in whose cells
        several choices stand (``web;shop``) has a group for each.
    inside
        Which rows are in the table at all.

    Raises
    ------
    InputError
        If a column is missing, a group's column holds other values than 0 and 1, or there are more than 200 columns.

    Examples
    --------
    >>> data = pd.DataFrame({"region": ["n", "s", "n"], "card": [1, 0, 1]})
    >>> found = read_columns(data, ["region", groups({"card": "card"}, name="uses")], np.ones(3, dtype=bool))
    >>> found.key.to_numpy().tolist()
    [['total', 'total', ''], ['region', 'n', 'A'], ['region', 's', 'B'], ['uses', 'card', 'C']]
    """
    names: list[tuple[str, str]] = [(TOTAL, TOTAL)]
    members: list[np.ndarray] = [inside]
    labels: dict[str, Spoken | str] = {TOTAL: message("Total")}
    for one in banner:
        name, label, parts = _parts(data, one)
        if name in labels:
            raise InputError(
                "Each group of columns has a name of its own.",
                found=f"{name!r} twice",
                fix="Name it once, or give one of them another name.",
                where="columns",
            )
        labels[name] = label
        for column, who in parts.items():
            names.append((name, column))
            members.append(who & inside)
    if len(names) > MOST_COLUMNS:
        raise InputError(
            f"A table has at most {MOST_COLUMNS} columns.",
            found=f"{len(names)}",
            fix="Leave some groups out, or merge their values.",
            where="columns",
        )
    order = list(labels)
    key = pd.DataFrame(names, columns=["group", "column"])
    key["letter"] = ["", *(letter(i) for i in range(len(names) - 1))]
    return Columns(key, labels, np.column_stack(members), np.array([order.index(g) for g in key["group"]]))


def _parts(data: pd.DataFrame, banner: Banner) -> tuple[str, Spoken | str, dict[str, np.ndarray]]:
    if isinstance(banner, Groups):
        parts = {g: _condition(data, c) for g, c in banner.conditions.items()}
        return banner.name, banner.label or banner.name, parts
    if isinstance(banner, Nested):
        require_columns(map(str, data.columns), banner.columns, where="columns")
        crossed = _text(data[banner.columns[0]])
        for column in banner.columns[1:]:
            crossed = (crossed + SEPARATOR + _text(data[column])).where(crossed.notna() & data[column].notna())
        return banner.name, banner.label or banner.name, _levels(crossed, data, banner.columns)
    require_columns(map(str, data.columns), [banner], where="columns")
    label: Spoken | str = study_name(banner) or column_label(banner)
    # what a column holds is looked at once for each of its values, of which there are few
    place, found = pd.factorize(data[banner])
    values = pd.Series(found)
    separator = choice_separator(values)
    if separator is not None:
        told = [{p.strip() for p in str(v).split(separator)} for v in values]
        named = {c: np.array([*(c in t for t in told), False]) for c in choices_of(values, separator)}
        return banner, label, {c: inside[place] for c, inside in named.items()}
    texts = _text(values)
    levels = _names_of_levels(texts, data, (banner,))
    level = np.array([*(levels.index(t) for t in texts), -1])
    return banner, label, {name: level[place] == i for i, name in enumerate(levels)}


def _text(series: pd.Series) -> pd.Series:
    whole = pd.api.types.is_float_dtype(series) and bool((series.dropna() % 1 == 0).all())
    plain = series.astype("Int64") if whole else series
    return plain.astype("string").where(series.notna(), None)


def _levels(texts: pd.Series, data: pd.DataFrame, columns: Sequence[str]) -> dict[str, np.ndarray]:
    levels = _names_of_levels(texts, data, columns)
    codes = pd.Categorical(texts, categories=levels).codes
    return {level: codes == i for i, level in enumerate(levels)}


def _names_of_levels(texts: pd.Series, data: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the groups of a column in their order: of categories, of numbers, or as values are named."""
    present = texts.dropna()
    if not len(present):
        raise InputError(
            "A column of a banner has values.",
            found=f"{', '.join(columns)}: missing in all {len(data)} rows",
            fix="Choose another column.",
            where="columns",
        )
    first = data[columns[0]]
    if len(columns) == 1 and isinstance(first.dtype, pd.CategoricalDtype):
        return [str(c) for c in first.cat.categories]
    if len(columns) == 1 and pd.api.types.is_numeric_dtype(first):
        return _text(pd.Series(sorted(first.dropna().unique()))).tolist()
    return in_named_order(pd.DataFrame({"v": sorted(map(str, present.unique()))}), "v")["v"].tolist()


def _condition(data: pd.DataFrame, condition: str) -> np.ndarray:
    if condition not in data:
        return rows_where(data, condition)
    numbers = pd.to_numeric(data[condition], errors="coerce")
    if not numbers.dropna().isin([0, 1]).all() or (numbers.isna() & data[condition].notna()).any():
        raise InputError(
            "A group's column is 1 for who is in it and 0 for who is not.",
            found=f"other values in {condition!r}",
            fix=f"Write a condition: {condition} = 'yes'.",
            where="columns",
        )
    return np.asarray((numbers == 1).to_numpy(dtype=bool))
