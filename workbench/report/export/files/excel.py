"""A workbook of answers: codes, labels, the codebook in both languages, and weights with base counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from workbench.core.language import LANGUAGES, Language, Message, message
from workbench.report.export.files.written import Written, written
from workbench.report.export.lists import write_sheets
from workbench.store.codebook import Codebook, CodedColumn, MissingCode
from workbench.store.codebook.coded import code_text

MOST_ROWS = 1_048_575  # of a sheet, beside its header
LONGEST = 32_767


def write_excel(
    table: pd.DataFrame, codebook: Codebook, path: Path, *, language: Language = "en", title: str = ""
) -> Written:
    """Write a table as a workbook: a sheet of codes, one of labels, the codebook, weights with base counts.

    Parameters
    ----------
    table, codebook, language, title
        As `workbench.report.export.files.write_spss`.
    path
        The file, ending in ``.xlsx``.

    Returns
    -------
    Written
        Columns, the file, and everything that Excel could not hold.

    Notes
    -----
    Texts stay texts: ids keep their zeros, and nothing becomes a formula. A table with more rows than a sheet holds
    goes on in further sheets.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = write_excel(pd.DataFrame({"customer_id": ["007"]}), Codebook(), Path(folder, "a.xlsx"))
    ...     pd.read_excel(done.files[0], sheet_name="codes", dtype=str, engine="calamine")["customer_id"].to_list()
    ['007']
    """
    lost: list[Message] = []
    codes = pd.DataFrame({str(n): _storable(table.iloc[:, i], str(n), lost) for i, n in enumerate(table.columns)})
    known = {c.name: c for c in codebook.columns}
    labels = pd.DataFrame(
        {n: _labelled(codes[n], known[n], language) if n in known and known[n].choices else codes[n] for n in codes}
    )
    sheets = {**_pieces("codes", codes), **_pieces("labels", labels)}
    sheets["codebook"] = _codebook(table, known, codebook)
    sheets["weights"] = _weights(table, codebook)
    if title:
        sheets["about"] = pd.DataFrame({"about": [title]})
    if len(codes) > MOST_ROWS:
        lost.append(message("The rows go on in further sheets: a sheet holds {n:int}.", n=MOST_ROWS))
    write_sheets(sheets, path)
    rows = [(n, n, known[n].question(language) if n in known else n) for n in map(str, codes.columns)]
    return written(rows, [path], lost)


def _storable(series: pd.Series, column: str, lost: list[Message]) -> pd.Series:
    """Return a column as a sheet holds it: no zones, texts not too long."""
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        lost.append(message("{column}: its times are those of {zone}.", column=column, zone=str(series.dtype.tz)))
        series = series.dt.tz_localize(None)
    long = series.map(lambda v: isinstance(v, str) and len(v) > LONGEST)
    if long.any():
        rows = int(long.sum())
        cut = message(
            "{column}: texts are cut at {n:int} characters ({rows:int} of them).", column=column, rows=rows, n=LONGEST
        )
        lost.append(cut)
        series = series.map(lambda v: v[:LONGEST] if isinstance(v, str) else v)
    return series.reset_index(drop=True)


def _labelled(series: pd.Series, coded: CodedColumn, language: Language) -> pd.Series:
    labels = {code_text(code): label for code, label in coded.labels(language).items()}

    def shown(value: object) -> object:
        if not isinstance(value, int | float | str | np.number) or value != value:
            return value
        plain = value.item() if isinstance(value, np.number) else value
        return labels.get(code_text(plain).strip(), value)

    return series.astype(object).map(shown)


def _pieces(name: str, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if len(table) <= MOST_ROWS:
        return {name: table}
    starts = range(0, len(table), MOST_ROWS)
    return {f"{name} {i}": table.iloc[s : s + MOST_ROWS] for i, s in enumerate(starts, 1)}


def _codebook(table: pd.DataFrame, known: dict[str, CodedColumn], codebook: Codebook) -> pd.DataFrame:
    """Return one row per column and choice, in every language."""
    sets = {c: s.name for s in codebook.sets for c in s.columns}
    rows = []
    for name in map(str, table.columns):
        coded = known.get(name, CodedColumn(name))
        head = {"column": name, **{f"question {n}": coded.question(n) for n in LANGUAGES}, "kind": coded.kind}
        head |= {"set": sets.get(name, ""), "no answer": ", ".join(m.shown for m in coded.missing)}
        rows.append({**head, "code": "", **{f"label {n}": "" for n in LANGUAGES}})
        for choice in coded.choices:
            told = {f"label {n}": choice.label(n) for n in LANGUAGES}
            rows.append({**dict.fromkeys(head, ""), "column": name, "code": code_text(choice.code), **told})
    return pd.DataFrame(rows)


def _weights(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return answers per column, counted and weighted, and the sum of weights."""
    weight = pd.to_numeric(table[codebook.weight]) if codebook.weight in table else pd.Series(1.0, table.index)
    known = {c.name: c for c in codebook.columns}
    rows = []
    for place, name in enumerate(map(str, table.columns)):
        series = table.iloc[:, place]
        missing = known[name].missing if name in known else ()
        answered = series.notna() & ~series.map(lambda v, missing=missing: any(_covers(m, v) for m in missing))
        rows.append((name, int(answered.sum()), float(weight[answered].sum()), len(table), float(weight.sum())))
    return pd.DataFrame(rows, columns=["column", "answers", "weighted answers", "rows", "weighted rows"])


def _covers(missing: MissingCode, value: object) -> bool:
    plain = value.item() if isinstance(value, np.number) else value
    return isinstance(plain, int | float | str) and missing.covers(plain)
