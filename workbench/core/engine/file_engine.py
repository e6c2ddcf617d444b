"""What engines share that keep rows in Parquet files: a path is its rows, and nothing is held beside it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa

from workbench.core.engine.adding import added_up
from workbench.core.engine.arrow import write_parquet
from workbench.core.engine.collecting import require_few
from workbench.core.engine.dialect import Dialect
from workbench.core.engine.memo import SLOW_SECONDS, is_kept, making, memo_path, read_answer, write_answer
from workbench.core.engine.scratch import scratch_file
from workbench.core.engine.standin import require_own_rows, stand_in


class FileEngine(ABC):
    """An engine that reads and writes Parquet files where they lie; `KeepingEngine` is one with tables of its own."""

    @property
    @abstractmethod
    def dialect(self) -> Dialect:
        """The engine's spellings."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The engine's version: another one may answer otherwise."""

    @abstractmethod
    def _answer(self, sql: str) -> pa.Table:
        """Run a query whose answer is small and return it; refused where it is not."""

    @abstractmethod
    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches."""

    @abstractmethod
    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""

    @abstractmethod
    def materialize(self, sql: str, path: Path) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name."""

    def rows(self, sql: str) -> pd.DataFrame:
        """Return the small answer of a query: run now, or kept while a report was made."""
        path = memo_path(self._name, sql)
        if path is not None and is_kept(path):
            table = read_answer(path)
            require_few(table.num_rows)
        else:
            start = time.perf_counter()
            table = self._answer(sql)
            if path is not None and time.perf_counter() - start > SLOW_SECONDS:
                write_answer(path, table)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def keep(self, sql: str, stem: str) -> Path:
        """Write a query's rows to a file of this process's own, or to one that other chapters of the report read, too.

        Parameters
        ----------
        sql
            The query.
        stem
            Start of the file's name.
        """
        return self._kept(sql, stem, lambda path: self.materialize(sql, path))

    def keep_added(self, sql: str, keys: Sequence[str], amount: str, stem: str) -> Path:
        """Keep a query's rows in the order of their keys, added up where the keys are the same, as `keep` does.

        Parameters
        ----------
        sql
            The query; no key and no amount is missing.
        keys
            Columns by which rows belong together.
        amount
            Column of amounts, decimals of four places whose sums have 18 digits at most.
        stem
            Start of the file's name.

        Notes
        -----
        Sorting and adding up neighbours takes half as long as grouping where hardly any rows belong together, and no
        more memory than a sort.
        """
        ordered = f"SELECT {', '.join([*keys, amount])} FROM ({sql}) AS rows_to_add ORDER BY {', '.join(keys)}"

        def make(path: Path) -> None:
            rows = added_up(self.batches(ordered), keys, amount)
            first = next(rows, None)
            schema = self.schema(f"({ordered}) AS nothing") if first is None else first.schema
            self.store(rows if first is None else chain([first], rows), schema, path)

        return self._kept(f"added up: {ordered}", stem, make)

    def _kept(self, said: str, stem: str, make: Callable[[Path], object]) -> Path:
        path = memo_path(self._name, said, stem)
        if path is None:
            path = scratch_file(stem)
            make(path)
            return path
        with making(path) as missing:
            if missing:
                make(path)
        return path

    def hand_over(self, sql: str, stem: str) -> Path:
        """Write a query's rows to a Parquet file that any engine reads; the same as `keep`."""
        return self.keep(sql, stem)

    @property
    def _name(self) -> str:
        return f"{self.dialect.name} {self.version}"

    def export(self, sql: str, path: Path) -> Path:
        """Write a query's rows to one Parquet file; the same as `materialize`, as this engine keeps rows in files."""
        return self.materialize(sql, path)

    def store(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> Path:
        """Write computed rows to one Parquet file, in bounded memory, through a temporary name."""
        return write_parquet(batches, schema, path)

    def map_batches(
        self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema, path: Path
    ) -> Path:
        """Write what a function makes of a query's rows, batch by batch; memory does not grow with them."""
        return write_parquet((function(b) for b in self.batches(sql)), schema, path)

    def file(self, path: str | Path) -> str:
        """Return the FROM item of a Parquet file; it is read where it lies.

        Raises
        ------
        EngineError
            If it stands for a table of another engine.
        """
        require_own_rows(Path(path), self.dialect.name)
        return self.dialect.file(path)

    def serves(self, path: Path) -> bool:
        """Tell whether this engine can read a file: it has its rows itself."""
        return path.is_file() and stand_in(path) is None

    def order_of(self, path: Path) -> str:  # noqa: ARG002
        """Return the SQL of the order that a file's rows were written in: none is needed, files are read in order."""
        return ""

    def forget(self, path: Path) -> None:  # noqa: B027 - nothing is the right thing to do
        """Do nothing before a file is removed: this engine holds nothing for files."""
