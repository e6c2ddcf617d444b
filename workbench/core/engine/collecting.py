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


def require_few(rows: int) -> None:
    """Refuse rows that are too many to leave an engine.

    Parameters
    ----------
    rows
        How many they are, or how many have come so far.

    Raises
    ------
    EngineError
        If a report is being made and there are more than may leave at once.

    Examples
    --------
    >>> require_few(10**9)
    """
    most = most_collected()
    if most is not None and rows > most:
        raise EngineError(
            message("At most {most:int} rows leave the engine at once while a report is made.", most=most),
            found=message("{n:int} rows or more", n=rows),
            fix=message(
                "Add them up in the engine, draw some of them (few_of_many) or read them in batches; a number that "
                "does not grow with the customers is told by collecting(rows)."
            ),
            where="rows",
        )
