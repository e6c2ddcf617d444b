"""The first rows of a file as cells, from which its format and its layout are told."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.store.encoding import detect_delimiter

HEAD_BYTES, HEAD_ROWS = 512 << 10, 60
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Head:
    """The first rows of a table as it lies in its file.

    Attributes
    ----------
    rows
        Cells as text, without the blanks around them.
    lines
        Line (or row of a sheet) on which each of them begins; one more for where the next one would.
    whole
        Whether these are all the rows there are.
    """

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    whole: bool = False

    def row(self, place: int) -> tuple[str, ...]:
        """Return a row by its place, an empty one beyond the end.

        Examples
        --------
        >>> head_of_cells([["a", "b"]]).row(0), head_of_cells([["a", "b"]]).row(1)
        (('a', 'b'), ())
        """
        return self.rows[place] if place < len(self.rows) else ()

    def column(self, place: int, *, after: int) -> list[str]:
        """Return the cells of a column in the rows that follow the first `after` ones.

        Examples
        --------
        >>> head_of_cells([["a", "b"], ["1", "2"], ["3"]]).column(1, after=1)
        ['2', '']
        """
        return [row[place] if place < len(row) else "" for row in self.rows[after:]]


def head_of_cells(cells: Sequence[Sequence[str]], *, numbers: Sequence[int] | None = None, whole: bool = True) -> Head:
    """Return the head of rows that are cells already, as those of a workbook.

    Parameters
    ----------
    cells
        Rows of text cells.
    numbers
        Number of each row in its sheet; counted from 1 by default.
    whole
        Whether these are all the rows.

    Examples
    --------
    >>> head_of_cells([["id ", "b"], ["1", "2"]]).lines
    (1, 2, 3)
    """
    shown = cells[:HEAD_ROWS]
    counted = list(numbers[:HEAD_ROWS]) if numbers is not None else list(range(1, len(shown) + 1))
    rows = tuple(tuple(c.strip() for c in row) for row in shown)
    return Head(rows, (*counted, (counted[-1] if counted else 0) + 1), whole and len(cells) <= HEAD_ROWS)


def head_of_text(path: Path, *, encoding: str, delimiter: str = "auto") -> tuple[Head, str]:
    """Return the first rows of a delimited text file and its delimiter.

    A line of a title has no delimiter: the first line that has one tells which it is.

    Parameters
    ----------
    path
        The file.
    encoding
        Its encoding.
    delimiter
        Its delimiter, where it is known.
    """
    with path.open("rb") as handle:
        data = handle.read(HEAD_BYTES + 1)
    whole = len(data) <= HEAD_BYTES
    text = data.removeprefix(BOM).decode(encoding, errors="replace")
    lines = text.splitlines(keepends=True) if "\n" not in text else [line + "\n" for line in text.split("\n")]
    if lines and not whole:
        lines.pop()  # it may be cut in the middle
    elif lines and not lines[-1].strip():
        lines.pop()
    mark = delimiter
    if mark == "auto":
        bare = [line for line in lines[:HEAD_ROWS] if any(d in line for d in ",;\t|")]
        first = next((line for line in lines if line.strip()), "")
        mark = detect_delimiter(first if not bare or any(d in first for d in ",;\t|") else bare[0])
    rows: list[tuple[str, ...]] = []
    starts: list[int] = []
    reader = csv.reader(lines, delimiter=mark)
    at = 1
    try:
        for row in reader:
            if len(rows) == HEAD_ROWS:
                whole = False
                break
            rows.append(tuple(c.strip() for c in row))
            starts.append(at)
            at = reader.line_num + 1
    except csv.Error:  # a stray quote further down; what was read so far tells enough
        whole = False
    return Head(tuple(rows), (*starts, at), whole), mark
