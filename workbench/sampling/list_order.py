"""The order of a list, for designs that run through it: where they start, and in which order customers come."""

from __future__ import annotations

from workbench.core.column_kinds import is_text
from workbench.sampling.drawing import Draw
from workbench.sampling.random_numbers import SPACE, permanent_random_number


def random_start(drawing: Draw, stratum: str, space: int) -> int:
    """Return a whole number in [0, `space`) that salt, stratum and start decide, uniform over salts."""
    number = int(permanent_random_number([f"systematic start|{stratum}"], drawing.salt)[0])
    return ((number + drawing.start_of(stratum)) % SPACE) * space // SPACE


def order_sql(drawing: Draw, label: str) -> str:
    """Return the ORDER BY items of a systematic sample: order columns, else strata; then random number, then id."""
    frame, d = drawing.frame, drawing.frame.dialect
    chosen = frame.order_by or frame.stratum
    items = []
    for column in chosen:
        q = d.quote(column)
        text = d.text_order.format(column=q) if is_text(frame.column_types[column]) else q
        items.append(f"{text} ASC NULLS LAST")
    return ", ".join([*items, drawing.position(label), frame.id_order(d.quote(frame.id))])
