"""SQL engines: one small protocol, one dialect of six spellings, one adapter per engine."""

from workbench.core.engine.collecting import collecting, require_few
from workbench.core.engine.dialect import DUCKDB, Dialect
from workbench.core.engine.duckdb import DuckDBEngine
from workbench.core.engine.table import Engine, Table, as_table, open_engine, require_serving

__all__ = [
    "DUCKDB",
    "Dialect",
    "DuckDBEngine",
    "Engine",
    "Table",
    "as_table",
    "collecting",
    "open_engine",
    "require_few",
    "require_serving",
]
