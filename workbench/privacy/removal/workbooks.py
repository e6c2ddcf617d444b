"""Workbooks (XLSX) without one customer: their rows and texts go, every other cell, format and sheet stays."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.privacy.removal.sought import Sought

P = r"(?:\w+:)?"  # some programs write <x:row> for <row>
ROW = re.compile(rf"<{P}row\b(?:[^>]*/>|.*?</{P}row>)", re.DOTALL)
CELL = re.compile(rf"<{P}c\b([^>]*?)(?:/>|>(.*?)</{P}c>)", re.DOTALL)
ITEM = re.compile(rf"<{P}si\b(?:[^>]*/>|.*?</{P}si>)", re.DOTALL)
TEXT = re.compile(rf"(<{P}t\b[^>]*?)(?:/>|>(.*?)</{P}t>)", re.DOTALL)
VALUE = re.compile(rf"<{P}v\b[^>]*>(.*?)</{P}v>", re.DOTALL)
SHARED, SHEETS = "xl/sharedStrings.xml", re.compile(r"xl/worksheets/[^/]+\.xml")
NAME_ROWS = 20  # rows in which the names of columns are looked for


@dataclass
class _Book:
    """What is learnt of a workbook while its sheets are gone through."""

    sought: Sought
    strings: list[str]
    rows: int = 0
    traces: int = 0
    used: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)


def without_rows(content: bytes, sought: Sought) -> tuple[bytes, int, int]:
    """Return a workbook without a customer's rows, how many there were, and how many traces in others' cells.

    Parameters
    ----------
    content
        The workbook.
    sought
        The customer.

    Returns
    -------
    tuple of bytes, int and int
        The workbook, unchanged where nothing was found; rows; traces. A row that went leaves its line empty, so that
        nothing else moves.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = {i: packed.read(i) for i in packed.infolist()}
    texts = {i.filename: data.decode("utf-8") for i, data in members.items() if i.filename.endswith((".xml", ".rels"))}
    shared = ITEM.findall(texts.get(SHARED, ""))
    book = _Book(sought, [_text(item) for item in shared])
    changed = {n: _sheet(t, book) for n, t in texts.items() if SHEETS.fullmatch(n)}
    if SHARED in texts:
        changed[SHARED] = _shared(texts[SHARED], book)
    for name, text in texts.items():
        if name not in changed:
            changed[name], n = sought.without(text)
            book.traces += n
    if not (book.rows or book.traces):
        return content, 0, 0
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for info, data in members.items():
            new = changed.get(info.filename)
            packed.writestr(info, data if new is None or new == texts[info.filename] else new.encode())
    return made.getvalue(), book.rows, book.traces


def _sheet(xml: str, book: _Book) -> str:
    letters: dict[str, str] = {}
    seen = 0

    def row(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        cells = [(_letter(a), *_cell(a, inner or "", book.strings)) for a, inner in CELL.findall(found[0])]
        if seen <= NAME_ROWS:
            for letter, text, _ in cells:
                if text.strip().lower() in book.sought.id_columns:
                    letters[letter] = text.strip().lower()
        indices = {i for _, _, i in cells if i is not None}
        if book.sought.owns((letters.get(letter, ""), _plain(text)) for letter, text, _ in cells):
            book.rows += 1
            book.dropped |= indices
            return ""
        book.used |= indices
        return TEXT.sub(lambda t: _redacted(t, book), found[0])

    return ROW.sub(row, xml)


def _shared(xml: str, book: _Book) -> str:
    number = -1

    def item(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        if number in book.dropped - book.used:
            opening = re.match(rf"<({P})si", found[0])
            prefix = opening[1] if opening else ""
            return f"<{prefix}si><{prefix}t></{prefix}t></{prefix}si>"
        return TEXT.sub(lambda t: _redacted(t, book), found[0])

    return ITEM.sub(item, xml)


def _redacted(found: re.Match[str], book: _Book) -> str:
    if found[2] is None:
        return found[0]
    text, n = book.sought.without(html.unescape(found[2]))
    book.traces += n
    end = found[0][found[0].rindex("</") :]
    return f"{found[1]}>{html.escape(text, quote=False)}{end}" if n else found[0]


def _cell(attributes: str, inner: str, strings: Sequence[str]) -> tuple[str, int | None]:
    value = VALUE.search(inner)
    if re.search(r"""\bt=["']s["']""", attributes) and value:
        index = int(value[1])
        return (strings[index], index) if index < len(strings) else ("", None)
    return (_text(inner) or (html.unescape(value[1]) if value else "")), None


def _letter(attributes: str) -> str:
    found = re.search(r"""\br=["']([A-Z]+)""", attributes)
    return found[1] if found else ""


def _text(xml: str) -> str:
    return "".join(html.unescape(inner) for _, inner in TEXT.findall(xml))


def _plain(text: str) -> str:
    # a number is written with its point, an id without
    return text.removesuffix(".0")
