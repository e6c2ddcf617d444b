"""Words in a column of a result, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.core.language import Language, Message, current_language
from workbench.core.results import Result


def html_in_words(result: Result, column: str, words: Mapping[str, Message], language: Language | None) -> str:
    """Return the HTML of `result` with the words of one column translated; other values stay as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.language import message
    >>> html = html_in_words(Result(table=pd.DataFrame({"k": ["yes"]})), "k", {"yes": message("yes")}, "zh-CN")
    >>> "是" in html
    True
    """
    chosen = language or current_language()
    said = [words[v].text(chosen) if v in words else v for v in result.table[column].tolist()]
    return Result.to_html(replace(result, table=result.table.assign(**{column: said})), chosen)
