"""Several words in one sentence: a list as each language writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel.lists import format_list

from workbench.core.currency import babel_locale
from workbench.core.language import Language, format_value
from workbench.core.speeches import SPEECHES


@dataclass(frozen=True)
class Listed:
    """Words one after the other, in every language; values by the names their study gives them.

    Attributes
    ----------
    parts
        Words, or values of a column.
    more
        Whether there are others, which are not said.
    """

    parts: tuple[object, ...]
    more: bool = False

    def text(self, language: Language) -> str:
        """Return the list in `language`."""
        said = [format_value(p, "text", language) for p in self.parts]
        if self.more:
            return SPEECHES[language].comma.join(said) + " …"
        return format_list(said, locale=babel_locale(language))

    def __str__(self) -> str:
        return self.text("en")


def listed(parts: Iterable[object], most: int = 10) -> Listed:
    """Return words as a list for a place of a sentence, the first `most` of them.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> text = message("Too few in {groups}.", groups=listed(["a", "b", "c"], most=2))
    >>> text.text("en"), text.text("zh-CN")
    ('Too few in a, b ….', 'Too few in a、b ….')
    """
    words = tuple(parts)
    return Listed(words[:most], len(words) > most)
