"""An SPSS syntax that reads a CSV and says everything the SPSS file holds; PSPP takes it as well."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.report.export.files.variables import Prepared, Variable, text_width
from workbench.store.codebook import spoken
from workbench.store.codebook.coded import code_text

LONGEST_PIECE = 200  # a line of syntax has at most 256 bytes


def write_syntax(
    ready: Prepared,
    missing: Mapping[str, Sequence[Any]],
    formats: Mapping[str, str],
    path: Path,
    language: Language,
    lost: list[Message],
) -> list[Path]:
    """Write the syntax and the CSV it reads.

    Parameters
    ----------
    ready
        The table as SPSS takes it.
    missing
        Variable → codes and ranges of no answer.
    formats
        Variable → format of its numbers.
    path
        The syntax file; the CSV has its name.
    language
        Language of labels.
    lost
        Gets a note where the CSV cannot hold a value.

    Returns
    -------
    list of Path
        The syntax and the CSV.
    """
    data = path.with_suffix(".csv")
    _write_data(ready, data, lost)
    widths = {v.name: text_width(ready.table[v.name]) for v in ready.variables if v.kind == "text"}
    names = [*(v.name for v in ready.variables[1:]), ""]
    lines = [
        "* Encoding: UTF-8.",
        "* Set the folder of this file first: CD 'folder'.",
        f"GET DATA /TYPE=TXT /FILE={quoted(data.name)} /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELCASE=LINE",
        "  /FIRSTCASE=2 /DELIMITERS=',' /QUALIFIER='\"'",
        f"  /VARIABLES={ready.variables[0].name}",
        # a line never begins with a name: one that is called 'comment' would be taken for a remark
        *(f"    {_format(v, widths)} {n}" for v, n in zip(ready.variables, names, strict=True)),
        "  .",
        *(f"VARIABLE LABELS {v.name} {_literal(v.label)}." for v in ready.variables if v.label),
        *(f"FORMATS {v.name} ({formats[v.name]})." for v in ready.variables if v.kind == "number"),
    ]
    for v in ready.variables:
        if v.values:
            lines += [f"VALUE LABELS {v.name}"]
            lines += [f"  {code_text(c)} {_literal(t)}" for c, t in v.values.items()]
            lines += ["  ."]
        if missing.get(v.name):
            lines.append(f"MISSING VALUES {v.name} ({', '.join(map(_missing, missing[v.name]))}).")
    lines += [f"VARIABLE LEVEL {v.name} ({v.measure.upper()})." for v in ready.variables]
    for answers in ready.sets:
        how = "MCGROUP" if answers.counted is None else "MDGROUP"
        value = "" if answers.counted is None else f" VALUE={code_text(answers.counted)}"
        lines += [
            f"MRSETS /{how} NAME=${answers.name} LABEL={_literal(spoken(answers.label, language))}",
            f"  VARIABLES={' '.join(answers.columns)}{value}.",
        ]
    lines += [f"WEIGHT BY {ready.weight}."] if ready.weight else []
    path.write_text("\n".join([*lines, "EXECUTE.", ""]), encoding="utf-8-sig")
    return [path, data]


def quoted(text: str) -> str:
    """Return a text as a literal of the syntax.

    Examples
    --------
    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _literal(text: str) -> str:
    """Return a text as literals that are joined, each short enough for a line."""
    pieces, piece = [], ""
    for letter in text.replace("\n", " ").replace("\r", " "):
        if len((piece + letter).encode()) > LONGEST_PIECE:
            pieces.append(piece)
            piece = ""
        piece += letter
    return " +\n    ".join(map(quoted, [*pieces, piece]))


def _write_data(ready: Prepared, path: Path, lost: list[Message]) -> None:
    shown = {}
    for v in ready.variables:
        series = ready.table[v.name]
        if v.kind == "text":
            broken = series.map(lambda t: t is not None and bool(set(t) & {"\n", "\r"}))
            if broken.any():
                rows = int(broken.sum())
                said = message(
                    "{column}: texts of several lines are in one line in the CSV ({rows:int} of them).",
                    column=v.column,
                    rows=rows,
                )
                lost.append(said)
            shown[v.name] = series.map(lambda t: "" if t is None else " ".join(t.splitlines()))
        elif v.kind == "number":
            shown[v.name] = series.map(lambda n: "" if n != n else code_text(float(n)))
        else:
            style = "%Y/%m/%d" if v.kind == "date" else "%d-%b-%Y %H:%M:%S"
            shown[v.name] = series.map(lambda t, style=style: "" if pd.isna(t) else t.strftime(style))
    pd.DataFrame(shown).to_csv(path, index=False, encoding="utf-8", quoting=csv.QUOTE_MINIMAL)


def _format(variable: Variable, widths: Mapping[str, int]) -> str:
    if variable.kind == "text":
        return f"A{widths[variable.name]}"
    return {"number": "F16.8", "date": "SDATE10", "time": "DATETIME20"}[variable.kind]


def _missing(entry: Any) -> str:
    if not isinstance(entry, dict):
        return code_text(entry)
    low = "LOWEST" if entry["lo"] < -1e300 else code_text(entry["lo"])
    high = "HIGHEST" if entry["hi"] > 1e300 else code_text(entry["hi"])
    return f"{low} THRU {high}"
