from workbench.core.engine import DuckDBEngine


def test_duckdb(tmp_path):
    from tests.core.engine.engine_checks import check_engine

    check_engine(DuckDBEngine(), tmp_path)


def test_options_stand_in_the_address():
    engine = DuckDBEngine.from_url("duckdb://?memory_limit=300MB&threads=1")
    assert (engine.memory_limit, engine.threads) == ("300MB", 1)
