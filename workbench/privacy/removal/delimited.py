"""Delimited text without one customer: their records go, everything else keeps its bytes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from workbench.privacy.removal.sought import Sought, spellings

ENCODINGS = ("utf-8", "gb18030", "big5", "cp1252")
MOST_LINES = 200  # of a record; a quote that is never closed must not swallow the file
MARKS = (b",", b";", b"\t", b"|")
NAME_ROWS = 20  # lines in which the names of columns are looked for
BOM = b"\xef\xbb\xbf"


def records(lines: Iterable[bytes], mark: bytes = b",") -> Iterator[bytes]:
    r"""Yield the records of a delimited text: a line, or several where a quoted cell goes on over line ends.

    Examples
    --------
    >>> list(records([b'a,"x\n', b'y"\n', b'b,5" wide\n', b'c,7" high\n']))
    [b'a,"x\ny"\n', b'b,5" wide\n', b'c,7" high\n']
    """
    waiting: list[bytes] = []
    source = iter(lines)
    while True:
        line = waiting.pop(0) if waiting else next(source, None)
        if line is None:
            return
        parts = [line]
        is_open = line.count(b'"') % 2 and _is_open(line, mark)
        while is_open and len(parts) < MOST_LINES:
            more = waiting.pop(0) if waiting else next(source, None)
            if more is None:
                break
            parts.append(more)
            is_open = b'"' not in more or _is_open(b"".join(parts), mark)
        if is_open:
            # a quote that is never closed: the line is a record by itself, and the others are looked at again
            yield line
            waiting = parts[1:] + waiting
        else:
            yield b"".join(parts)


def _is_open(record: bytes, mark: bytes) -> bool:
    """Tell whether a quoted cell is still open at the end of a record."""
    text = record.decode("latin-1").rstrip("\r\n")
    try:
        list(csv.reader(text.splitlines(keepends=True), delimiter=mark.decode(), strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def without_records(source: BinaryIO, sought: Sought, target: BinaryIO | None) -> tuple[int, int]:
    """Write a delimited text without a customer's records; return how many went, and how many traces were taken out.

    Parameters
    ----------
    source
        The text, from its beginning.
    sought
        The customer.
    target
        Where to write; nothing is written without it.

    Returns
    -------
    tuple of int and int
        Records and traces.
    """
    start = list(islice(source, NAME_ROWS))
    mark = max(MARKS, key=lambda m: sum(line.count(m) for line in start))
    names = _names(start, mark, sought)
    candidates = _candidates(sought)
    gone = traces = 0
    for record in records(chain(start, source), mark):
        if not candidates.search(record):
            if target is not None:
                target.write(record)
            continue
        cells = _cells(record, mark)
        if cells is None:
            theirs = bool(sought.pattern.search(_decoded(record)[0]))
        else:
            named = zip([*names, *[""] * len(cells)], cells, strict=False)
            theirs = sought.owns(named)
        if theirs:
            gone += 1
            continue
        text, encoding = _decoded(record)
        kept, n = sought.without(text)
        traces += n
        if target is not None:
            target.write(kept.encode(encoding) if n else record)
    return gone, traces


def _names(start: list[bytes], mark: bytes, sought: Sought) -> list[str]:
    """Return the names of the columns: the first line, or one below titles that names customers."""
    lines = [_cells(line.removeprefix(BOM), mark) or [] for line in start]
    named = [cells for cells in lines if any(c.strip().lower() in sought.id_columns for c in cells)]
    return (named or lines or [[]])[0]


def _candidates(sought: Sought) -> re.Pattern[bytes]:
    """Find records that may be theirs, quickly and without decoding."""
    forms = {f for v in sought.ids | sought.anywhere for f in spellings(v)}
    coded = {c for f in forms for e in ENCODINGS if (c := _encoded(f, e))}
    # in a cell a quote is written twice
    coded |= {c.replace(b'"', b'""') for c in coded}
    return re.compile(b"|".join(map(re.escape, sorted(coded))) or rb"(?!)", re.IGNORECASE)


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return b""


def _decoded(record: bytes) -> tuple[str, str]:
    for encoding in ENCODINGS:
        try:
            return record.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return record.decode("latin-1"), "latin-1"


def _cells(record: bytes, mark: bytes) -> list[str] | None:
    try:
        return next(csv.reader([_decoded(record)[0].rstrip("\r\n")], delimiter=mark.decode()), [])
    except csv.Error:
        return None
