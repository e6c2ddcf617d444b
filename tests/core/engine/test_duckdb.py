import pyarrow.parquet as pq

from workbench.core.engine import DuckDBEngine
from workbench.core.engine.scratch import scratch_file


def test_duckdb(tmp_path):
    from tests.core.engine.engine_checks import check_engine

    check_engine(DuckDBEngine(), tmp_path)


def test_options_stand_in_the_address():
    engine = DuckDBEngine.from_url("duckdb://?memory_limit=300MB&threads=1")
    assert (engine.memory_limit, engine.threads) == ("300MB", 1)


def test_what_is_kept_is_packed_small_and_what_passes_is_packed_fast(tmp_path):
    engine = DuckDBEngine()
    packed = [
        pq.ParquetFile(engine.materialize("SELECT 'Ada' AS name", path)).metadata.row_group(0).column(0).compression
        for path in (tmp_path / "kept.parquet", scratch_file("passing"))
    ]
    assert packed == ["ZSTD", "SNAPPY"]
