"""The codes of this room's tables, in words of the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.sampling.frame import MISSING_STRATUM, WHOLE

CODES: dict[str, dict[str, Message]] = {
    "step": {
        "population": message("Population"),
        "excluded": message("Excluded"),
        "eligible": message("Eligible"),
    },
    "bound": {"floor": message("at its minimum"), "ceiling": message("at its maximum")},
    "status": {
        "stays": message("Stay"),
        "recruited": message("Recruited"),
        "rotated_out": message("Rotated out"),
        "inactive": message("Inactive"),
        "left_frame": message("No longer eligible"),
        "left_before": message("Left earlier"),
    },
    "group": {
        "old": message("Members from before"),
        "new": message("New members"),
        "difference": message("Difference"),
    },
}
LABELS = ("stratum", "domain", "group", "collapsed_stratum")
ALL, MISSING = message("All"), message("(missing)")


def in_words(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the table with its codes, and the strata ``all`` and ``(missing)``, written in `language`.

    Examples
    --------
    >>> in_words(pd.DataFrame({"stratum": ["all", "n | (missing)"], "bound": ["floor", ""]}), "zh-CN")
           stratum   bound
    0           全部  处于下限
    1  n | （缺失）
    """
    result = table.copy()
    for column, codes in CODES.items():
        if column in result:
            words = {code: text.text(language) for code, text in codes.items()}
            result[column] = [words.get(v, v) if isinstance(v, str) else v for v in result[column]]
    for column in LABELS:
        if column in result:
            result[column] = [_label(v, language) for v in result[column]]
    return result


def _label(value: Any, language: Language) -> Any:
    if not isinstance(value, str):
        return value
    return ALL.text(language) if value == WHOLE else value.replace(MISSING_STRATUM, MISSING.text(language))
