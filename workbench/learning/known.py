"""What is known of customers besides their orders, and since when: no column counts before the day it was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.column_kinds import is_number
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import require_columns
from workbench.core.names import CUSTOMER_ID
from workbench.core.value_names import alike_but_for_capitals

MOST_LEVELS: Final = 8
FEWEST: Final = 30  # customers of a group that gets a column of its own


@dataclass(frozen=True, eq=False)
class Known:
    """Columns of a table with a row per customer, as features.

    Attributes
    ----------
    table
        ``customer_id``, once each, and the columns.
    columns
        Those that count; they must not depend on what customers did after the cut, such as region or channel.
    since
        Day on which they were known (a tier of the previous wave, an answer): at earlier cuts they are missing. None
        for what has always been so.
    levels
        Of columns of text, the groups that have a column of their own; found by `known_columns`.
    """

    table: Table
    columns: tuple[str, ...]
    since: dt.date | None = None
    levels: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def names(self) -> list[str]:
        """Return the names of the features: a column of numbers as it is, of texts ``column=group`` for each.

        Groups that are written alike but for capitals are one, called as the largest.
        """
        return [name for c in self.columns for name in self._groups(c)]

    def _groups(self, column: str) -> dict[str, list[str]]:
        """Return the features of a column: of texts each group and how it is written, of numbers the column."""
        levels = dict(self.levels)
        if column not in levels:
            return {column: []}
        return {f"{column}={written[0]}": written for written in alike_but_for_capitals(levels[column])}

    def sql(self, alias: str, engine: Engine, cut: dt.date) -> tuple[str, str]:
        """Return the selected features and the join, as SQL.

        Parameters
        ----------
        alias
            Name of the table in the query.
        engine
            Engine of the query.
        cut
            Day on which features are known.
        """
        d, made = engine.dialect, []
        late = self.since is not None and self.since > cut
        for c in self.columns:
            of = f"{alias}.{d.quote(c)}"
            for name, written in self._groups(c).items():
                listed = ", ".join(map(d.literal, written))
                text = f"CAST({of} AS {d.text_type})"
                told = f"CASE WHEN {text} IN ({listed}) THEN 1 ELSE 0 END" if written else of
                sql = "NULL" if late else told
                made.append(f"CAST({sql} AS {d.double_type}) AS {d.quote(name)}")
        source = in_engine(self.table, engine).source
        join = "" if late else f" LEFT JOIN {source} AS {alias} ON {alias}.{CUSTOMER_ID} = p.{CUSTOMER_ID}"
        return ", ".join(made), join


def known_columns(customers: pd.DataFrame | Table, columns: Sequence[str], *, since: dt.date | None = None) -> Known:
    """Return columns of a customer list as features: numbers as they are, texts as one column per larger group.

    Parameters
    ----------
    customers
        ``customer_id``, once each, and the columns.
    columns
        Those that count. They are taken as they stand in the list: name none that changes by what customers do later.
    since
        Day on which they were known; None for what has always been so.

    Returns
    -------
    Known
        At most eight groups of a column of texts, each of at least 30 customers, the largest ones.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> people = pd.DataFrame({"customer_id": [str(i) for i in range(90)], "region": ["N", "S", "S"] * 30})
    >>> known_columns(people, ["region"]).names()
    ['region=S', 'region=N']
    """
    table = as_table(customers)
    require_columns(table.columns, [CUSTOMER_ID, *columns], where="customers")
    d, levels = table.engine.dialect, []
    for c in columns:
        if is_number(table.columns[c]):
            continue
        text = f"CAST({d.quote(c)} AS {d.text_type})"
        found = table.rows(f"""
            SELECT {text} AS value, count(*) AS n FROM {{table}} AS c WHERE {d.quote(c)} IS NOT NULL
            GROUP BY 1 HAVING count(*) >= {FEWEST} ORDER BY 2 DESC, {d.text_order.format(column=text)}
            LIMIT {MOST_LEVELS}""")
        levels.append((c, tuple(map(str, found["value"]))))
    return Known(table, tuple(columns), since, tuple(levels))


def one_row_each(answers: Table, columns: Sequence[str]) -> Table:
    """Return the mean of numbers of each customer, for tables in which one may stand several times.

    Parameters
    ----------
    answers
        ``customer_id`` and the columns.
    columns
        Numbers.

    Returns
    -------
    Table
        ``customer_id``, once each, and the columns.

    Examples
    --------
    >>> twice = as_table(pd.DataFrame({"customer_id": ["a", "a"], "recommend": [4, 8]}))
    >>> one_row_each(twice, ["recommend"]).to_frame()["recommend"].tolist()
    [6.0]
    """
    d = answers.engine.dialect
    means = "".join(f", avg({d.quote(c)}) AS {d.quote(c)}" for c in columns)
    return Table(answers.engine, f"(SELECT {CUSTOMER_ID}{means} FROM {answers.source} AS a GROUP BY {CUSTOMER_ID})")
