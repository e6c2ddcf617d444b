"""Words in a column of a result, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.language import Language, Spoken


def in_words(table: pd.DataFrame, column: str, words: Mapping[str, Spoken], language: Language) -> pd.DataFrame:
    """Return `table` with the codes of one column as words of `language`; other values stay as they are.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> in_words(pd.DataFrame({"k": ["yes", "else"]}), "k", {"yes": message("yes")}, "zh-CN")["k"].tolist()
    ['是', 'else']
    """
    said = [words[v].text(language) if v in words else v for v in table[column].tolist()]
    return table.assign(**{column: said})
