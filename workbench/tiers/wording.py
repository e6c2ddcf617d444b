"""Amounts and lists of requirements in words."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.language import Message, message


def amount(value: float) -> Message:
    """Return a value with as many decimals as it needs.

    Examples
    --------
    >>> str(amount(3000)), str(amount(0.25))
    ('3,000', '0.25')
    """
    if abs(value) >= 100 or float(value).is_integer():
        return message("{value:dec0}", value=float(value))
    return message("{value:dec2}", value=float(value))


def joined(parts: Sequence[Message]) -> Message:
    """Return requirements separated by commas.

    Examples
    --------
    >>> str(joined([message("Region"), message("Channel")]))
    'Region, Channel'
    """
    found = parts[0]
    for part in parts[1:]:
        found = message("{first}, {second}", first=found, second=part)
    return found
