from __future__ import annotations

import pandas as pd
import pytest

from tests.store.test_engine_intake import url_of
from workbench.core.engine import DuckDBEngine, open_engine
from workbench.store.engine_moments import written_moment
from workbench.store.moments import time_sql

ENGINES = ["duckdb", *(pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion"))]
# as files of tools write them, and what is none
TEXTS = """\
2026-1-5|2026/1/5|2026.1.5|2026.01.05|20260105|2026年1月5日|2026-01-05 9:05|2026-01-05 09:05|2026-01-05T09:05:06
2026-01-05T09:05:06.123456789|2026-01-05 9:05:6|2026/1/5 9:05|2026/01/05 09:05:06|2026.01.05 09:05|2026年1月5日 09:05:06
2026年1月5日 9:05|2026-01-05T09:05:06Z|2026-01-05T09:05:06+08:00|2026-01-05 09:05:06+08|2026-01-05 09:05+0800
2026/01/05 09:05:06+08:00|2026-01-05 09:05:06.5Z|2026-01-05Z|2026-02-30|2024-02-29|2026-2-29 10:00|2026-01-05  09:05
2026-1/5|20260105 09:05|2026-01|2026-01-05T9:05Z|2026年01月05日09:05|2026-01-05 09:05:60|2026-01-05T23:30:00-08
2026-01-05 09|2026/13/01|20261301|2026.1.5 9:05:06|2026-01-05T09:05:06+8|10000-01-01|0000-01-01|31.1.2026|x||2026-06-31
2026-10-25T01:30:00+00:00|2026-03-08 10:00:00-0500|infinity|epoch|2026-01-05 24:05|2026-04-31|2026-12-31T23:59:59.9999999Z
2026-01-05 09:05:06 PM|2026/1/5 9:05pm|2026-01-05 12:30 AM|2026年1月5日 12:30 PM|2026.1.5 9:05 PM|2026-01-05 13:05 PM
2026-01-05 09:05 x|2026-01-05 0:05 PM|2026-01-05 12:05:06 am|2026-01-05 PM|20260105 9:05 PM
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("timezone", [None, "Asia/Shanghai"])
@pytest.mark.parametrize("name", ENGINES)
def test_a_text_is_the_moment_that_it_is_in_a_file(name, timezone):
    engine = DuckDBEngine() if name == "duckdb" else open_engine(url_of(name))
    rows = engine.register(pd.DataFrame({"n": range(len(TEXTS)), "t": TEXTS}))
    kinds = ("date", "time")
    made = ", ".join(f"{written_moment(k, 't', engine.dialect, timezone)} AS {k}_" for k in kinds)
    found = engine.rows(f"SELECT n, {made} FROM {rows} AS r").sort_values("n", ignore_index=True)
    here = DuckDBEngine()
    files = ", ".join(f"{time_sql('t', k, None, timezone)} AS {k}_" for k in kinds)
    wanted = here.rows(f"SELECT {files} FROM {here.register(pd.DataFrame({'t': TEXTS}))} AS r")
    for k in kinds:
        told = [pd.to_datetime(f[f"{k}_"]).astype("datetime64[us]").tolist() for f in (found, wanted)]
        wrong = [
            (t, a, b) for t, a, b in zip(TEXTS, *told, strict=True) if not (a == b or (a is b) or (a != a and b != b))
        ]
        assert not wrong
