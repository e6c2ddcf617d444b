"""What answers that lie in the engine mean: read from their texts as a file's answers are, from a bounded number.

Questions, scales, codes for no answer and labels are found by the rules of files (`workbench.store.understanding`), so
that a survey needs no more words in ``wave.yaml`` where its answers are a table of a warehouse.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from workbench.core.engine import DuckDBEngine, Engine
from workbench.core.engine.arrow import write_parquet
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.engine_reading import EngineColumn
from workbench.store.staging import Staged
from workbench.store.understanding import RESPONSES, Understood, understand

MOST_READ = 100_000


def understand_table(
    table: str, item: str, source: Source, config: WaveConfig, engine: Engine, *, folder: Path, scratch: Path
) -> Understood | None:
    """Find what the columns of the engine's table of answers mean; None for any other table.

    Parameters
    ----------
    table
        Its name.
    item
        Its FROM item.
    source
        Its entry in ``wave.yaml``.
    config
        The wave's ``wave.yaml``.
    engine
        The wave's engine.
    folder
        The wave's folder, with ``codebook.yaml`` where somebody wrote one.
    scratch
        Folder that only its owner may enter, for the texts of the answers while they are read.

    Raises
    ------
    ConfigError
        If ``codebook.yaml`` is none.

    Notes
    -----
    At most 100,000 rows are read, the first ones by all columns, into a file that is gone afterwards. Cells that join
    several choices become a column for each choice, as in a file, in the engine.
    """
    if table != RESPONSES:
        return None
    d = engine.dialect
    columns = {f.name: EngineColumn(d.quote(f.name), f.type) for f in engine.schema(item)}
    texts = ", ".join(f"{c.text(d)} AS {d.quote(n)}" for n, c in columns.items())
    order = ", ".join(c.order(d) for c in columns.values())
    few = f"(SELECT * FROM {item} AS given ORDER BY {order} LIMIT {MOST_READ}) AS some_rows"
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".intake-") as place:
        schema = pa.schema([(n, pa.string()) for n in columns])
        file = write_parquet(engine.batches(f"SELECT {texts} FROM {few}"), schema, Path(place) / "answers.parquet")
        staged = Staged(file, tuple(columns), [], 0)
        known = understand(table, staged, source, config, DuckDBEngine(), base=folder, folder=folder)
    names = {origin: name for name, origin in source.columns.items()}
    there = {names.get(c, c) for c in (*columns, *known.derived)}
    if known.derived:
        made = (f"{c.sql(d, columns[c.column].text(d))} AS {d.quote(n)}" for n, c in known.derived.items())
        item = f"(SELECT given.*, {', '.join(made)} FROM {item} AS given)"
    return replace(known, item=item, book=None if known.book is None else known.book.only(there))
