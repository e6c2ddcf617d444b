"""What readers take with them from a page: every table as CSV and in one workbook, every figure as a picture."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.core.language import Language
from workbench.report.export.lists import write_sheets
from workbench.report.site.render import Page

FOLDER = "downloads"


def write_downloads(
    pages: Mapping[tuple[str, Language], Page], folder: Path, first: Language
) -> dict[tuple[str, Language], list[dict[str, str]]]:
    """Write the tables and figures of all pages into ``downloads/``.

    Parameters
    ----------
    pages
        Chapter and language → page.
    folder
        The edition's folder.
    first
        The language whose files have no suffix; tables are the same in every language and written once.

    Returns
    -------
    dict
        Chapter and language → ``href`` and ``text`` of its files, tables first.
    """
    (folder / FOLDER).mkdir()
    written: dict[tuple[str, Language], list[dict[str, str]]] = {}
    for (chapter, language), page in pages.items():
        names = [f"{chapter}-{name}.csv" for name in page.tables]
        if language == first:
            _write_tables(chapter, page, folder / FOLDER)
        if names:
            names.insert(0, f"{chapter}.xlsx")
        suffix = "" if language == first else f".{language}"
        for name, html in page.figures.items():
            kind, data = picture_of(html)
            if data:
                names.append(f"{chapter}-{name}{suffix}.{kind}")
                (folder / FOLDER / names[-1]).write_bytes(data)
        written[chapter, language] = [{"href": f"{FOLDER}/{n}", "text": n} for n in names]
    return written


def picture_of(html: str) -> tuple[str, bytes]:
    """Return kind (svg or png) and bytes of the picture inside a figure's HTML; no bytes where there is none.

    Examples
    --------
    >>> picture_of('<figure><svg viewBox="0 0 1 1"></svg></figure>')[0]
    'svg'
    """
    drawn = re.search(r"<svg .*</svg>", html, flags=re.DOTALL)
    if drawn:
        text = (
            drawn[0]
            if "xmlns=" in drawn[0]
            else drawn[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        )
        return "svg", ('<?xml version="1.0" encoding="utf-8"?>\n' + text).encode()
    coded = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    return "png", base64.b64decode(coded[1]) if coded else b""


def _write_tables(chapter: str, page: Page, folder: Path) -> None:
    for name, text in page.tables.items():
        # with a byte order mark, or Excel reads Chinese as something else
        (folder / f"{chapter}-{name}.csv").write_text(text, encoding="utf-8-sig")
    if page.tables:
        sheets = {name: _sheet(text) for name, text in page.tables.items()}
        write_sheets(sheets, folder / f"{chapter}.xlsx")


def _sheet(text: str) -> pd.DataFrame:
    """Read a table's CSV back with texts as texts: what stands in quotes is one, whatever it looks like."""
    head, *rows = csv.reader(io.StringIO(text), quoting=csv.QUOTE_NONNUMERIC)
    # in a workbook text stays text, so nobody needs to see the apostrophe before what looks like a formula
    plain = [[v[1:] if isinstance(v, str) and v[:1] == "'" else v for v in row] for row in rows]
    cells = [[None if v == "" else int(v) if isinstance(v, float) and v.is_integer() else v for v in r] for r in plain]
    return pd.DataFrame(cells, columns=head, dtype=object)
