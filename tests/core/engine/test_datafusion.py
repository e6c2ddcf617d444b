from importlib.util import find_spec

import pandas as pd
import pytest

from workbench.core.engine import Table, open_engine
from workbench.core.errors import EngineError


@pytest.mark.engine("datafusion")
def test_datafusion(tmp_path):
    pytest.importorskip("datafusion", reason="datafusion is not installed")
    from tests.core.engine.engine_checks import check_engine

    check_engine(open_engine("datafusion://?threads=2"), tmp_path)


@pytest.mark.engine("datafusion")
def test_its_own_spellings():
    pytest.importorskip("datafusion", reason="datafusion is not installed")
    engine = open_engine("datafusion://")
    frame = pd.DataFrame({"t": pd.to_datetime(["2026-01-31T20:00Z", None]), "x": [2.5, 1.0], "w": ["a:1", None]})
    table, d = Table(engine, engine.register(frame)), engine.dialect
    assert list(table.columns.values()) == ["TIMESTAMP WITH TIME ZONE", "DOUBLE", "VARCHAR"]
    local = d.local_time.format(time="t", zone="'Asia/Shanghai'")
    found = table.rows(f"SELECT CAST({local} AS DATE) AS day FROM {{table}} AS t WHERE t IS NOT NULL")
    assert str(found["day"][0])[:10] == "2026-02-01"
    sums = table.rows(f"SELECT {d.exact_sum('x', 4)} AS a, {d.exact_sum('x', 8)} AS b FROM {{table}} AS t")
    assert sums.iloc[0].tolist() == [3.5, 3.5]
    turned, other = (Table(engine, engine.register(f)) for f in (frame[::-1], frame.assign(w=["a", "1"])))
    assert engine.fingerprint(table.source) == engine.fingerprint(turned.source) != engine.fingerprint(other.source)


def test_an_engine_that_is_not_installed_says_so(monkeypatch):
    monkeypatch.setattr("workbench.core.engine.datafusion.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install datafusion"):
        open_engine("datafusion://?threads=1")
    assert find_spec("workbench.core.engine.datafusion") is not None
