"""The letters by which columns and groups are named in tables of comparisons."""

from __future__ import annotations


def letter(position: int) -> str:
    """Return A … Z, AA, AB …: a doubled letter would read as two.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(27)
    ('A', 'Z', 'AA', 'AB')
    """
    name = ""
    position += 1
    while position:
        position, place = divmod(position - 1, 26)
        name = chr(65 + place) + name
    return name
