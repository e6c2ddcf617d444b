"""Permanent random numbers: one integer per customer and study, the same on every engine and every machine.

Recipe ``md5-52/v1``: ``k = int(md5(utf8(salt + "|" + id)).hexdigest()[:13], 16)``, an integer in [0, 2^52). A sample is
"the smallest k in each stratum", so it can be redrawn anywhere, and waves are coordinated by where on the circle of
numbers they start (Ohlsson 1995, "Coordination of samples using permanent random numbers", in Cox et al., *Business
Survey Methods*, ch. 9; Lindblom & Teterukovsky 2007).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.engine import Dialect
from workbench.core.errors import InputError

RECIPE: Final = "md5-52/v1"
SPACE: Final = 2**52


def check_salt(salt: str) -> str:
    """Return `salt` if it can start a recipe, else refuse it.

    Raises
    ------
    InputError
        If the salt is not a text, or empty.

    Examples
    --------
    >>> check_salt("study-2026q2")
    'study-2026q2'
    """
    if not isinstance(salt, str) or not salt:
        raise InputError(
            "A salt is a text that is not empty.",
            found=repr(salt),
            fix="Give each study one salt and keep it for all of its waves, such as 'acme-2026'.",
            where="salt",
        )
    return salt


def check_start(start: float) -> int:
    """Return the place on the circle of 2^52 numbers at the fraction `start` of the way round.

    Raises
    ------
    InputError
        If `start` is not in [0, 1).

    Examples
    --------
    >>> check_start(0.25) == 2**50
    True
    """
    if not 0.0 <= start < 1.0:
        raise InputError(
            "A start is a place on the circle of random numbers, from 0 up to but not including 1.",
            found=repr(start),
            fix="Give the fraction of the circle to skip, such as 0.25.",
            where="start",
        )
    return int(start * SPACE)  # exact: a double has 53 bits


def permanent_random_number(ids: Iterable[Any], salt: str) -> pd.Series[int]:
    """Return the permanent random number of each id under recipe ``md5-52/v1``.

    Parameters
    ----------
    ids
        Customer ids: text in Unicode NFC, or integers. Never missing, never floats.
    salt
        The study's salt.

    Returns
    -------
    Series
        ``prn``, int64 in [0, 2^52), with the index of `ids` where it has one. ``(prn + 0.5) / 2**52`` is uniform.

    Raises
    ------
    InputError
        If an id is missing or a float, or the salt is empty.

    Examples
    --------
    >>> permanent_random_number(["C000000001", "客户甲1"], "ws2026-q1").tolist()
    [4277132871884148, 1856513244015293]
    """
    check_salt(salt)
    index = ids.index if isinstance(ids, pd.Series) else None
    values = list(ids)
    bad = [i for i, v in enumerate(values) if v is None or isinstance(v, (float, bool, np.floating)) or v is pd.NA]
    if bad:
        raise InputError(
            "An id is a text or an integer, and never missing.",
            found=f"{len(bad)} of {len(values)} ids are missing or floats; the first is at position {bad[0]}",
            fix="Read ids as text, and fill in or remove the rows without one.",
            where="ids",
        )
    start = f"{salt}|"
    numbers = [int(hashlib.md5(f"{start}{v}".encode()).hexdigest()[:13], 16) for v in values]
    return pd.Series(np.array(numbers, dtype=np.int64), index=index, name="prn")


def uniform(prn: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return ``(k + 0.5) / 2^52``: the permanent random number as a number strictly between 0 and 1.

    Examples
    --------
    >>> float(uniform([0])[0]) > 0
    True
    """
    return np.asarray((np.asarray(prn, dtype=np.int64) + 0.5) / SPACE, dtype=float)


def prn_sql(dialect: Dialect, *, id_column: str, salt: str, stored: str | None) -> str:
    """Return the SQL of the number k of a frame's rows: the stored column where there is one, else the recipe."""
    return dialect.quote(stored) if stored else dialect.prn(salt, dialect.quote(id_column))


def rotated_sql(number: str, start: int) -> str:
    """Return the SQL of a number's distance from `start` round the circle, ``(k − start) mod 2^52``.

    Examples
    --------
    >>> rotated_sql("k", 0), rotated_sql("k", 5)
    ('k', '((k + 4503599627370491) % 4503599627370496)')
    """
    return number if start == 0 else f"(({number} + {SPACE - start}) % {SPACE})"
