"""Answers of which several can be chosen: from one cell that joins them to a column of 0 and 1 for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.engine import DuckDBEngine
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet, spoken
from workbench.store.codebook.coded import MissingKind
from workbench.store.formats.kinds import NO_ANSWER, code_of, words
from workbench.store.formats.reading import Values
from workbench.store.joined_cells import Chosen

MOST_CHOICES = 40
LONGEST_CHOICE = 60
OTHER_TEXT = re.compile(r"\s*〖.*?〗\s*")


@dataclass(frozen=True)
class Joined:
    """A column of joined answers as a column for each choice.

    Attributes
    ----------
    columns
        What the new columns mean.
    derived
        New column → which choice of which column it tells.
    missing
        Codes of the joined column that mean: no answer.
    """

    columns: tuple[CodedColumn, ...]
    derived: Mapping[str, Chosen]
    missing: tuple[MissingCode, ...]


def split_answers(
    name: str,
    values: Values,
    separator: str,
    *,
    set_name: str,
    prefix: str = "",
    extra: Mapping[str, MissingKind] | None = None,
) -> Joined | None:
    """Return the choices that a column joins in one cell; None where no cell joins any.

    Parameters
    ----------
    name
        The column.
    values
        The values of its table.
    separator
        What stands between the choices.
    set_name
        Name of the set they make.
    prefix
        What stands before the choice in the names of the new columns; the column's name by default.
    extra
        The tool's codes for no answer.

    Notes
    -----
    What a respondent wrote beside a choice (``其他〖停车〗``) is no choice of its own. The order is that of the cells,
    each of which lists choices as the questionnaire does.

    Examples
    --------
    >>> item = "(SELECT * FROM (VALUES ('shop┋app'), ('app'), ('')) AS t(q))"
    >>> from workbench.store.formats.reading import values_of
    >>> found = split_answers("q", values_of(item, ("q",), DuckDBEngine()), "┋", set_name="Q1")
    >>> list(found.derived)
    ['q(shop)', 'q(app)']
    """
    engine = DuckDBEngine()
    q, literal = engine.dialect.quote(name), engine.dialect.literal
    known = {**NO_ANSWER, **(extra or {})}
    gone = ", ".join(map(literal, known))
    counted = values.counts.get(name)
    if counted is None:
        cells = f"SELECT trim({q}) AS cell FROM {values.item} WHERE trim({q}) NOT IN ('', {gone})"
        table = engine.rows(f"SELECT cell, count(*) AS n FROM ({cells}) GROUP BY 1 ORDER BY n DESC, cell")
        texts = [str(c) for c in table["cell"]]
    else:
        texts = [v for v in counted if v not in known]
    if not any(separator in t for t in texts):
        return None
    lists = [_choices(t, separator) for t in texts]
    chosen = _common_order(lists)
    if len(chosen) > MOST_CHOICES or max(map(len, chosen), default=0) > LONGEST_CHOICE:
        return None
    missing = tuple(MissingCode(code_of(v), kind) for v, kind in known.items() if v in values.of(name))
    derived: dict[str, Chosen] = {}
    columns = []
    for choice in chosen:
        own = f"{prefix or name}({choice})"
        derived[own] = Chosen(name, choice, separator, tuple(known))
        label = words(choice_label(choice))
        columns.append(CodedColumn(own, label, "multiple", (Choice(0), Choice(1)), set_name=set_name))
    return Joined(tuple(columns), derived, missing)


def choice_label(choice: str) -> str:
    """Return a choice without the hints and the texts that a tool writes beside it.

    Examples
    --------
    >>> choice_label("其他【请注明】"), choice_label("其他〖停车〗")
    ('其他', '其他')
    """
    return re.sub(r"【.*?】", "", OTHER_TEXT.sub("", choice)).strip() or choice


def chosen_answers(rows: pd.DataFrame, book: Codebook, answer_set: MultipleSet, language: str = "en") -> pd.Series:
    """Return what each respondent chose of a set, as the names of the choices.

    Parameters
    ----------
    rows
        The table.
    book
        Its codebook.
    answer_set
        One of its sets.
    language
        Language of the names.

    Returns
    -------
    pandas.Series
        One frozenset per row; empty where nothing was chosen or the question has no answer.

    Examples
    --------
    >>> book = Codebook((CodedColumn("a", {"en": "Shop"}), CodedColumn("b", {"en": "App"})))
    >>> rows = pd.DataFrame({"a": ["1", "0"], "b": ["1", "0"]})
    >>> sorted(chosen_answers(rows, book, MultipleSet("Q", {}, ("a", "b"), 1))[0])
    ['App', 'Shop']
    """
    names = {c: spoken(book.column(c).text, language) or c for c in answer_set.columns}
    made: list[frozenset[str]] = []
    for row in rows[list(answer_set.columns)].astype("string").itertuples(index=False):
        filled = [(c, str(v).strip()) for c, v in zip(answer_set.columns, row, strict=True) if not pd.isna(v)]
        if answer_set.counted is None:
            made.append(frozenset(v for c, v in filled if v and not book.column(c).is_missing(code_of(v))))
        else:
            made.append(frozenset(names[c] for c, v in filled if v == str(answer_set.counted)))
    return pd.Series(made, index=rows.index, dtype=object)


def _choices(text: str, separator: str) -> list[str]:
    # what was typed may hold the separator itself
    return [c for part in OTHER_TEXT.sub("", text).split(separator) if (c := part.strip())]


def _common_order(lists: list[list[str]]) -> list[str]:
    """Return every choice once, in the order that the lists have: the questionnaire's, as far as it shows."""
    before: dict[str, set[str]] = {}
    for choices in lists:
        for i, choice in enumerate(choices):
            before.setdefault(choice, set()).update(choices[:i])
    ordered: list[str] = []
    left = list(before)
    while left:
        ready = next((c for c in left if not (before[c] - set(ordered) - {c}) & set(left)), left[0])
        ordered.append(ready)
        left.remove(ready)
    return ordered
