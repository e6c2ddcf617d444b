"""What a column holds, by the name that its engine gives the type: SQL's, Spark's or Arrow's."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"u?(tiny|small|big|huge)?int(eger)?(8|16|32|64)?|long|short|byte")
_FRACTION = ("double", "float", "real", "halffloat")
_EXACT = ("decimal", "numeric")
_TEXT = ("varchar", "text", "string", "char", "large_string", "bpchar")


def is_fractional(kind: str) -> bool:
    """Say whether an engine's type name is a binary floating point type.

    Examples
    --------
    >>> is_fractional("DOUBLE"), is_fractional("BIGINT")
    (True, False)
    """
    return kind.lower().startswith(_FRACTION)


def is_exact(kind: str) -> bool:
    """Say whether an engine's type name is of numbers with a stated count of decimals.

    Examples
    --------
    >>> is_exact("DECIMAL(18,4)"), is_exact("decimal128(18, 4)"), is_exact("double")
    (True, True, False)
    """
    return kind.lower().startswith(_EXACT)


def is_number(kind: str) -> bool:
    """Say whether an engine's type name is of whole, exact or floating numbers.

    Examples
    --------
    >>> [is_number(k) for k in ("BIGINT", "int64", "decimal(10,2)", "REAL", "INTERVAL", "BOOLEAN", "VARCHAR")]
    [True, True, True, True, False, False, False]
    """
    return is_fractional(kind) or is_exact(kind) or bool(_WHOLE.fullmatch(kind.lower()))


def is_text(kind: str) -> bool:
    """Say whether an engine's type name is of texts.

    Examples
    --------
    >>> [is_text(k) for k in ("VARCHAR", "string", "character varying", "DATE")]
    [True, True, True, False]
    """
    return kind.lower().startswith(_TEXT)
