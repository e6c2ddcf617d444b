"""An engine that keeps rows in tables of its own, as a server does: DuckDB in memory, with nothing read from files."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

from workbench.core.engine import DUCKDB, DuckDBEngine
from workbench.core.engine.arrow import grouped
from workbench.core.engine.keeping import KeepingEngine
from workbench.core.engine.table import ADAPTERS, _asked, _connected
from workbench.core.errors import EngineError

TOY = replace(DUCKDB, name="toy", parquet="")


class ToyEngine(KeepingEngine):
    """DuckDB in memory behind the protocol of a server."""

    def __init__(self):
        super().__init__()
        self.broken = False
        self.inner = DuckDBEngine(memory_limit="500MB", threads=1)

    dialect = TOY
    row_order = "rowid"

    def rows(self, sql):
        return self.inner.rows(sql)

    def batches(self, sql):
        return self.inner.batches(sql)

    def columns(self, source):
        return self.inner.columns(source)

    def schema(self, source):
        return self.inner.schema(source)

    def register(self, frame):
        return self.inner.register(frame)

    def tables(self):
        return sorted(self.rows("SELECT table_name AS t FROM duckdb_tables()")["t"])

    def _table(self, place):
        return place.name

    def _item(self, table, folder):
        return self.dialect.quote(table)

    def _has(self, place):
        return place.name in self.tables()

    def _make(self, place, sql):
        self.inner._cursor(sql).execute(f"CREATE TABLE {self.dialect.quote(place.name)} AS {sql}")

    def _load(self, place, batches, schema):
        for i, part in enumerate(grouped(batches, schema)):
            held = self.inner.register(part)
            name = self.dialect.quote(place.name)
            way = f"INSERT INTO {name}" if i else f"CREATE TABLE {name} AS"
            self.inner._cursor(held).execute(f"{way} SELECT * FROM {held}")

    def _rename(self, draft, place):
        if self._has(place):
            self._drop(draft.name, draft.folder)
        else:
            named = map(self.dialect.quote, (draft.name, place.name))
            self.inner._cursor("").execute("ALTER TABLE {} RENAME TO {}".format(*named))

    def _drop(self, table, folder):
        self.inner._cursor("").execute(f"DROP TABLE IF EXISTS {self.dialect.quote(table)}")

    def require_serving(self):
        if self.broken:
            raise EngineError("The toy works.", found="it is broken", fix="Mend it.")

    def fingerprint(self, source):
        return self.inner.fingerprint(source)


@contextmanager
def toy_scheme():
    """Let ``toy://`` be an engine, one in this process."""
    engine = ToyEngine()
    ADAPTERS["toy"] = lambda url: engine
    _connected.cache_clear()
    _asked.cache_clear()
    try:
        yield engine
    finally:
        del ADAPTERS["toy"]
        _connected.cache_clear()
