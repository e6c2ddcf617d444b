from workbench.core.engine.dialect import DUCKDB, POSTGRESQL, SPARK


def test_identifiers_and_literals_are_quoted():
    assert DUCKDB.quote('a"b') == '"a""b"'
    assert SPARK.quote("a`b") == "`a``b`"
    assert SPARK.literal("O'Neill\\") == "'O\\'Neill\\\\'"
    assert POSTGRESQL.literal("O'Neill") == "'O''Neill'"


def test_every_dialect_has_a_random_number_for_any_salt():
    for dialect in (DUCKDB, SPARK, POSTGRESQL):
        sql = dialect.prn("it's", dialect.quote("id"))
        assert ("it\\'s|" if dialect is SPARK else "it''s|") in sql
        assert dialect.quote("id") in sql
