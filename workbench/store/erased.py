"""Rows of customers who were erased: they are left out whenever a table is read again, and counted."""

from __future__ import annotations

from pathlib import Path

from workbench.core.engine import Engine
from workbench.core.language import Message, message
from workbench.privacy.tombstones import Tombstones

ERASED = message("of a customer who was erased at their own wish")


def erased_rows(item: str, customer: str | None, wave: Path | None, engine: Engine) -> list[tuple[Message, str]]:
    """Return the reason and the SQL condition for rows of customers who were erased; nothing where nobody was.

    Parameters
    ----------
    item
        The rows, as a FROM item.
    customer
        SQL for the customer's id over them; None where rows name no customer.
    wave
        The wave's folder; the memory of those erased lies beside it.
    engine
        Engine of the rows. The ids of those found stand in its statement only.
    """
    known = Tombstones() if wave is None or customer is None else Tombstones.of(wave.parent)
    if not known.names:
        return []
    told = f"trim(CAST({customer} AS {engine.dialect.text_type}))"
    ids = engine.rows(f"SELECT DISTINCT {told} AS id FROM {item} WHERE {told} IS NOT NULL")["id"]
    found = known.among(ids)
    if not found:
        return []
    return [(ERASED, f"{told} IN ({', '.join(engine.dialect.literal(i) for i in found)})")]
