"""The demo's CSV files: UTF-8 with BOM, plain newlines, written in pieces and put in place when whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

BOM = b"\xef\xbb\xbf"

Quoting = Literal["needed", "none"]


class CsvFile:
    r"""A CSV file that grows by Arrow tables and appears under its name only when it is closed without an error.

    Parameters
    ----------
    path
        Where the file will be; its folder is made.
    quoting
        ``needed`` quotes every text (free text may hold commas and quotes), ``none`` quotes nothing.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with CsvFile(Path(folder) / "a.csv", quoting="none") as out:
    ...         out.write(pa.table({"customer_id": ["C001"], "amount": [1.5]}))
    ...     (Path(folder) / "a.csv").read_bytes()
    b'\xef\xbb\xbfcustomer_id,amount\nC001,1.5\n'
    """

    def __init__(self, path: Path, *, quoting: Quoting) -> None:
        self.path, self.quoting = path, quoting
        self._part = path.with_name(f"{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = self._part.open("wb")
        self._started = False

    def write(self, table: pa.Table) -> None:
        """Append a table; the first one gives the header."""
        if not self._started:
            self._handle.write(BOM + ",".join(table.column_names).encode() + b"\n")
            self._started = True
        if self.quoting == "needed":
            # PyArrow's own quoting mixes up rows of tables in several chunks
            self._handle.write(quoted_lines(table))
        else:
            csv.write_csv(table, self._handle, csv.WriteOptions(include_header=False, quoting_style="none"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handle.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)


def quoted_lines(table: pa.Table) -> bytes:
    r"""Return the rows of a table as CSV lines with every text in quotes; missing values are empty.

    Examples
    --------
    >>> quoted_lines(pa.table({"a": ['say "hi", all', None], "n": [1, 2]}))
    b'"say ""hi"", all",1\n,2\n'
    """
    cells = []
    for column in table.columns:
        text = column.cast(pa.string())
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            text = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        cells.append(pc.fill_null(text, ""))
    lines = pc.binary_join_element_wise(*cells, ",").to_pylist()
    return "".join(f"{line}\n" for line in lines).encode()


def ids(prefix: str, numbers: npt.NDArray[np.integer[Any]], width: int) -> pa.Array:
    """Return ``prefix`` + zero-padded numbers as text.

    Examples
    --------
    >>> ids("C", np.array([7]), 9).to_pylist()
    ['C000000007']
    """
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def money(cents: npt.NDArray[np.int64]) -> pa.Array:
    """Return cents as exact two-place decimals.

    Examples
    --------
    >>> [str(v) for v in money(np.array([1250, -5])).to_pylist()]
    ['12.50', '-0.05']
    """
    pairs = np.empty((cents.size, 2), np.int64)
    pairs[:, 0] = cents
    pairs[:, 1] = cents >> 63  # the sign fills the upper half of a 128-bit decimal
    return pa.Array.from_buffers(pa.decimal128(16, 2), cents.size, [None, pa.py_buffer(pairs)])


def dates(
    days: npt.NDArray[np.integer[Any]], start: dt.date, *, missing: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return days since `start` as dates, empty where `missing`."""
    epoch = (start - dt.date(1970, 1, 1)).days
    return pa.array((days + epoch).astype(np.int32), mask=missing).cast(pa.date32())


def labels(
    codes: npt.NDArray[np.integer[Any]], names: tuple[str, ...], *, missing: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return names looked up by code, empty where `missing`."""
    return pa.array(names).take(pa.array(codes.astype(np.int32), mask=missing))
