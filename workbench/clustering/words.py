"""Columns, numbers and lists of conditions in words."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.clustering.behaviour import BEHAVIOUR_COLUMNS
from workbench.clustering.rfm import RFM_COLUMNS
from workbench.core.column_names import study_name
from workbench.core.language import Message, Spoken, message
from workbench.core.names import COLUMNS


def label_of(column: str) -> Spoken | str:
    """Return a column's name as readers know it: the study's own, else that of the workbench, else the column's.

    Examples
    --------
    >>> str(label_of("recency_days")), label_of("shoe_size")
    ('Days since last purchase', 'shoe_size')
    """
    known = {**COLUMNS, **RFM_COLUMNS, **BEHAVIOUR_COLUMNS}
    return study_name(column) or (known[column].label if column in known else column)


def number(value: float) -> Message:
    """Return a number with as many decimals as it needs.

    Examples
    --------
    >>> str(number(1234.4)), str(number(0.25))
    ('1,234', '0.25')
    """
    if abs(value) >= 100 or float(value).is_integer():
        return message("{value:dec0}", value=float(value))
    return message("{value:dec1}", value=float(value)) if abs(value) >= 10 else message("{value:dec2}", value=value)


def joined(parts: Sequence[Message]) -> Message:
    """Return conditions in one sentence.

    Examples
    --------
    >>> str(joined([message("Region"), message("Channel")]))
    'Region; Channel'
    """
    found = parts[0]
    for part in parts[1:]:
        found = message("{first}; {second}", first=found, second=part)
    return found
