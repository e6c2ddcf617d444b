"""An SPSS file with everything a codebook knows, and a syntax that builds the same from CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.report.export.files import naming
from workbench.report.export.files.spss_dictionary import add_to_dictionary
from workbench.report.export.files.spss_syntax import write_syntax
from workbench.report.export.files.variables import Limits, Prepared, Variable, prepare
from workbench.report.export.files.written import Written, written
from workbench.store.codebook import Codebook, MissingCode

LIMITS = Limits(naming.SPSS, label=256, value_label=120, text=32_767)
MOST_CODES = 3  # of values that mean no answer; or one range and one code
LEAST, MOST = -1.797693134862315e308, 1.797693134862315e308


def write_spss(
    table: pd.DataFrame, codebook: Codebook, path: Path, *, language: Language = "en", title: str = ""
) -> Written:
    """Write a table as an SPSS file, with a syntax beside it that reads the same from CSV.

    Parameters
    ----------
    table
        Any table.
    codebook
        What its columns mean; columns it does not know are written as what they are.
    path
        The file, ending in ``.sav``; syntax and CSV are put beside it.
    language
        Language of the labels.
    title
        The file's label; by default the codebook's title.

    Returns
    -------
    Written
        Variables, files, and everything that SPSS could not hold.

    Notes
    -----
    In the file are: labels of variables and values, measure, codes that mean no answer, sets of several answers and the
    weight. A label of a variable holds 256 bytes (85 Chinese characters), one of a value 120 (40): longer ones are cut
    between two characters, and a note says so. SPSS takes three codes that mean no answer, or a range and one more;
    where there are more, the answers with the others are made missing.

    Examples
    --------
    >>> import tempfile
    >>> from workbench.store.codebook import Choice, CodedColumn
    >>> book = Codebook((CodedColumn("sex", {"en": "Sex"}, "single", (Choice(1, {"en": "male"}),)),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = write_spss(pd.DataFrame({"sex": [1, 1], "w": [0.5, 1.5]}), book, Path(folder, "a.sav"))
    >>> [f.name for f in done.files]
    ['a.sav', 'a.sps', 'a.csv']
    """
    import pyreadstat

    ready = prepare(table, codebook, LIMITS, language)
    lost = list(ready.lost)
    ranges = {v.name: _missing(v, ready, lost) for v in ready.variables}
    formats = _formats(ready.variables, ready.table)
    path.parent.mkdir(parents=True, exist_ok=True)
    pyreadstat.write_sav(
        ready.table,
        path,
        file_label=naming.cut_text(title or ready.title, 64),
        column_labels={v.name: v.label for v in ready.variables},
        row_compress=True,
        variable_value_labels={v.name: dict(v.values) for v in ready.variables if v.values},
        missing_ranges={name: found for name, found in ranges.items() if found},
        variable_measure={v.name: v.measure for v in ready.variables},
        variable_format=formats,
    )
    add_to_dictionary(path, ready.weight, ready.sets, language)
    syntax = write_syntax(ready, ranges, formats, path.with_suffix(".sps"), language, lost)
    return written(ready.rows, [path, *syntax], lost)


def _formats(variables: Sequence[Variable], table: pd.DataFrame) -> dict[str, str]:
    """Return the formats of numbers: whole ones without decimals, so that a code looks like one."""
    found = {}
    for v in variables:
        if v.kind == "number":
            values = table[v.name].dropna()
            whole = bool((values == values.round()).all())
            found[v.name] = "F8.0" if whole and (values.abs() < 1e7).all() else "F12.4"
        elif v.kind in ("date", "time"):
            found[v.name] = "SDATE10" if v.kind == "date" else "DATETIME20"
    return found


def _missing(variable: Variable, ready: Prepared, lost: list[Message]) -> list[Any]:
    """Return a variable's codes of no answer as SPSS takes them; answers with further ones become missing."""
    codes = [float(m.code) for m in variable.missing if m.code is not None]
    spans = [m for m in variable.missing if m.code is None]
    room = 1 if spans else MOST_CODES
    if len(codes) <= room and len(spans) <= 1:
        return [*(_span(m) for m in spans), *codes]
    kept = [*(_span(m) for m in spans[:1]), *codes[:room]]
    further = [*(MissingCode(c) for c in codes[room:]), *spans[1:]]
    gone = ready.table[variable.name].map(lambda v: any(m.covers(v) for m in further))
    ready.table.loc[gone, variable.name] = float("nan")
    listed = ", ".join(m.shown for m in further)
    lost.append(message("{column}: no answer by {codes} is simply missing.", column=variable.column, codes=listed))
    return kept


def _span(missing: MissingCode) -> dict[str, float]:
    assert missing.low is not None and missing.high is not None
    return {"lo": max(missing.low, LEAST), "hi": min(missing.high, MOST)}
