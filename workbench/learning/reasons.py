"""Reasons in words: what speaks most for and most against a customer's buying again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from workbench.core.language import Message, message
from workbench.learning.features import Floats

LEAST: Final = 0.1  # log-odds below which a theme is no reason

# what a theme says where it speaks against buying again, and where it speaks for it
AGAINST: Final[Mapping[str, Message]] = {
    "silence": message("silent for longer than usual"),
    "frequency": message("buys rarely"),
    "spend": message("spends little"),
    "trend": message("buys less than before"),
    "rhythm": message("has no steady rhythm"),
    "tenure": message("length of being a customer"),
    "refunds": message("returned purchases"),
    "breadth": message("buys few different things"),
    "contacts": message("complaints and other contacts"),
    "contracts": message("no running contract"),
    "profile": message("customers of this kind buy less often"),
}
FOR: Final[Mapping[str, Message]] = {
    "silence": message("bought recently"),
    "frequency": message("buys often"),
    "spend": message("spends much"),
    "trend": message("buys more than before"),
    "rhythm": message("buys in a steady rhythm"),
    "tenure": message("length of being a customer"),
    "refunds": message("few returns"),
    "breadth": message("buys many different things"),
    "contacts": message("in touch with service"),
    "contracts": message("has a running contract"),
    "profile": message("customers of this kind buy more often"),
}


def strongest(contributions: Floats, number: int = 2) -> list[np.ndarray]:
    """Return the themes that speak most against buying, as places among `THEMES`; −1 where no further one does.

    Parameters
    ----------
    contributions
        What each theme says for buying, in log-odds: a row per customer.
    number
        How many themes.

    Returns
    -------
    list of ndarray
        The strongest of every customer, the second, and so on.

    Examples
    --------
    >>> told = np.zeros((2, 11))
    >>> told[0, :3] = -2.0, -0.5, 1.0
    >>> [places.tolist() for places in strongest(told)]
    [[0, -1], [1, -1]]
    """
    left, found = contributions.copy(), []
    rows = np.arange(len(left))
    for _ in range(number):
        place = left.argmin(axis=1)
        found.append(np.where(left[rows, place] < -LEAST, place, -1))
        left[rows, place] = 0.0
    return found


def reason_words(first: str | None, second: str | None = None) -> Message | None:
    """Return the reasons for which a customer is expected to leave, in words; None without any.

    Parameters
    ----------
    first, second
        Themes, the strongest first.

    Examples
    --------
    >>> print(reason_words("silence", "trend"), reason_words(None), sep="; ")
    silent for longer than usual, buys less than before; None
    """
    if first not in AGAINST:
        return None
    if second not in AGAINST:
        return AGAINST[str(first)]
    return message("{first}, {second}", first=AGAINST[str(first)], second=AGAINST[str(second)])
