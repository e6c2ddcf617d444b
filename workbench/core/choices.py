"""Answers to questions where several choices could be ticked: recognised, and taken apart into overlapping groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

# survey tools write all ticked choices into one cell, with one of these between them
LISTING: Final = ("┋", ";", "；")
SEPARATORS: Final = (*LISTING, "|", "、", ",", "，")  # these last stand inside values, too
LISTED: Final = LISTING[0]
MOST_CHOICES: Final = 30
FREE_TEXT = re.compile(r"〖.*?〗|\[.*?\]$")  # what was typed beside "other"
TYPED = re.compile(r"〖.*?〗")  # the same where it may hold a separator


def choice_separator(values: pd.Series) -> str | None:
    """Return what stands between the choices of a cell; None where a cell holds one value.

    Parameters
    ----------
    values
        A column of answers.

    Returns
    -------
    str or None
        One of `SEPARATORS`. What also stands inside values must bring fewer choices than combinations, so that
        ``Portland, OR`` beside ``Salem, OR`` is no list.

    Examples
    --------
    >>> choice_separator(pd.Series(["web", "web;shop", "shop;phone", "phone"]))
    ';'
    >>> choice_separator(pd.Series(["Portland, OR", "Salem, OR"])) is None
    True
    """
    known = values.dropna()
    texts = sorted({v for v in known.unique() if isinstance(v, str)})
    for separator in SEPARATORS:
        if not any(separator in t for t in texts):
            continue
        combinations = {frozenset(_ticked(t, separator)) for t in texts}
        choices = frozenset().union(*combinations)
        few = separator in LISTING or len(choices) < len(combinations)
        fewest = 1 if separator == LISTED else 2  # a cell made by `listed` lists, whatever is in it
        if fewest <= len(choices) <= MOST_CHOICES and few:
            return separator
    return None


def choices_of(values: pd.Series, separator: str) -> list[str]:
    """Return the choices that anybody ticked, in the order of their texts.

    Examples
    --------
    >>> choices_of(pd.Series(["web;shop", "shop", None]), ";")
    ['shop', 'web']
    """
    return sorted({c for v in values.dropna().unique() for c in _ticked(str(v), separator)})


def as_chosen(data: pd.DataFrame, column: str, choice: str, separator: str) -> pd.DataFrame:
    """Return data whose column says whether one choice was ticked: its name, or nothing; missing where no answer is.

    Examples
    --------
    >>> data = pd.DataFrame({"used": ["web;shop", "shop", None]})
    >>> as_chosen(data, "used", "web", ";")["used"].tolist()
    ['web', '', None]
    """
    ticked = [(choice if choice in _ticked(v, separator) else "") if isinstance(v, str) else None for v in data[column]]
    return data.assign(**{column: pd.Series(ticked, index=data.index, dtype=object)})


def listed(ticked: Mapping[str, np.ndarray], *, index: pd.Index | None = None) -> pd.Series:
    """Return cells that list the choices ticked, each followed by a separator, so that one alone is a list, too.

    Parameters
    ----------
    ticked
        Choice → 1 where it was ticked, 0 where not, missing where the question was not answered.
    index
        Index of the rows.

    Examples
    --------
    >>> listed({"web": np.array([1.0, 0.0, np.nan]), "shop": np.array([1.0, 0.0, np.nan])}).tolist()
    ['web┋shop┋', '┋', None]
    """
    rows = len(next(iter(ticked.values())))
    known = np.logical_or.reduce([~np.isnan(v) for v in ticked.values()])
    cells = [
        (LISTED.join([*(c for c, v in ticked.items() if v[i] == 1), ""]) or LISTED) if known[i] else None
        for i in range(rows)
    ]
    return pd.Series(cells, index=index, dtype=object)


def _ticked(text: str, separator: str) -> list[str]:
    parts = (FREE_TEXT.sub("", part).strip() for part in TYPED.sub("", text).split(separator))
    return [p for p in parts if p]
