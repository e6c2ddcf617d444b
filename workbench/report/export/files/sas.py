"""A SAS transport file (version 8), and the program that gives it labels, formats and kinds of no answer."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.core.language import Language, message
from workbench.report.export.files import naming
from workbench.report.export.files.variables import Limits, Prepared, Variable, prepare, text_width
from workbench.report.export.files.written import Written, written
from workbench.store.codebook import Codebook, MissingCode
from workbench.store.codebook.coded import code_text

LIMITS = Limits(naming.SAS, label=256, value_label=32_767, text=32_767)


def write_sas(
    table: pd.DataFrame, codebook: Codebook, path: Path, *, language: Language = "en", title: str = ""
) -> Written:
    """Write a table as a SAS transport file of version 8, and a program that reads it.

    Parameters
    ----------
    table, codebook, language, title
        As `workbench.report.export.files.write_spss`.
    path
        The file, ending in ``.xpt``; the program is put beside it.

    Returns
    -------
    Written
        Variables, files, and everything that SAS could not hold.

    Notes
    -----
    A transport file holds no formats and no kinds of no answer: the program makes formats from the labels of values,
    and codes that mean no answer become ``.A``, ``.B`` … Names are in ASCII, as a transport file asks; texts are UTF-8,
    so SAS is to be started with ``-encoding utf-8``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = write_sas(pd.DataFrame({"满意度": [4, 5]}), Codebook(), Path(folder, "a.xpt"))
    >>> [f.name for f in done.files], done.table["variable"].to_list()
    (['a.xpt', 'a.sas'], ['v1'])
    """
    import pyreadstat

    ready = prepare(table, codebook, LIMITS, language)
    lost = list(ready.lost)
    lost += [message("{column}: this set of several answers is left out.", column=s.name) for s in ready.sets]
    if ready.weight:
        lost.append(message("{column} is the weight: SAS is told at each procedure.", column=ready.weight))
    name = naming.variable_names([path.stem], naming.SAS)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    pyreadstat.write_xport(
        ready.table,
        path,
        file_label=naming.cut_text(title or ready.title, 40),
        column_labels={v.name: v.label for v in ready.variables},
        table_name=name,
        file_format_version=8,
    )
    program = path.with_suffix(".sas")
    program.write_text("\n".join(_program(ready, path.name, name)) + "\n", encoding="utf-8")
    return written(ready.rows, [path, program], lost)


def _program(ready: Prepared, file: str, name: str) -> list[str]:
    labelled = [v for v in ready.variables if v.values]
    formats = dict(zip((v.name for v in labelled), _format_names(labelled), strict=True))
    lines = [
        "/* Start SAS with -encoding utf-8; set the folder of this file with: x 'cd folder'; */",
        f"%xpt2loc(libref=work, memlist={name}, filespec={_text(file)});",
        *(["proc format;"] if labelled else []),
    ]
    for v in labelled:
        codes = _letters(v)
        lines.append(f"  value {formats[v.name]}")
        for value, label in v.values.items():
            letter = next((x for m, x in codes if m.covers(value)), None)
            lines.append(f"    {f'.{letter}' if letter else code_text(value)} = {_text(label)}")
        lines.append("  ;")
    lines += ["run;"] if labelled else []
    # before the table is set, or SAS would keep the length that the first of joined tables has
    texts = [v for v in ready.variables if v.kind == "text"]
    lines.append(f"data {name};")
    lines += ["  length", *(f"    {v.name} ${text_width(ready.table[v.name])}" for v in texts), "  ;"] if texts else []
    lines.append(f"  set {name};")
    for v in ready.variables:
        for entry, letter in _letters(v):
            lines.append(f"  if {_condition(v.name, entry)} then {v.name} = .{letter};")
    lines += ["  label", *(f"    {v.name} = {_text(v.label)}" for v in ready.variables), "  ;"]
    shown = {**formats, **{v.name: _moment(v) for v in ready.variables if v.kind in ("date", "time")}}
    lines += ["  format", *(f"    {n} {f}." for n, f in shown.items()), "  ;"] if shown else []
    return [*lines, "run;"]


def _moment(variable: Variable) -> str:
    return "yymmdd10" if variable.kind == "date" else "datetime20"


def _letters(variable: Variable) -> list[tuple[MissingCode, str]]:
    return list(zip(variable.missing, string.ascii_uppercase, strict=False))


def _condition(name: str, entry: MissingCode) -> str:
    if entry.code is not None:
        return f"{name} = {code_text(entry.code)}"
    assert entry.low is not None and entry.high is not None
    # a missing value is less than every number in SAS
    least = f"not missing({name})" if entry.low == float("-inf") else f"{name} >= {code_text(entry.low)}"
    most = "" if entry.high == float("inf") else f" and {name} <= {code_text(entry.high)}"
    return least + most


def _format_names(variables: Sequence[Variable]) -> list[str]:
    """Return names of formats: as the variables', at most 32 letters and never ending in a digit."""
    names = naming.variable_names([f"{v.name[:29]}_f" for v in variables], naming.SAS)
    return [f"{n[:31]}f" if n[-1].isdigit() else n for n in names]


def _text(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"
