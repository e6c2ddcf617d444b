"""Chapter 50: what customers and the company said to each other, as many of it as can be looked at one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd

from workbench.core.engine import collecting
from workbench.store import Wave

TABLE: Final = "interactions"
CASES_MOST: Final = 1_000_000  # complaints, calls and posts of a wave, whose texts and days are read


def interactions_of(
    wave: Wave,
    *,
    kinds: Iterable[str] | None = None,
    columns: Sequence[str] | None = None,
    only: pd.Series | None = None,
) -> pd.DataFrame | None:
    """Return what customers and the company said to each other in the wave, None without any.

    Parameters
    ----------
    kinds
        Kinds that are read, where interactions have one; all by default.
    columns, only
        Columns, and ids of customers; all by default.
    """
    if not wave.has(TABLE):
        return None
    told = kinds is not None and "kind" in wave.columns(TABLE)
    among = {"kind": list(kinds or ())} if told else None
    with collecting(CASES_MOST):
        return wave.read(TABLE, columns=columns, only=only, among=among)


def has_kind(wave: Wave, kinds: Iterable[str], *, text: bool = False) -> bool:
    """Tell whether there are interactions of some kinds, with a text if that is asked for."""
    return wave.has(TABLE) and wave.table(TABLE).holds("kind", kinds, filled="text" if text else None)
