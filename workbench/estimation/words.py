"""Verdicts: the few words a change or comparison ends in, and how each language says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.language import Language, Message, message

UP: Final = "up"
DOWN: Final = "down"
UNCLEAR: Final = "no clear change"
SMALL: Final = "base too small"
HIGHER: Final = "higher"
LOWER: Final = "lower"
ALIKE: Final = "no clear difference"

WORDS: Final[Mapping[str, Message]] = {
    UP: message("up"),
    DOWN: message("down"),
    UNCLEAR: message("no clear change"),
    SMALL: message("base too small"),
    HIGHER: message("higher"),
    LOWER: message("lower"),
    ALIKE: message("no clear difference"),
}


def in_words(table: pd.DataFrame, language: Language, columns: tuple[str, ...] = ("verdict",)) -> pd.DataFrame:
    """Return a copy of `table` whose verdict columns read in `language`.

    Examples
    --------
    >>> in_words(pd.DataFrame({"verdict": ["up"]}), "zh-CN")["verdict"].tolist()
    ['上升']
    """
    changed = {
        c: [WORDS[v].text(language) if v in WORDS else v for v in table[c].tolist()] for c in columns if c in table
    }
    return table.assign(**changed)


def verdicts(
    change: Floats, p: Floats, enough: np.ndarray, confidence: float, words: tuple[str, str, str]
) -> list[str]:
    """Return a verdict for each line: `words` for above zero, below zero and unclear."""
    above, below, unclear = words
    clear = p < 1 - confidence
    return [
        SMALL if not e else (above if c > 0 else below) if k else unclear
        for c, k, e in zip(change, clear, enough, strict=True)
    ]
