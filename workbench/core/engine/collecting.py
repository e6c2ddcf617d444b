"""How many rows may leave an engine at once where a report is made: few, or as many as a bounded sample has.

Customers and orders stay in their engine; counts, samples and distinct histories leave it. While ``workbench report``
runs a chapter, an engine refuses to hand over more than `ROWS_COLLECTED_MOST` rows at once; code that needs more of a
number that does not grow with the customers says how many beside the place where it collects them (`collecting`).
By hand nothing is refused, as a DataFrame of half a million customers may well be what somebody wants. Batches that
are read and let go of are never counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from workbench.core.errors import EngineError
from workbench.core.language import message

ROWS_COLLECTED_MOST: Final = 100_000
VARIABLE: Final = "WORKBENCH_ROWS_COLLECTED_MOST"

_bounded: ContextVar[int] = ContextVar("bounded", default=0)


def most_collected() -> int | None:
    """Return how many rows may leave an engine at once here; None where a report is not being made.

    Examples
    --------
    >>> most_collected() is None
    True
    """
    told = os.environ.get(VARIABLE)
    return max(int(told), _bounded.get()) if told else None


@contextmanager
def collecting(most: int) -> Iterator[None]:
    """Let as many rows leave an engine at once inside the ``with`` block as a bounded sample has.

    Parameters
    ----------
    most
        Rows, of a number that does not grow with the customers or is the one that somebody asked for.

    Examples
    --------
    >>> with collecting(20_000):
    ...     most_collected() is None
    True
    """
    token = _bounded.set(max(most, _bounded.get()))
    try:
        yield
    finally:
        _bounded.reset(token)


def require_few(rows: int, most: int | None = None, *, of: str | None = None, where: str = "rows") -> None:
    """Refuse rows that are too many to leave an engine.

    Parameters
    ----------
    rows
        How many they are, or how many have come so far.
    most
        How many may; as many as `most_collected` by default.
    of
        What the table is called, where it is a whole one.
    where
        Where it lies, for the error.

    Raises
    ------
    EngineError
        If there are more than may leave at once.

    Examples
    --------
    >>> require_few(10**9)
    >>> try:
    ...     require_few(300_000, 100_000, of="customers")
    ... except EngineError as error:
    ...     print(error.rule, error.found)
    At most 100,000 rows leave the engine at once. customers has 300,000
    """
    most = most_collected() if most is None else most
    if most is not None and rows > most:
        found = (
            message("{n:int} rows or more", n=rows) if of is None else message("{name} has {n:int}", name=of, n=rows)
        )
        raise EngineError(
            message("At most {most:int} rows leave the engine at once.", most=most),
            found=found,
            fix=message(
                "Add them up in the engine (wave.table), draw some of them (few_of_many), name the customers wanted "
                "(only=) or read them in batches; a number that does not grow with the customers is told by "
                "collecting(rows)."
            ),
            where=where,
        )
