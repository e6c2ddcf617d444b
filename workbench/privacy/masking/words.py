"""What in a text could be a value of a table: words, rows of words, numbers however they are spaced, Chinese names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_WORDS = 4
MOST_CHINESE = 5
LEAST_COMPACT = 4
TAIL = 10
_WORD = re.compile(r"[^\W_\u4e00-\u9fff](?:[\w.+@'’&-]*[^\W_\u4e00-\u9fff])?", re.UNICODE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NUMBER = re.compile(r"\+?\(?\d(?:[ .\-()/]{0,2}\d){4,24}")
_INNER = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Word:
    """A piece of a text that could be a value.

    Attributes
    ----------
    start, end
        Where it stands.
    key
        Its small letters: what is looked up.
    """

    start: int
    end: int
    key: str


def words_of(text: str) -> Iterator[Word]:
    """Cut a text into everything that could be an id, a name, a number or an address of a table.

    Yields
    ------
    Word
        Latin words, alone and up to four in a row; numbers and codes without what separates their digits (`compact`)
        and their last ten digits; rows of two to five Chinese characters. Linear in the length of the text.

    Examples
    --------
    >>> sorted({w.key for w in words_of("Li, C-0012")})
    ['0012', 'c-0012', 'c0012', 'li', 'li c-0012', 'lic0012']
    >>> [w.key for w in words_of("找王小明")]
    ['找王', '找王小', '找王小明', '王小', '王小明', '小明']
    """
    # a Latin word ends where Chinese begins: 卡号C0012请查
    words = [
        (m.start() + p.start(), m.start() + p.end())
        for m in _WORD.finditer(text)
        for p in re.finditer(r"[^\u4e00-\u9fff]+", m[0])
    ]
    for i, (start, _) in enumerate(words):
        for j in range(i, min(i + MOST_WORDS, len(words))):
            # words of one row have only blanks and a comma or full stop between them
            if j > i and not re.fullmatch(r"[ .,]{1,2}", text[words[j - 1][1] : words[j][0]]):
                break
            end = words[j][1]
            key = " ".join(text[s:e] for s, e in words[i : j + 1]).lower().replace("’", "'")
            yield Word(start, end, key)
            compact = compacted(key)
            if compact != key and len(compact) >= LEAST_COMPACT and any(c.isdigit() for c in compact):
                yield Word(start, end, compact)
            if j == i and len(compact) != len(key):
                for part in re.finditer(r"[^\W_]{2,}", text[start:end]):
                    if len(part[0]) >= LEAST_COMPACT or not any(c.isdigit() for c in part[0]):
                        key = part[0].lower()
                        if key != compact:
                            yield Word(start + part.start(), start + part.end(), key)
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        yield Word(found.start(), found.end(), digits)
        if len(digits) > TAIL:
            yield Word(found.start(), found.end(), digits[-TAIL:])
    for found in _CHINESE.finditer(text):
        run = found[0]
        for i in range(len(run) - 1):
            for length in range(2, min(MOST_CHINESE, len(run) - i) + 1):
                yield Word(found.start() + i, found.start() + i + length, run[i : i + length])


def compacted(text: str) -> str:
    """Return a text without what separates the parts of a number or code.

    Examples
    --------
    >>> compacted("22cc-m76p 001")
    '22ccm76p001'
    """
    return re.sub(r"[\s.\-_/()+]", "", text)
