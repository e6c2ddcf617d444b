"""Names for segments, proposed from how recently, how often and for how much their customers buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from workbench.core.language import Message, message

_HIGH: Final = 0.4
_LOW: Final = -0.4


def propose_name(levels: Mapping[str, float]) -> Message:
    """Propose a name for a segment.

    Parameters
    ----------
    levels
        Standardised means of ``recency_days``, ``frequency``, ``monetary``, ``tenure_days`` as far as they are known:
        0 is the mean of all customers, 1 a standard deviation above it.

    Examples
    --------
    >>> str(propose_name({"recency_days": -0.6, "frequency": 1.2, "monetary": 1.1, "tenure_days": 0.3}))
    'Frequent big spenders'
    >>> str(propose_name({"recency_days": 1.3, "frequency": -0.7, "monetary": -0.8}))
    'Lapsed occasional buyers'
    """
    often, money = levels.get("frequency", 0.0), levels.get("monetary", 0.0)
    silent, known = levels.get("recency_days", 0.0), levels.get("tenure_days", 0.0)
    if silent > _HIGH:
        if often > _HIGH:
            return message("Lapsed regulars")
        return message("Lapsed big spenders") if money > _HIGH else message("Lapsed occasional buyers")
    if often > _HIGH:
        return message("Frequent big spenders") if money > _HIGH else message("Frequent small buyers")
    if known < 2 * _LOW:
        return message("New big spenders") if money > _HIGH else message("New customers")
    if money > _HIGH:
        return message("Occasional big spenders")
    if often < _LOW:
        return message("Occasional small buyers")
    if money < _LOW:
        return message("Regular small buyers")
    return message("Regular customers")


def distinct(names: Sequence[Message]) -> list[Message]:
    """Return the names, those that occur more than once numbered.

    Examples
    --------
    >>> [str(m) for m in distinct([message("Segment"), message("Region"), message("Segment")])]
    ['Segment (1)', 'Region', 'Segment (2)']
    """
    templates = [n.template for n in names]
    found, seen = [], dict.fromkeys(templates, 0)
    for name in names:
        if templates.count(name.template) == 1:
            found.append(name)
            continue
        seen[name.template] += 1
        found.append(message("{name} ({n:int})", name=name, n=seen[name.template]))
    return found
