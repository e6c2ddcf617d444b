"""Tables as the workbook that market researchers expect: an index, how to read, a sheet each, all cells flat."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import Language, Message, Spoken, format_value, message
from workbench.report.export.flat_sheet import write_flat
from workbench.report.export.lists import put
from workbench.report.export.trend_sheet import write_trend
from workbench.tabulation import Tabulation, Trend
from workbench.tabulation.layout import marks_text

FONT = "Microsoft YaHei"
FORMATS = {"answer": "0%", "net": "0%", "nps": "+0.0;-0.0;0.0", "mean": "0.00"}
INDEX, READING, DATA = message("Index of tables"), message("How to read"), message("All cells")
WAVES = message("All cells over waves")
ASKED_FOR = ("verdict_rest", "change", "p_change", "verdict_change", "rolling", "rolling_low", "rolling_high")
MARKS = ("letters", "verdict_rest", "verdict_change")  # what stands below a number
BACK, BASE, WEIGHTED = message("Back to the index"), message("Base, unweighted"), message("Base, weighted")
EFFECTIVE, LETTERS = message("Base, effective"), message("Letters")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table with its number, which stays the same from wave to wave, and the same question over waves where asked."""

    number: int
    table: Tabulation
    trend: Trend | None = None

    @property
    def name(self) -> str:
        """Name of its sheet."""
        return f"T{self.number:03d}"

    @property
    def name_over_waves(self) -> str:
        """Name of the sheet on which the question stands over waves."""
        return f"{self.name}-waves"


def write_tables(sheets: Sequence[Sheet], path: Path, *, title: Spoken, wave: str, language: Language) -> Path:
    """Write tables into a workbook.

    Parameters
    ----------
    sheets
        The tables, in the order of the index.
    path
        The workbook; its folder is made.
    title, wave
        What stands above every table.
    language
        Language of all words.

    Notes
    -----
    Numbers stay numbers: percents are fractions, letters stand in rows of their own. The table begins in the same cell
    of every sheet, letters and bases above it stay in sight, and texts that look like formulas are texts.
    """
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with _uncollected(), xlsxwriter.Workbook(made, options) as book:
        writer = _Writer(book, language, f"{title.text(language)} · {wave}")
        writer.index(sheets)
        writer.reading(sheets)
        for sheet in sheets:
            writer.table(sheet)
            if sheet.trend is not None:
                writer.trend(sheet, sheet.trend)
        writer.data(sheets)
        writer.waves(sheets)
    return put(made.getvalue(), path)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: the cells of a workbook are some hundred thousand small things that all stay to its end."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class _Writer:
    """Writes the sheets of one workbook in one language."""

    def __init__(self, book: Any, language: Language, title: str) -> None:
        self.book, self.language, self.title = book, language, title
        self.formats_of = FORMATS
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        book.set_properties({"title": title})

    def form(self, **told: Any) -> Any:
        """Return a cell's format, made once."""
        key = tuple(sorted(told.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": FONT, "font_size": 9, **told})
        return self.formats[key]

    def text(self, label: Spoken | str) -> str:
        """Return a label in the workbook's language, values by the names of the study."""
        return format_value(label, "text", self.language) if isinstance(label, str) else label.text(self.language)

    def index(self, sheets: Sequence[Sheet]) -> None:
        """Write the first sheet: number, question and base of every table, with links."""
        page = self.book.add_worksheet(INDEX.text(self.language)[:31])
        page.hide_gridlines(2)
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 60)
        page.write_string(0, 0, self.title, self.form(bold=True, font_size=12))
        for place, sheet in enumerate(sheets, start=2):
            ((name, (label, _)),) = sheet.table.row_labels.items()
            page.write_url(place, 0, f"internal:'{sheet.name}'!A1", self.form(font_color="#0563C1"), sheet.name)
            page.write_string(place, 1, self.text(label if label != name else name), self.form())
            page.write_number(place, 2, int(sheet.table.table["n"].iloc[0]), self.form(num_format="#,##0"))
            if sheet.trend is not None:
                over = sheet.name_over_waves
                page.write_url(place, 3, f"internal:'{over}'!A1", self.form(font_color="#0563C1"), over)

    def reading(self, sheets: Sequence[Sheet]) -> None:
        """Write how to read the tables: what stands at the foot of them, once."""
        page = self.book.add_worksheet(READING.text(self.language)[:31])
        page.hide_gridlines(2)
        page.set_column(0, 0, 110)
        page.write_string(0, 0, self.title, self.form(bold=True, font_size=12))
        notes = [n for s in sheets for n in (*s.table.notes, *(s.trend.notes if s.trend is not None else ()))]
        told = dict.fromkeys(n.message.text(self.language) for n in notes)
        for place, line in enumerate(told, start=2):
            page.write_string(place, 0, line, self.form(text_wrap=True))

    def table(self, sheet: Sheet) -> None:
        """Write one table: its head, spanners, letters and bases, then each row with its letters below."""
        page, table = self.book.add_worksheet(sheet.name), sheet.table
        ((_, (label, rows)),) = table.row_labels.items()
        key, wide = table.columns_key, len(table.columns_key)
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_column(0, 0, 34)
        page.set_column(1, wide, 9)
        self._head(page, f"{sheet.name} {self.text(label)}")
        head = self.form(bold=True, align="center", text_wrap=True, bottom=1)
        at = 1
        for group, same in groupby(key["group"]):
            size = len(list(same))
            said = self.text(table.column_labels[group])
            if size > 1:
                page.merge_range(3, at, 3, at + size - 1, said, head)
            else:
                page.write_string(3, at, said, head)
            at += size
        centred = self.form(align="center")
        for j, (group, column, letter) in enumerate(key.itertuples(index=False), start=1):
            page.write_string(4, j, "" if group == "total" else self.text(column), head)
            page.write_string(5, j, letter, centred)
        first = table.table.iloc[:wide]
        grey, counts = self.form(font_color="#595959"), self.form(num_format="#,##0", font_color="#595959")
        bases = ((BASE, "n"), (WEIGHTED, "weighted_base"), (EFFECTIVE, "n_effective"))
        for line, (words, measure) in enumerate(bases, start=6):
            page.write_string(line, 0, words.text(self.language), grey)
            for j, value in enumerate(first[measure].tolist(), start=1):
                page.write_number(line, j, float(value), counts)
        for j, flag in enumerate(first["flag"].tolist(), start=1):
            page.write_string(9, j, str(flag), centred)
        page.freeze_panes(10, 2)
        page.repeat_rows(3, 9)
        line = 10
        shape = (len(rows), wide)
        kinds = table.table["kind"].to_numpy(dtype=object).reshape(shape)[:, 0]
        values = table.table["estimate"].to_numpy(dtype=float).reshape(shape)
        known = np.isfinite(values)
        marks = np.array([marks_text(m[0], m[1:]) for m in zip(*(table.table[c].tolist() for c in MARKS), strict=True)])
        marks, small = marks.reshape(shape), self.form(align="right", font_size=8, italic=True)
        for place, row in enumerate(rows):
            part = kinds[place] == "answer"
            page.write_string(line, 0, self.text(row), self.form(indent=1 if part else 0, bold=not part))
            form = self.form(num_format=FORMATS[str(kinds[place])])
            for at in np.flatnonzero(known[place]).tolist():
                page.write_number(line, at + 1, float(values[place, at]), form)
            for at in np.flatnonzero(marks[place] != "").tolist():
                page.write_string(line + 1, at + 1, str(marks[place, at]), small)
            line += 2
        for n, note in enumerate(table.notes):
            page.write_string(line + 1 + n, 0, note.message.text(self.language), self.form(font_size=8))

    def trend(self, sheet: Sheet, trend: Trend) -> None:
        """Write the question of a table over waves."""
        page = self.book.add_worksheet(sheet.name_over_waves)
        ((_, (label, _)),) = trend.row_labels.items()
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        self._head(page, f"{sheet.name} {self.text(label)}")
        write_trend(page, trend, self)

    def _head(self, page: Any, title: str) -> None:
        page.write_string(0, 0, title, self.form(bold=True, font_size=11))
        page.write_string(1, 0, self.title, self.form(italic=True))
        index = INDEX.text(self.language)[:31]
        page.write_url(2, 0, f"internal:'{index}'!A1", self.form(font_color="#0563C1"), BACK.text(self.language))

    def waves(self, sheets: Sequence[Sheet]) -> None:
        """Write all cells of all questions over waves, a line each, where there are any."""
        parts = [s.trend.table.assign(table=s.name) for s in sheets if s.trend is not None]
        if parts:
            self._flat(WAVES, parts)

    def data(self, sheets: Sequence[Sheet]) -> None:
        """Write all cells of all tables, a line each, for pivot tables."""
        self._flat(DATA, [s.table.table.assign(table=s.name) for s in sheets])

    def _flat(self, name: Message, parts: list[pd.DataFrame]) -> None:
        page = self.book.add_worksheet(name.text(self.language)[:31])
        flat = pd.concat(parts, ignore_index=True)
        # what no table was asked for has no column
        unused = [c for c in ASKED_FOR if c in flat and (flat[c].isna() | (flat[c] == "")).all()]
        flat = flat[["table", *flat.columns.drop(["table", *unused])]]
        write_flat(page, flat, self.form(bold=True), self.form())
