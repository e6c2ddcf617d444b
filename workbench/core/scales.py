"""Whether answers can be on the scale they are taken for: a wrong scale gives numbers that look like a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# the codes that survey houses give to "does not know", "refused" and "not asked"
USUAL_CODES: Final = frozenset({-9, -8, -7, -6, -5, -4, -3, -2, -1, 77, 88, 96, 97, 98, 99, 888, 997, 998, 999})
FEW: Final = 20  # answers from which nobody above 5 is hardly chance: below 1 % if one in five gives 8 to 10
SOME: Final = 30  # the same for nobody above 7
NINES: Final = 20
ONES: Final = 15
OUTSIDE: Final = 0.1
KINDS: Final = 3
KINDS_OF_NINE: Final = 5


def scale_meant(counts: Mapping[float, int]) -> tuple[int, int] | None:
    """Return the scale that answers given for 0–10 seem to be on; None where 0–10 is believable.

    Parameters
    ----------
    counts
        Answer → how many gave it; codes of `not_answered` taken out.

    Returns
    -------
    tuple of int, optional
        Lowest and highest answer of that scale.

    Notes
    -----
    Another scale is meant where

    - a tenth of the answers or more, and at least three, lie outside 0–10 and are none of the usual codes for no answer
      (−100 … 100, 0 … 100);
    - none of 20 answers or more lies above 5, or none of 30 above 7: on 0–10 one customer in five or more gives 8 to 10
      (1–4, 1–5, 0/1, 1–7);
    - 20 or more give 9 and nobody 10, where five answers or more are used (0–9); who all give 9 are content.

    Few answers never prove a scale wrong. A scale from 1 to 10 has the same classes (`starts_at_one`).

    Examples
    --------
    >>> scale_meant({1: 5, 2: 5, 3: 10, 4: 30, 5: 40})
    (1, 5)
    >>> scale_meant({10: 3, 4: 2}) is None
    True
    """
    known = {v: n for v, n in counts.items() if v not in USUAL_CODES and n > 0}
    total = sum(known.values())
    if not total:
        return None
    low, high = min(known), max(known)
    outside = sum(n for v, n in known.items() if not 0 <= v <= 10)
    if outside >= max(OUTSIDE * total, KINDS):
        return int(low), int(high)
    inside = [v for v in known if 0 <= v <= 10]
    if not inside:
        return None
    low, high = min(inside), max(inside)
    if (high <= 5 and total >= FEW) or (high <= 7 and total >= SOME):
        return (0, 1) if high <= 1 else (0 if low < 1 else 1, next(end for end in (4, 5, 7) if end >= high))
    if high == 9 and known[9] >= NINES and len(inside) >= KINDS_OF_NINE:
        return 0, 9
    return None


def starts_at_one(counts: Mapping[float, int]) -> bool:
    """Tell whether answers given for 0–10 seem to begin at 1: 15 or more give 1 and nobody 0.

    On 0–10 whoever is at the end gives 0. Classes are the same, 9 and 10 promote and 1 to 6 detract; the mean is not.

    Examples
    --------
    >>> starts_at_one({1: 20, 8: 30, 10: 50}), starts_at_one({0: 1, 1: 20, 8: 30, 10: 50}), starts_at_one({1: 3, 9: 9})
    (True, False, False)
    """
    return counts.get(1, 0) >= ONES and not counts.get(0, 0) and max(v for v in counts if v <= 10) == 10


def beyond_scale(counts: Mapping[float, int], low: int, high: int) -> bool:
    """Tell whether answers go on beyond a rating's scale, so that it cannot be the scale they were given on.

    One or two numbers outside are codes; three or more, from a tenth of the answers on, are a scale.

    Examples
    --------
    >>> beyond_scale({1: 5, 5: 5, 6: 5, 7: 5, 8: 5}, 1, 5), beyond_scale({1: 50, 5: 50, 0: 20}, 1, 5)
    (True, False)
    """
    outside = {v: n for v, n in counts.items() if not low <= v <= high and v not in USUAL_CODES and n > 0}
    total = sum(n for v, n in counts.items() if v not in USUAL_CODES)
    return len(outside) >= KINDS and sum(outside.values()) >= OUTSIDE * total


def shown_counts(counts: Mapping[float, int], most: int = 12) -> str:
    """Return answers with their counts, as an error shows them: ``1 (20), 2 (35) …``.

    Examples
    --------
    >>> shown_counts({2: 35, 1: 20})
    '1 (20), 2 (35)'
    """
    parts = [f"{v:g} ({n})" for v, n in sorted(counts.items())]
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")
