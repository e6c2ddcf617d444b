"""What every candidate is: a way to learn the chance to buy, which can be asked for customers and for its reasons."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from workbench.core.language import Message, message
from workbench.learning.features import Floats

EDGE: Final = 1e-6  # no chance is told as certain

THEMES: Final = (
    "silence",
    "frequency",
    "spend",
    "trend",
    "rhythm",
    "tenure",
    "refunds",
    "breadth",
    "contacts",
    "contracts",
    "profile",
)


@dataclass(frozen=True, eq=False)
class Sample:
    """What a candidate learns from.

    Attributes
    ----------
    X
        Features, one row per customer, missing where unknown.
    names
        Their names.
    themes
        Feature → theme, as `Features` has it.
    bought
        1 for those who bought within the horizon, else 0.
    horizon_days
        Days of the horizon.
    """

    X: Floats
    names: tuple[str, ...]
    themes: Mapping[str, str]
    bought: Floats
    horizon_days: int

    def part(self, rows: slice) -> Sample:
        """Return some of the customers."""
        return Sample(self.X[rows], self.names, self.themes, self.bought[rows], self.horizon_days)

    def column(self, name: str) -> Floats:
        """Return a feature of all customers."""
        return self.X[:, self.names.index(name)]


@dataclass(frozen=True, eq=False)
class Candidate(ABC):
    """A fitted candidate.

    Attributes
    ----------
    names
        The features it takes, in their order.
    base
        Log-odds to buy of a customer about whom nothing speaks for or against.
    """

    key: ClassVar[str]
    label: ClassVar[Message] = message("Candidate")

    names: tuple[str, ...]
    base: float

    @abstractmethod
    def contributions(self, X: Floats) -> Floats:
        """Return what speaks for buying, in log-odds: a row per customer, a column for each of `THEMES`."""

    def log_odds(self, X: Floats) -> Floats:
        """Return the log-odds to buy: `base` and all contributions."""
        return np.asarray(self.base + self.contributions(X).sum(axis=1))

    def probability(self, X: Floats) -> Floats:
        """Return the chance to buy within the horizon, not yet calibrated."""
        return expit(self.log_odds(X))


def expit(log_odds: Floats) -> Floats:
    """Return chances of log-odds.

    Examples
    --------
    >>> expit(np.array([0.0, 800.0])).tolist()
    [0.5, 1.0]
    """
    from scipy.special import expit as scipy_expit

    return np.asarray(scipy_expit(log_odds))


def logit(chance: Floats) -> Floats:
    """Return log-odds of chances, which are kept a millionth away from certain.

    Examples
    --------
    >>> logit(np.array([0.5])).tolist()
    [0.0]
    """
    kept = np.clip(chance, EDGE, 1 - EDGE)
    return np.asarray(np.log(kept / (1 - kept)))


def theme_index(names: tuple[str, ...], themes: Mapping[str, str]) -> list[int]:
    """Return the place among `THEMES` of each feature's theme.

    Examples
    --------
    >>> theme_index(("silent_days",), {"silent_days": "silence"})
    [0]
    """
    return [THEMES.index(themes[n]) for n in names]
