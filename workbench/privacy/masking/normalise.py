"""A text as a rule can read it, with the way back: every character knows for which of the original it stands.

People write a telephone number in full-width digits, in Chinese numerals, in words, with a dot after each digit, and
"at" for @. Rules see one spelling; what they find is replaced in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from workbench.privacy.masking.spans import Span

CHINESE_DIGITS = dict(zip("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "00012345678911234567892", strict=True))
ENGLISH_DIGITS = {
    **dict(
        zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], "0123456789", strict=True)
    ),
    "oh": "0",
    "nought": "0",
}
# joiners, marks of direction, variation selectors, the enclosing keycap: seen by nobody, and they split what a rule
# looks for
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20e3\ufe00-\ufe0f\ufeff]")
_NUMERAL = "".join(CHINESE_DIGITS)
_SEP = r"[ \-‐-―.·•,,、_/]{0,2}"
# seven numerals or more, digits among them: a number that was spelled, not 一二三 as in counting
_CHINESE_RUN = re.compile(rf"(?:[{_NUMERAL}\d]{_SEP}){{6,40}}[{_NUMERAL}\d]")
_WORD = "|".join(ENGLISH_DIGITS)
_ENGLISH_RUN = re.compile(
    rf"\b(?:(?:(?:double|triple) )?(?:{_WORD}|\d)[ ,\-]{{1,2}}){{5,30}}(?:{_WORD}|\d)\b", re.IGNORECASE
)
_LETTERS_AS_DIGITS = re.compile(r"(?<![A-Za-z\d])(?=(?:[^\d]{0,2}\d){7})[\dOoIl](?:[ -]?[\dOoIl]){8,14}(?![A-Za-z\d])")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
_AT_CHINESE = re.compile(
    r"(?<=[A-Za-z0-9]) ?(?:艾特|爱特|小老鼠|圈a|[(\[{(【] ?(?:at|a|艾特|@) ?[)\]})】]) ?(?=[A-Za-z0-9])", re.IGNORECASE
)
_DOT_WORD = re.compile(r"(?<=[A-Za-z0-9]) ?(?:[(\[{(【] ?(?:dot|点|\.) ?[)\]})】]|点) ?(?=[A-Za-z]{2,})", re.IGNORECASE)


@dataclass(frozen=True)
class Normal:
    """A text in one spelling.

    Attributes
    ----------
    text
        The text that rules read.
    original
        The text as it was written.
    places
        For each character of `text` the first and last (not with it) character of `original` that it stands for.
    """

    text: str
    original: str
    places: tuple[tuple[int, int], ...] | None

    def back(self, span: Span) -> Span:
        """Return where `span` of the normal text stands in the original.

        Examples
        --------
        >>> found = normalise("电话 138").back(Span(3, 6, "phone"))
        >>> (found.start, found.end)
        (3, 6)
        """
        if self.places is None:
            return span
        return Span(self.places[span.start][0], self.places[span.end - 1][1], span.kind)


def normalise(text: str) -> Normal:
    """Return a text in one spelling: NFKC, no invisible characters, spelled numbers as digits, ``@`` and dots as such.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    Normal
        Every character keeps its place in the original.

    Notes
    -----
    Unicode Standard Annex 15 (normalisation form KC). Chinese numerals and English number words become digits only in
    runs of seven (six words) or more, so that 一二三 stays a count; ``at`` and ``点`` become signs only between Latin
    letters or digits, as in an address.

    Examples
    --------
    >>> normalise("call １３８ one").text
    'call 138 one'
    >>> normalise("一三八零零一二三四五六").text, normalise("li(at)example点com").text
    ('13800123456', 'li@example.com')
    """
    if text.isascii():
        letters, places = list(text), [(i, i + 1) for i in range(len(text))]
    else:
        letters, places = _composed(text)
    plain = "".join(letters)
    for pattern, spelled in _SPELLINGS:
        if pattern.search(plain):
            letters, places = _rewritten(plain, places, pattern, spelled)
            plain = "".join(letters)
    unmoved = len(plain) == len(text) and all(p == (i, i + 1) for i, p in enumerate(places))
    return Normal(plain, text, None if unmoved else tuple(places))


def _composed(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for i, letter in enumerate(text):
        if _INVISIBLE.match(letter):
            continue
        for form in unicodedata.normalize("NFKC", letter):
            letters.append(form)
            places.append((i, i + 1))
    return letters, places


def _rewritten(
    text: str, places: list[tuple[int, int]], pattern: re.Pattern[str], spelled: Callable[[str], str | None]
) -> tuple[list[str], list[tuple[int, int]]]:
    letters: list[str] = []
    moved: list[tuple[int, int]] = []
    done = 0
    for match in pattern.finditer(text):
        new = spelled(match[0])
        if new is None:
            continue
        letters += text[done : match.start()]
        moved += places[done : match.start()]
        stretch = (places[match.start()][0], places[match.end() - 1][1])
        letters += new
        # where a letter stands for a letter each keeps its place, else all stand for the whole stretch
        same = len(new) == len(match[0])
        moved += places[match.start() : match.end()] if same else [stretch] * len(new)
        done = match.end()
    return letters + list(text[done:]), moved + places[done:]


def _chinese_number(run: str) -> str | None:
    numerals = sum(c in CHINESE_DIGITS for c in run)
    if not numerals or sum(c in CHINESE_DIGITS or c.isdigit() for c in run) < 7:
        return None
    return "".join(CHINESE_DIGITS.get(c, c) for c in run)


def _english_number(run: str) -> str | None:
    words = re.findall(r"[a-z]+|\d", run.lower())
    if not any(w in ENGLISH_DIGITS for w in words):
        return None
    digits, times = "", 1
    for word in words:
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        digits += ENGLISH_DIGITS.get(word, word) * times
        times = 1
    return digits


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (_CHINESE_RUN, _chinese_number),
    (_ENGLISH_RUN, _english_number),
    (_LETTERS_AS_DIGITS, lambda run: run.translate(_LIKE_DIGITS)),
    (_AT_CHINESE, lambda _: "@"),
    (_DOT_WORD, lambda _: "."),
)
