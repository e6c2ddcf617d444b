"""From the files of a table to one file of texts: what they are, how they lie, and what they say about themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import DuckDBEngine
from workbench.core.engine.arrow import parquet_writer
from workbench.core.errors import EngineError, InputError
from workbench.core.language import Message, message
from workbench.store.codebook import Codebook
from workbench.store.config.parts import Source
from workbench.store.encoding import blocks_of_lines
from workbench.store.formats.container import STATISTICS
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, own_names, plain_layout, with_totals
from workbench.store.formats.registry import Recognised, recognise
from workbench.store.formats.statistics import read_statistics
from workbench.store.lines import FILE, LINE, Block, TextFile, read_blocks, text_head
from workbench.store.pulled import lay_over
from workbench.store.screening import FileReject
from workbench.store.unpacking import Plain, unpacked
from workbench.store.workbooks import block_of, open_sheet

TAIL_BYTES = 64 << 10
TOTALS = message("a line that adds the others up")
SKIPPED = message("a line that 'skip_rows' names")


@dataclass(frozen=True)
class Opened:
    """A file whose kind and layout are known, before its rows are read.

    Attributes
    ----------
    name
        What it is called.
    layout
        How its table lies.
    recognised
        The tool it comes from, None for a plain table.
    blocks
        Its rows.
    book
        What the file itself says about its columns.
    said
        What was found, in words.
    """

    name: str
    layout: Layout
    recognised: Recognised | None
    blocks: Iterator[Block]
    book: Codebook | None = None
    said: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Staged:
    """The rows of a table as texts.

    Attributes
    ----------
    file
        Parquet file with the columns, ``_file`` and ``_line``.
    columns
        The columns that count.
    rejects
        Lines that are no rows.
    blank
        Blank lines.
    left_out
        Rows that are none, by the file and its line: the reason and its SQL condition.
    layout, recognised, book
        Of the first file; None where it is Parquet.
    said
        What was found, in words.
    """

    file: Path
    columns: tuple[str, ...]
    rejects: list[FileReject]
    blank: int
    left_out: tuple[tuple[Message, str], ...] = ()
    layout: Layout | None = None
    recognised: Recognised | None = None
    book: Codebook | None = None
    said: tuple[Message, ...] = ()


def stage(files: Sequence[Path], source: Source, folder: Path, engine: DuckDBEngine, *, base: Path) -> Staged:
    """Write the rows of all files of a table as texts, with the file and line each comes from.

    Parameters
    ----------
    files
        The files.
    source
        What ``wave.yaml`` says about them.
    folder
        Where to write.
    engine
        Engine that reads Parquet files.
    base
        Folder that files named by `source` lie in.

    Raises
    ------
    InputError
        If a file cannot be read, or they do not have the same columns.
    """
    staged = folder / "staged.parquet"
    if source.pull is not None:
        laid = lay_over(files, source, staged, engine)
        return Staged(staged, laid.columns, [], 0, laid.left_out, said=laid.said)
    (folder / "unpacked").mkdir()
    plain = [p for f in files for p in unpacked(f, folder / "unpacked")]
    if all(p.container == "parquet" for p in plain):
        _stage_parquet(plain, staged, engine)
        names = tuple(c for c in engine.columns(engine.dialect.file(staged)) if c not in (FILE, LINE))
        return Staged(staged, tuple(c for c in names if c not in source.skip_columns), [], 0)
    first: Opened | None = None
    rejects: list[FileReject] = []
    blank = 0
    left_out: list[tuple[Message, str]] = []
    schema: pa.Schema | None = None
    writer: pq.ParquetWriter | None = None
    for file in plain:
        opened = open_file(file, source, base=base)
        last = 0
        for block in opened.blocks:
            rows = block.rows.append_column(FILE, pa.repeat(file.name, block.rows.num_rows))
            if schema is None:
                first, schema = opened, rows.schema
            elif rows.schema.names != schema.names:
                raise InputError(
                    "Files of one table have the same columns.",
                    found=f"{file.name}: {', '.join(opened.layout.names)}",
                    fix=f"Give it the columns of {plain[0].name}.",
                    where=file.name,
                )
            if rows.num_rows:
                writer = writer or parquet_writer(staged, schema, rows, compression="lz4")
                writer.write_table(rows)
            rejects += [FileReject(file.name, r.line, r.text, r.rule) for r in block.rejects]
            blank += block.blank
            last = max([last, *block.rows.column(LINE).slice(max(rows.num_rows - 1, 0)).to_pylist()])
        left_out += _lines_left_out(file.name, opened.layout, source, last, engine)
    assert schema is not None and first is not None, "a file without rows still gives one empty block"
    (writer or parquet_writer(staged, schema, schema.empty_table())).close()
    columns = tuple(c for c in first.layout.names if c not in first.layout.skipped)
    return Staged(
        staged, columns, rejects, blank, tuple(left_out), first.layout, first.recognised, first.book, first.said
    )


def open_file(file: Plain, source: Source, *, base: Path) -> Opened:
    """Tell what a file is and how it lies, without reading its rows.

    Parameters
    ----------
    file
        The file.
    source
        What ``wave.yaml`` says about it.
    base
        Folder that files named by `source` lie in.

    Raises
    ------
    InputError
        If it is a file of another kind, or cannot be read.
    """
    if file.container == "questionnaire":
        raise InputError(
            "A table has rows; a questionnaire says what its columns mean.",
            found="the questions of a LimeSurvey survey, and no answers",
            fix=f"Name the file with the answers, and this one beside it: codebook: {file.name}.",
            where=file.name,
        )
    if file.container == "sas catalogue":
        raise InputError(
            "A table has rows; a catalogue of SAS has labels.",
            found="labels, and no rows",
            fix=f"Name the .sas7bdat file, and this one beside it: codebook: {file.name}.",
            where=file.name,
        )
    if file.container in ("web page", "parquet"):
        what = "a web page or XML" if file.container == "web page" else "Parquet beside files of another kind"
        raise InputError(
            "A table is a text file, a workbook, a file of a statistics package, or Parquet alone.",
            found=what,
            fix="Open it and save it as XLSX, or as CSV UTF-8.",
            where=file.name,
        )
    if file.container in STATISTICS:
        return _statistics(file, source, base)
    if file.container in ("workbook", "locked workbook"):
        return _workbook(file, source)
    head, encoding, mark = text_head(file.path, encoding=source.encoding, delimiter=source.delimiter)
    found, layout = _laid_out(head, source, file.name)
    last, line = _last_row(file.path, encoding, mark, head)
    layout = with_totals(layout, last, line) if line >= layout.first_line else layout
    said = [*layout.said]
    if encoding != "utf-8":
        said.insert(0, message("its texts are {encoding}", encoding=encoding.upper()))
    text = TextFile(file.path, encoding, mark, layout.names, layout.first_line)
    return Opened(file.name, layout, found, _text_blocks(text), said=tuple(said))


def _text_blocks(text: TextFile) -> Iterator[Block]:
    schema = pa.schema([(c, pa.string()) for c in text.header] + [(LINE, pa.int64())])
    yield Block(schema.empty_table(), [], 0)
    yield from read_blocks(text)


def _laid_out(
    head: Head, source: Source, where: str, merged: dict[tuple[int, int], str] | None = None
) -> tuple[Recognised | None, Layout]:
    row = source.header_row
    above = (row or 1) - 1
    below = head if row is None else Head(head.rows[above:], head.lines[above:], head.whole)
    found = recognise(below, named=source.format, where=where)
    if found is None:
        return None, plain_layout(
            head, header_row=row, skip_columns=source.skip_columns, merged=merged or {}, where=where
        )
    layout = found.format.layout(below)
    return found, replace(layout, skipped=(*layout.skipped, *source.skip_columns))


def _workbook(file: Plain, source: Source) -> Opened:
    sheet = open_sheet(file.path, sheet=source.sheet)
    found, layout = _laid_out(sheet.head, source, file.name, dict(sheet.merged))
    if sheet.numbers and sheet.numbers[-1] >= layout.first_line:
        layout = with_totals(layout, sheet.rows[-1], sheet.numbers[-1])
    return Opened(file.name, layout, found, iter([block_of(sheet, layout)]), said=(*sheet.said, *layout.said))


def _statistics(file: Plain, source: Source, base: Path) -> Opened:
    catalogue = base / source.codebook if source.codebook and source.codebook.lower().endswith(".sas7bcat") else None
    found = read_statistics(file.path, file.container, catalogue=catalogue)
    numbers = pa.array(range(1, found.rows.num_rows + 1), pa.int64())
    names = own_names(found.rows.column_names)
    said = [message("a file of {tool}", tool={"spss": "SPSS", "sas": "SAS", "stata": "Stata"}[found.book.tool])]
    if found.encoding:
        said.append(message("its texts are {encoding}", encoding=found.encoding))
    layout = Layout(names, 1, 1, 1, skipped=tuple(source.skip_columns))
    blocks = iter([Block(found.rows.rename_columns(list(names)).append_column(LINE, numbers), [], 0)])
    return Opened(file.name, layout, None, blocks, found.book, tuple(said))


def _last_row(path: Path, encoding: str, mark: str, head: Head) -> tuple[list[str], int]:
    """Return the cells of the last line that is not blank, and its number; nothing where a quote may be open."""
    if head.whole:
        filled = [(list(r), n) for r, n in zip(head.rows, head.lines, strict=False) if any(r)]
        return filled[-1] if filled else ([], 0)
    size = path.stat().st_size
    with path.open("rb") as handle:
        handle.seek(max(0, size - TAIL_BYTES))
        lines = handle.read().rstrip(b"\r\n \t,;").split(b"\n")
    text = lines[-1].decode(encoding, errors="replace")
    first = text.split(mark)[0].strip().strip('"')
    if '"' in text or not with_totals(Layout((), 1, 1, 1), [first], 1).totals:
        return [], 0
    # only now the lines are counted
    return text.split(mark), _line_of_last(path)


def _line_of_last(path: Path) -> int:
    number = last = 0
    for block in blocks_of_lines(path):
        for line in block.split(b"\n")[:-1]:
            number += 1
            last = number if line.strip(b"\r \t,;") else last
    return last


def _lines_left_out(
    name: str, layout: Layout, source: Source, last: int, engine: DuckDBEngine
) -> list[tuple[Message, str]]:
    file = f"{FILE} = {engine.dialect.literal(name)}"
    found: list[tuple[Message, str]] = []
    if source.skip_rows:
        lines = [n if n > 0 else last + 1 + n for n in source.skip_rows]
        found.append((SKIPPED, f"({file} AND {LINE} IN ({', '.join(map(str, lines))}))"))
    if layout.totals is not None:
        found.append((TOTALS, f"({file} AND {LINE} = {layout.totals})"))
    return found


def _stage_parquet(files: Sequence[Plain], staged: Path, engine: DuckDBEngine) -> Path:
    parts = []
    for file in files:
        item = f"read_parquet({engine.dialect.literal(str(file.path))}, file_row_number = true)"
        try:
            columns = engine.columns(item)
        except EngineError as error:
            raise InputError(
                "A .parquet file is Parquet.", found=error.found, fix="Export the table again.", where=file.name
            ) from error
        given = {c: t for c, t in columns.items() if c != "file_row_number"}
        quote = engine.dialect.quote
        texts = ", ".join(
            f"{_as_text(quote(c), t)} AS {quote(n)}"
            for (c, t), n in zip(given.items(), own_names(list(given)), strict=True)
        )
        name = engine.dialect.literal(file.name)
        parts.append(f"SELECT {texts}, file_row_number + 1 AS {LINE}, {name} AS {FILE} FROM {item}")
    return engine.materialize(" UNION ALL BY NAME ".join(parts), staged)


def _as_text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        # ids and codes are often stored so (17850.0): whole numbers are written without the point
        whole = f"{column} = floor({column}) AND abs({column}) < 1e15"
        # what is not a number is missing; a file's greatest value says nothing of it, so that the condition may be
        # taken as fulfilled by all rows
        integer = f"CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {whole} THEN {integer} ELSE nullif(CAST({column} AS VARCHAR), 'nan') END"
    return f"CAST({column} AS VARCHAR)"
