"""A Stata file: labels, and codes that mean no answer as Stata's own missing values ``.a`` to ``.z``."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.report.export.files import naming
from workbench.report.export.files.variables import Limits, Variable, prepare
from workbench.report.export.files.written import Written, written
from workbench.store.codebook import Codebook

LIMITS = Limits(naming.STATA, label=320, value_label=32_000, text=2_045)
LABEL_LETTERS = 80
WHOLE = 2**31 - 1


def write_stata(
    table: pd.DataFrame, codebook: Codebook, path: Path, *, language: Language = "en", title: str = ""
) -> Written:
    """Write a table as a Stata 15 file.

    Parameters
    ----------
    table, codebook, language, title
        As `workbench.report.export.files.write_spss`.
    path
        The file, ending in ``.dta``.

    Returns
    -------
    Written
        Variables, the file, and everything that Stata could not hold.

    Notes
    -----
    Codes that mean no answer become ``.a``, ``.b`` … in their order, with their labels. Stata labels whole numbers
    only, its labels of variables have 80 characters, and it has no sets of several answers and no weight in the file:
    a note names them.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = write_stata(pd.DataFrame({"satisfaction": [4, 5]}), Codebook(), Path(folder, "a.dta"))
    >>> [f.name for f in done.files], done.lost
    (['a.dta'], ())
    """
    import pyreadstat

    ready = prepare(table, codebook, LIMITS, language)
    lost = list(ready.lost)
    lost += [message("{column}: this set of several answers is left out.", column=s.name) for s in ready.sets]
    if ready.weight:
        lost.append(message("{column} is the weight: Stata is told at each command.", column=ready.weight))
    labels: dict[str, Any] = {}
    letters: dict[str, list[str]] = {}
    frame = ready.table
    for v in ready.variables:
        if v.kind != "number":
            continue
        codes = _letters(v, frame[v.name], lost)
        whole = {c: t for c, t in v.values.items() if c.is_integer() and abs(c) <= WHOLE and c not in codes}
        if len(whole) + len(set(v.values) & set(codes)) < len(v.values):
            lost.append(message("{column}: labels of numbers with decimals are left out.", column=v.column))
        named = {codes[c]: v.values[c] for c in codes if c in v.values}
        if codes:
            frame[v.name] = frame[v.name].astype(object).map(lambda n, codes=codes: codes.get(n, n))
            letters[v.name] = sorted(set(codes.values()))
        if whole or named:
            labels[v.name] = {**whole, **named}
    path.parent.mkdir(parents=True, exist_ok=True)
    pyreadstat.write_dta(
        frame,
        path,
        file_label=(title or ready.title)[:LABEL_LETTERS],
        column_labels={v.name: _short(v, lost) for v in ready.variables},
        version=15,
        variable_value_labels=labels,
        missing_user_values=letters,
    )
    return written(ready.rows, [path], lost)


def _short(variable: Variable, lost: list[Message]) -> str:
    if len(variable.label) > LABEL_LETTERS:
        n = LABEL_LETTERS
        lost.append(message("{column}: its label is cut at {n:int} characters.", column=variable.column, n=n))
    return variable.label[:LABEL_LETTERS]


def _letters(variable: Variable, values: pd.Series, lost: list[Message]) -> dict[float, str]:
    """Return value that means no answer → its letter, in the order of the codebook."""
    found: dict[float, str] = {}
    for entry, letter in zip(variable.missing, string.ascii_lowercase, strict=False):
        in_range = sorted({v for v in values.dropna() if entry.covers(v)})
        covered = in_range if entry.code is None else [float(entry.code)]
        found |= {value: letter for value in covered if value not in found}
    if found:
        listed = ", ".join(f"{m.shown} = .{x}" for m, x in zip(variable.missing, string.ascii_lowercase, strict=False))
        lost.append(message("{column}: no answer is {codes}.", column=variable.column, codes=listed))
    return found
