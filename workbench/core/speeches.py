"""What a language needs besides its catalogue: names, dates, units of amounts, and how its pages are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Speech:
    """What a language needs besides its catalogue: all that is not words.

    Attributes
    ----------
    code
        Its tag, as browsers know it; its catalogue lies in the folder of this name, with an underscore.
    name
        Its own name for itself.
    tag
        Tag of its prose cells in notebooks.
    suffix
        What stands before ``.html`` in its pages of the site.
    date
        Pattern of a date.
    money
        Units of amounts, the largest first: their size, and what stands after the number.
    comma
        What stands between the words of a list.
    """

    code: str
    name: str
    tag: str
    suffix: str
    date: str = "yyyy-MM-dd"
    money: tuple[tuple[float, str], ...] = ((1e9, " bn"), (1e6, " m"))
    comma: str = ", "


# a language is one line here and its catalogue; the first is that of a page without another
SPEECHES: Mapping[str, Speech] = {
    speech.code: speech
    for speech in (
        Speech("zh-CN", "中文", "lang-zh", "", "yyyy年M月d日", ((1e8, "亿"), (1e4, "万")), "、"),
        Speech("en", "English", "lang-en", ".en"),
    )
}
