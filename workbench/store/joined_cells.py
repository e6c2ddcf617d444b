"""Cells that join several choices, as SQL in the words of every engine: which choices one has, and how many."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.engine import Dialect
from workbench.core.engine.dialect import plain_pattern
from workbench.store.contracts import BLANKS

_BLANK = f"[{BLANKS[1:-1]}]*"
_TYPED = f"{_BLANK}〖[^〗]*〗{_BLANK}"  # what was typed beside a choice


@dataclass(frozen=True)
class Chosen:
    """Whether one choice is among those that a cell joins.

    Attributes
    ----------
    column
        The column that joins choices.
    choice
        The choice.
    separator
        What stands between choices.
    no_answer
        Cells that mean: no answer.
    """

    column: str
    choice: str
    separator: str
    no_answer: tuple[str, ...]

    def sql(self, d: Dialect, text: str | None = None) -> str:
        """Return the SQL of the answer: 1 chosen, 0 not, none where the question has no answer.

        Parameters
        ----------
        d
            The engine's spellings.
        text
            SQL of the cells; the column by default.

        Examples
        --------
        >>> from workbench.core.engine import DUCKDB, DuckDBEngine
        >>> sql = Chosen("q", "app", "┋", ("(skipped)",)).sql(DUCKDB)
        >>> cells = "VALUES ('shop┋app〖which〗'), ('app store'), ('(skipped)')"
        >>> DuckDBEngine().rows(f"SELECT {sql} AS v FROM ({cells}) AS t(q)")["v"].tolist()
        ['1', '0', nan]
        """
        text = d.quote(self.column) if text is None else text
        gone = ", ".join(map(d.literal, ("", *self.no_answer)))
        bare = d.replaced.format(text=text, pattern=d.literal(_TYPED), by="''")
        among = chosen_sql(bare, self.choice, self.separator, d)
        return f"CASE WHEN trim(coalesce({text}, '')) IN ({gone}) THEN NULL WHEN {among} THEN '1' ELSE '0' END"


def chosen_sql(text: str, choice: str, separator: str, d: Dialect) -> str:
    """Return the SQL condition that a choice is among those that a cell joins.

    Parameters
    ----------
    text
        SQL of the cells.
    choice, separator
        The choice, and what stands between choices.
    d
        The engine's spellings.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> sql = chosen_sql("q", "app", "; ", DUCKDB)
    >>> DuckDBEngine().rows(f"SELECT {sql} AS v FROM (VALUES ('shop;  app '), ('app.')) AS t(q)")["v"].tolist()
    [True, False]
    """
    between = plain_pattern(separator)
    wanted = f"(^|{between}){_BLANK}{plain_pattern(choice)}{_BLANK}({between}|$)"
    return d.matches.format(text=text, pattern=d.literal(wanted))


def beside_sql(text: str, choice: str, separator: str, d: Dialect) -> str:
    """Return the SQL condition that a choice that stands alone is among others in a cell.

    Parameters
    ----------
    text
        SQL of the cells.
    choice, separator
        The choice, and what stands between choices.
    d
        The engine's spellings.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> sql = beside_sql("q", "none", ";", DUCKDB)
    >>> cells = "VALUES ('none'), (' none;'), ('app; none'), ('app;web'), (NULL)"
    >>> DuckDBEngine().rows(f"SELECT {sql} AS v FROM ({cells}) AS t(q)")["v"].tolist()
    [False, False, True, False, False]
    """
    # without what stands between choices, more is left than the one
    left = f"trim(BOTH {BLANKS} FROM replace({text}, {d.literal(separator)}, ''))"
    return f"coalesce({chosen_sql(text, choice, separator, d)} AND {left} <> {d.literal(choice)}, 1 = 0)"
