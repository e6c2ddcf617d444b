"""Files of SPSS, SAS and Stata: rows as text, and everything the file says about its columns as a codebook."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet
from workbench.store.codebook.coded import Code, Kind, Measure
from workbench.store.contained import contained
from workbench.store.formats.container import Container
from workbench.store.formats.kinds import step_of, words
from workbench.store.formats.spss_weight import spss_weight

TOOLS: Mapping[Container, str] = {
    "spss": "spss",
    "spss portable": "spss",
    "sas": "sas",
    "sas transport": "sas",
    "stata": "stata",
}
SPSS_START = dt.datetime(1582, 10, 14)
SPSS_PERIODS = ("QYR", "MOYR", "WKYR")


@dataclass(frozen=True)
class StatisticsFile:
    """A file of a statistics package, read.

    Attributes
    ----------
    rows
        Text columns, an empty text where there is no value; codes as codes, not as their labels.
    book
        What the columns mean.
    encoding
        How its texts were read, where the file did not say it rightly.
    """

    rows: pa.Table
    book: Codebook
    encoding: str | None


def read_statistics(path: Path, container: Container, *, catalogue: Path | None = None) -> StatisticsFile:
    """Read a file of SPSS, SAS or Stata with its labels, missing codes, sets of answers and weight.

    Parameters
    ----------
    path
        The file.
    container
        What it is (`workbench.store.formats.container.container_of`).
    catalogue
        The catalogue with the labels of a SAS file (``.sas7bcat``).

    Raises
    ------
    InputError
        If the file is damaged.
    """
    frame, meta, encoding = contained("statistics", str(path), container, path=path)
    labels = _labels(meta, catalogue)
    tagged = container in ("sas", "stata")
    period = {c: f for c, f in meta.original_variable_types.items() if f and f.startswith(SPSS_PERIODS)}
    texts = {c: pa.array(_texts(frame[c], c, meta, tagged, period.get(c)), pa.string()) for c in frame.columns}
    sets = _sets(meta)
    of_set = {c: s.name for s in sets for c in s.columns}
    weight = spss_weight(path, list(frame.columns)) if container == "spss" else None
    columns = []
    for name in frame.columns:
        marked = tagged and meta.readstat_variable_types.get(name) != "string"
        choices = tuple(Choice(_code(code, marked), words(label)) for code, label in labels.get(name, {}).items())
        columns.append(
            CodedColumn(
                name,
                words((meta.column_names_to_labels.get(name) or "").strip()),
                "weight" if name == weight else _kind(name, meta, labels.get(name), name in of_set, frame[name]),
                choices,
                _missing(name, meta, tagged),
                of_set.get(name),
                None,
                _measure(meta.variable_measure.get(name)),
            )
        )
    notes = tuple(n.strip() for n in (getattr(meta, "notes", None) or ()) if n.strip())
    book = Codebook(tuple(columns), sets, notes, TOOLS[container], weight, words(meta.file_label or ""))
    return StatisticsFile(pa.table(texts), book, encoding)


def _labels(meta: Any, catalogue: Path | None) -> dict[str, dict[Any, str]]:
    """Return column → code → label: of the file itself, else of the catalogue by the name of its format."""
    labels: dict[str, dict[Any, str]] = {c: dict(v) for c, v in meta.variable_value_labels.items()}
    if catalogue is None:
        return labels
    found: dict[str, dict[Any, str]] = contained("catalogue", str(catalogue), path=catalogue)
    formats = {name.upper(): labels for name, labels in found.items()}
    for column, kind in meta.original_variable_types.items():
        if kind and column not in labels and kind.upper() in formats:
            labels[column] = formats[kind.upper()]
    return labels


def _texts(column: pd.Series, name: str, meta: Any, tagged: bool, period: str | None) -> list[str]:
    marks = set(meta.missing_user_values.get(name, ())) if tagged else set()
    is_text = meta.readstat_variable_types.get(name) == "string"
    return [_text(v, marks, is_text, period) for v in column.tolist()]


def _text(value: Any, marks: set[str], is_text: bool, period: str | None) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        # .a in Stata, .A in SAS: a number that is missing for a reason
        return f".{value}" if value in marks and not is_text else value
    if isinstance(value, float):
        if period is not None:
            return (SPSS_START + dt.timedelta(seconds=value)).date().isoformat()
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _code(code: Any, tagged: bool) -> Code:
    if isinstance(code, str):
        return f".{code}" if tagged and len(code) == 1 and (code.isalpha() or code == "_") else code
    return int(code) if float(code).is_integer() else float(code)


def _missing(name: str, meta: Any, tagged: bool) -> tuple[MissingCode, ...]:
    found = []
    for entry in meta.missing_ranges.get(name, ()):
        low, high = entry["lo"], entry["hi"]
        if isinstance(low, str) or low == high:
            found.append(MissingCode(_code(low, False)))
        else:
            found.append(MissingCode(low=float(low), high=float(high)))
    if tagged and meta.readstat_variable_types.get(name) != "string":
        found += [MissingCode(f".{mark}") for mark in meta.missing_user_values.get(name, ())]
    return tuple(found)


def _sets(meta: Any) -> tuple[MultipleSet, ...]:
    sets = getattr(meta, "mr_sets", None) or {}
    return tuple(
        MultipleSet(
            name,
            words(s["label"] or ""),
            tuple(s["variable_list"]),
            _code(s["counted_value"], False) if s["is_dichotomy"] else None,
        )
        for name, s in sets.items()
    )


def _kind(name: str, meta: Any, labels: Mapping[Any, str] | None, in_set: bool, column: pd.Series) -> Kind:
    if in_set:
        return "multiple"
    if labels:
        answers = [v for c, v in labels.items() if not any(_covers(m, c) for m in meta.missing_ranges.get(name, ()))]
        ordered = meta.variable_measure.get(name) == "ordinal"
        is_scale = len(answers) > 2 and all(step_of(v) is not None for v in answers)
        return "scale" if is_scale or (ordered and len(answers) > 2) else "single"
    if meta.readstat_variable_types.get(name) == "string":
        return "text"
    form = meta.original_variable_types.get(name) or ""
    first = next((v for v in column.tolist() if v is not None and v == v), None)
    return "date" if isinstance(first, dt.date) or form.startswith(SPSS_PERIODS) else "number"


def _covers(entry: Mapping[str, Any], code: Any) -> bool:
    if isinstance(code, str) or isinstance(entry["lo"], str):
        return bool(entry["lo"] == code)
    return bool(entry["lo"] <= code <= entry["hi"])


def _measure(measure: str | None) -> Measure | None:
    return measure if measure in ("nominal", "ordinal", "scale") else None  # type: ignore[return-value]
