"""Lossless reading of delimited text: every line ends as a row of text cells or in quarantine, and sums are checked.

The usual readers lose rows: a stray quote swallows the lines after it, ragged rows are skipped. Here a block is parsed
by PyArrow only where that provably keeps one row per line; other blocks are read record by record.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from workbench.core.errors import InputError
from workbench.core.language import Message
from workbench.store.encoding import blocks_of_lines, detect_encoding
from workbench.store.formats.head import Head, head_of_text
from workbench.store.formats.layout import RESERVED, plain_layout
from workbench.store.records import field_count_rule, records_of

FILE, LINE = RESERVED
csv.field_size_limit(64 << 20)


@dataclass(frozen=True)
class Reject:
    """A line that is not a row: its number, its text, and the rule it breaks."""

    line: int
    text: str
    rule: Message


@dataclass(frozen=True)
class Block:
    """A part of a file: text columns with the line number of each row, the lines refused, and the blank ones."""

    rows: pa.Table
    rejects: list[Reject]
    blank: int


@dataclass(frozen=True)
class TextFile:
    """A delimited text file whose header is known.

    Attributes
    ----------
    path, encoding, delimiter, header
        What the file is; `header` has the column names in their order.
    first_line
        Line on which the rows begin.
    """

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    first_line: int = 2


def open_text_file(path: Path, *, encoding: str = "auto", delimiter: str = "auto") -> TextFile:
    """Look at a delimited text file whose first line names its columns and return how it must be read.

    Raises
    ------
    InputError
        If the file is empty, or its header has an empty or a repeated name.
    """
    head, chosen, mark = text_head(path, encoding=encoding, delimiter=delimiter)
    layout = plain_layout(head, header_row=1, where=path.name)
    return TextFile(path, chosen, mark, layout.names, layout.first_line)


def text_head(path: Path, *, encoding: str = "auto", delimiter: str = "auto") -> tuple[Head, str, str]:
    """Return the first rows of a delimited text file, its encoding and its delimiter.

    Raises
    ------
    InputError
        If the file is empty, is not text, or its first line cannot be read in its encoding.
    """
    size = path.stat().st_size
    if size <= len(codecs.BOM_UTF8) and not path.read_bytes().removeprefix(codecs.BOM_UTF8).strip():
        raise InputError(
            "A table has a header line.",
            found=f"an empty file ({size} bytes)",
            fix="Export the table again.",
            where=path.name,
        )
    chosen = detect_encoding(path) if encoding == "auto" else encoding
    first = next(blocks_of_lines(path)).split(b"\n", 1)[0].rstrip(b"\r")
    try:
        first.decode(chosen)
    except UnicodeDecodeError as error:
        raise InputError(
            "The header line must be readable.",
            found=f"bytes that are not {chosen}: {first[:80]!r}",
            fix="Name the right encoding in wave.yaml.",
            where=path.name,
        ) from error
    head, mark = head_of_text(path, encoding=chosen, delimiter=delimiter)
    return head, chosen, mark


def read_blocks(file: TextFile) -> Iterator[Block]:
    """Yield the rows and rejects of a file; no line is lost.

    Raises
    ------
    AssertionError
        If rows, rejects and blank lines do not add up to the lines read: a defect of the reader, never of the data.
    """
    line, first, rest = file.first_line, True, b""
    blocks = blocks_of_lines(file.path)
    upcoming = next(blocks, b"")
    while upcoming:
        data, upcoming = rest + upcoming, next(blocks, b"")
        rest = b""
        if first:
            data, first = _after_lines(data, file.first_line - 1), False
            if not data:
                continue
        lines = data.count(b"\n")
        block = _fast(data, file, line, lines)
        if block is None:
            block, consumed, rest = _slow(data, file, line, last=not upcoming)
            lines = consumed
        line += lines
        yield block


def _after_lines(data: bytes, count: int) -> bytes:
    at = 0
    for _ in range(count):
        at = data.find(b"\n", at) + 1
        if not at:
            return b""
    return data[at:]


def _fast(data: bytes, file: TextFile, line: int, lines: int) -> Block | None:
    """Parse a block with PyArrow; None unless it provably kept one row per line."""
    if file.encoding != "utf-8":
        try:
            data = data.decode(file.encoding).encode()
        except UnicodeDecodeError:
            return None
    if data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data:
        return None  # PyArrow turns blank lines into rows
    if data.count(b"\r") != data.count(b"\r\n"):
        return None  # and ends a line at a lone carriage return
    quoted = b'"' in data
    if quoted and data.rstrip(b"\r\n").rpartition(b"\n")[2].count(b'"') % 2:
        return None  # the last record goes on in the next block
    refused: dict[int, pa_csv.InvalidRow] = {}

    def refuse(row: pa_csv.InvalidRow) -> str:
        refused[row.number] = row
        return "skip"

    try:
        rows = pa_csv.read_csv(
            pa.BufferReader(data),
            read_options=pa_csv.ReadOptions(
                column_names=list(file.header), use_threads=False, block_size=len(data) + 1
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=file.delimiter,
                quote_char='"' if quoted else False,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(file.header, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
    except pa.ArrowInvalid:
        return None
    if rows.num_rows + len(refused) != lines or None in refused:
        return None
    if quoted and any(pc.any(pc.match_substring(c, "\n")).as_py() for c in rows.columns):
        return None  # a quote that never closed reached over a line end
    numbers = _line_numbers(lines, line, set(refused))
    rejects = [
        Reject(line + n - 1, row.text, field_count_rule(row.actual_columns, row.expected_columns))
        for n, row in sorted(refused.items())
    ]
    return Block(rows.append_column(LINE, numbers), rejects, blank=0)


def _line_numbers(lines: int, first: int, refused: set[int]) -> pa.Array:
    if not refused:
        return pa.array(np.arange(first, first + lines))
    return pa.array([first + n - 1 for n in range(1, lines + 1) if n not in refused], pa.int64())


def _slow(data: bytes, file: TextFile, line: int, *, last: bool) -> tuple[Block, int, bytes]:
    """Read record by record; returns the block, the lines consumed, and bytes to be read with the next block."""
    physical = data.split(b"\n")[:-1]
    width = len(file.header)
    found = records_of(physical, encoding=file.encoding, delimiter=file.delimiter, width=width, last=last)
    rejects = [
        Reject(line + at, physical[at].rstrip(b"\r").decode(file.encoding, errors="backslashreplace"), rule)
        for at, rule in found.refused
    ]
    columns = list(zip(*found.cells, strict=True)) if found.cells else [()] * width
    numbers = pa.array([line + at for at in found.places], pa.int64())
    rows = pa.table([*(pa.array(c, pa.string()) for c in columns), numbers], [*file.header, LINE])
    return Block(rows, rejects, found.blank), found.consumed, b"".join(p + b"\n" for p in physical[found.consumed :])
