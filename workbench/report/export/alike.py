"""Exports in which nobody stands out: k-anonymous in the columns that together could tell a person apart."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, WEIGHT
from workbench.privacy.anonymity import k_anonymous, tell_the_same
from workbench.store import Wave

MERGED = message("Other (merged)")


@dataclass(frozen=True)
class Alike:
    """In what, and among how many, people of an export must be alike.

    Attributes
    ----------
    columns
        Columns that together could tell a person apart; those that a table does not have are passed over.
    k
        Fewest people alike.
    """

    columns: tuple[str, ...] = ()
    k: int = 5

    @classmethod
    def of(cls, wave: Wave) -> Alike:
        """Return what ``privacy:`` of a wave says."""
        return cls(tuple(wave.config.privacy.quasi), wave.config.privacy.k)


def nobody_apart(table: pd.DataFrame, alike: Alike, language: Language, notes: list[Message]) -> pd.DataFrame:
    """Return a table in which every combination of some columns belongs to at least k people; notes say what changed.

    Parameters
    ----------
    table
        The table, with pseudonyms.
    alike
        The columns and k.
    language
        Language of the value that merged ones become.
    notes
        Sentences are added to it.

    Returns
    -------
    DataFrame
        Columns that tell a changed one over again (strata, classes of weighting, first-stage units and their sizes)
        are left empty in the rows that changed; the weight stays.
    """
    columns = [c for c in alike.columns if c in table]
    if not columns:
        return table
    person = CUSTOMER_ID if CUSTOMER_ID in table and table[CUSTOMER_ID].notna().all() else None
    found = k_anonymous(table, columns, alike.k, person=person, other=MERGED.text(language))
    notes += found.notes
    made, told = found.table, set()
    others = [c for c in table.columns if c not in (*columns, CUSTOMER_ID, WEIGHT) and _is_grouping(table[c])]
    for column in columns:
        rows = found.changed[column]
        for name in tell_the_same(table, column, others) if rows.any() else []:
            made = made.assign(**{name: made[name].mask(rows)})
            told.add(name)
    if told:
        text = message(
            "Left empty in the same rows, as they tell the same: {columns}.", columns=", ".join(sorted(told))
        )
        notes.append(text)
    notes.append(
        message(
            "In {columns} everybody is one of at least {k:int} people alike; other columns are as they were.",
            columns=", ".join(columns),
            k=found.smallest,
        )
    )
    return made


def _is_grouping(values: pd.Series) -> bool:
    return values.nunique() <= max(1, len(values) // 2)
