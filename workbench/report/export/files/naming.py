"""Names of variables as SPSS, SAS and Stata take them: what is not allowed becomes something that is, once each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

# words of each program's language that cannot name a variable
SPSS_WORDS = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})
SAS_WORDS = frozenset(f"_{w}_" for w in ("N", "ERROR", "NUMERIC", "CHARACTER", "ALL", "NULL", "DATA", "LAST", "INFILE"))
STATA_WORDS = frozenset(
    {"BYTE", "DOUBLE", "FLOAT", "IF", "IN", "INT", "LONG", "STRL", "USING", "WITH"}
    | {f"_{w}" for w in ("ALL", "B", "COEF", "CONS", "N", "PI", "PRED", "RC", "SKIP")}
)


@dataclass(frozen=True)
class NameRule:
    """What a variable may be called.

    Attributes
    ----------
    length
        How long a name may be, as `measured` counts.
    words
        Names that the program keeps for itself, in capitals.
    ascii_only
        True where letters are those of English only.
    measured
        Counts the length of a name: bytes or characters.
    """

    length: int
    words: frozenset[str]
    ascii_only: bool
    measured: Callable[[str], int]


def _bytes(text: str) -> int:
    return len(text.encode())


SPSS = NameRule(64, SPSS_WORDS, ascii_only=False, measured=_bytes)
SAS = NameRule(32, SAS_WORDS, ascii_only=True, measured=len)
STATA = NameRule(32, STATA_WORDS, ascii_only=False, measured=len)


def variable_names(columns: Iterable[str], rule: NameRule, *, ids: Mapping[str, str | None] | None = None) -> list[str]:
    """Return a name for each column that keeps a program's rule; no two of them differ by capitals alone.

    Parameters
    ----------
    columns
        Names of the table's columns.
    rule
        What names may be.
    ids
        Column → what the survey tool calls the question; it stands in where nothing of a column's name is allowed.

    Returns
    -------
    list of str
        A name that is allowed stays as it is. In others each run of letters that are not allowed becomes ``_``; a name
        of which nothing is left is the tool's own, or ``v`` and the column's place.

    Examples
    --------
    >>> variable_names(["recommend", "1. How likely?", "Q1", "q1", "by"], SPSS)
    ['recommend', 'v1_How_likely', 'Q1', 'q1_2', 'by_']
    >>> variable_names(["满意度", "总体 满意度"], SAS, ids={"总体 满意度": "Q2"}), variable_names(["总体 满意度"], SPSS)
    (['v1', 'Q2'], ['总体_满意度'])
    """
    given: list[str] = []
    taken: set[str] = set()
    for place, column in enumerate(columns, 1):
        name = _allowed(column, rule) or _allowed((ids or {}).get(column) or "", rule) or f"v{place}"
        name = _cut(f"{name}_" if name.upper() in rule.words else name, rule, "")
        number = 2
        unique = name
        while unique.upper() in taken:
            unique = _cut(name, rule, f"_{number}")
            number += 1
        taken.add(unique.upper())
        given.append(unique)
    return given


def cut_text(text: str, most: int) -> str:
    """Return the beginning of a text that takes at most `most` bytes in UTF-8; no character is cut in two.

    Examples
    --------
    >>> cut_text("满意度", 7), cut_text("abc", 7)
    ('满意', 'abc')
    """
    return text.encode()[:most].decode(errors="ignore")


def _allowed(column: str, rule: NameRule) -> str:
    def is_letter(c: str) -> bool:
        # a superscript two counts as a digit to a regular expression, and to no statistics program
        return (c.isalpha() or c.isdecimal()) and (c.isascii() if rule.ascii_only else ord(c) < 0x10000)

    name = re.sub(r"_{2,}", "_", "".join(c if is_letter(c) else "_" for c in column))
    name = column if all(is_letter(c) or c == "_" for c in column) else name.strip("_")
    if not any(map(is_letter, name)):
        return ""
    return name if name[0].isalpha() or name[0] == "_" else f"v{name}"


def _cut(name: str, rule: NameRule, end: str) -> str:
    while rule.measured(name + end) > rule.length:
        name = name[:-1]
    return name + end
