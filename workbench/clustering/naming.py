"""Names for segments, proposed from how recently, how often and for how much their customers buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from workbench.clustering.words import label_of
from workbench.core.language import Message, message

_HIGH: Final = 0.4
_LOW: Final = -0.4
# what a word means whatever the other customers do
_SILENT_DAYS: Final = 180
_LATELY_DAYS: Final = 60
_SEVERAL: Final = 3
_NEW_DAYS: Final = 365


def propose_name(levels: Mapping[str, float], typical: Mapping[str, float] | None = None) -> Message:
    """Propose a name for a segment.

    Parameters
    ----------
    levels
        Standardised means of ``recency_days``, ``frequency``, ``monetary``, ``tenure_days`` as far as they are known:
        0 is the mean of all customers, 1 a standard deviation above it. Where none of them is known, the segment is
        named by what sets it apart most.
    typical
        The segment's median ``recency_days``, ``frequency`` and ``tenure_days`` as far as they are known: nobody is
        called regular or frequent who has been silent for half a year or bought less than three times, nobody lapsed
        who bought within two months, nobody new after a year.

    Examples
    --------
    >>> str(propose_name({"recency_days": -0.6, "frequency": 1.2, "monetary": 1.1, "tenure_days": 0.3}))
    'Frequent big spenders'
    >>> str(propose_name({"recency_days": 1.3, "frequency": -0.7, "monetary": -0.8}))
    'Lapsed occasional buyers'
    >>> str(propose_name({"recency_days": 0.1, "frequency": 0.1}, {"recency_days": 932.0, "frequency": 4.0}))
    'Lapsed regulars'
    """
    if levels and not set(levels) & {"frequency", "monetary", "recency_days", "tenure_days"}:
        return _by_extremes(levels)
    often, money = levels.get("frequency", 0.0), levels.get("monetary", 0.0)
    silent, known = levels.get("recency_days", 0.0), levels.get("tenure_days", 0.0)
    days, times = (typical or {}).get("recency_days"), (typical or {}).get("frequency")
    several = times is None or times >= _SEVERAL
    lapsed = silent > _HIGH and (days is None or days > _LATELY_DAYS)
    if lapsed or (days is not None and days > _SILENT_DAYS):
        if several and (often > _HIGH or (times is not None and not lapsed)):
            return message("Lapsed regulars")
        return message("Lapsed big spenders") if money > _HIGH else message("Lapsed occasional buyers")
    if often > _HIGH and several:
        return message("Frequent big spenders") if money > _HIGH else message("Frequent small buyers")
    if known < 2 * _LOW and (typical or {}).get("tenure_days", 0.0) <= _NEW_DAYS:
        return message("New big spenders") if money > _HIGH else message("New customers")
    if money > _HIGH:
        return message("Occasional big spenders")
    if often < _LOW or (not several and money < _LOW):
        return message("Occasional small buyers")
    if not several:
        return message("Occasional buyers")
    if money < _LOW:
        return message("Regular small buyers")
    return message("Regular customers")


def _by_extremes(levels: Mapping[str, float]) -> Message:
    if len(levels) > 1 and min(levels.values()) > _HIGH:
        return message("High throughout")
    if len(levels) > 1 and max(levels.values()) < _LOW:
        return message("Low throughout")
    highest, lowest = max(levels, key=levels.__getitem__), min(levels, key=levels.__getitem__)
    if levels[highest] > _HIGH and levels[lowest] < _LOW:
        return message("{feature} high, {other} low", feature=label_of(highest), other=label_of(lowest))
    column, level = max(levels.items(), key=lambda item: abs(item[1]))
    if abs(level) <= _HIGH:
        return message("Average customers")
    if level > 0:
        return message("{feature} high", feature=label_of(column))
    return message("{feature} low", feature=label_of(column))


def distinct(names: Sequence[Message]) -> list[Message]:
    """Return the names, those that occur more than once numbered.

    Examples
    --------
    >>> [str(m) for m in distinct([message("Segment"), message("Region"), message("Segment")])]
    ['Segment (1)', 'Region', 'Segment (2)']
    """
    texts = [n.text("en") for n in names]
    found, seen = [], dict.fromkeys(texts, 0)
    for name, text in zip(names, texts, strict=True):
        if texts.count(text) == 1:
            found.append(name)
            continue
        seen[text] += 1
        found.append(message("{name} ({n:int})", name=name, n=seen[text]))
    return found
