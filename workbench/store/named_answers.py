"""Answers whose customers are known: whom somebody can call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core.engine import Table
from workbench.core.names import CUSTOMER_ID
from workbench.store.line_ids import named_sql

if TYPE_CHECKING:
    from workbench.store.wave import Wave


def named_answers(wave: Wave) -> Table | None:
    """Return the answers whose customers are known, so that somebody can call them; None where none are.

    An answer without an id counts for its wave by the line it stood in; nobody can be called by that. Beside a customer
    list only its customers are known.

    Parameters
    ----------
    wave
        A wave with ``responses``.

    Returns
    -------
    Table or None
        Rows of ``responses``.
    """
    if CUSTOMER_ID not in wave.columns("responses"):
        return None
    given = wave.table("responses")
    if wave.has("customers"):
        customers = wave.table("customers")
        known = f"{CUSTOMER_ID} IN (SELECT {CUSTOMER_ID} FROM {customers.source})"
    else:
        known = named_sql(wave.config.wave, given.engine.dialect.literal)
    named = Table(given.engine, f"(SELECT * FROM {given.source} WHERE {known})")
    return named if int(named.rows("SELECT count(*) AS n FROM {table} AS t")["n"][0]) else None
