"""The same sample on every engine that is installed here."""

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import Table, open_engine
from workbench.sampling import (
    Cluster,
    Frame,
    Poisson,
    ProportionalToSize,
    SimpleRandom,
    Stratified,
    Systematic,
    TwoStage,
    bin_strata,
    cluster_counts,
    coordinate,
    draw,
    frame_summary,
    plan_panel,
)

rng = np.random.default_rng(11)
CUSTOMERS = pd.DataFrame({"customer_id": [f"{'客户' if i % 3 else 'C'}{i:04d}" for i in range(1500)]})
CUSTOMERS["region"] = rng.choice(["north", "South", "东区", "O'Neill"], 1500)
CUSTOMERS.loc[::97, "region"] = None
CUSTOMERS["store"] = rng.integers(0, 40, 1500)
CUSTOMERS["area"] = np.where(CUSTOMERS["store"] < 25, "a", "b")
CUSTOMERS["amount"] = rng.lognormal(4, 1.3, 1500).round(2)
CUSTOMERS["orders"] = rng.integers(1, 30, 1500)
SIZES = {"north": 30, "South": 25, "东区": 20, "O'Neill": 15, "(missing)": 4}
DESIGNS = [
    SimpleRandom(50, reserve=0.5),
    Stratified(SIZES, reserve=0.2),
    Systematic(70),
    Systematic(SIZES),
    Cluster(6),
    Cluster(dict.fromkeys(SIZES, 3), clusters="size"),
    TwoStage(8, 5),
    ProportionalToSize(60),
    ProportionalToSize(SIZES, "sequential_poisson", reserve=0.1),
    ProportionalToSize(400),
    ProportionalToSize(50, "systematic"),
    Poisson(rate=0.05),
    Poisson(60),
]


def _frame(table):
    return Frame(table, stratum="region", size="amount", psu="store", order_by="orders", eligible="amount > 10")


def _nested(frame):
    """Strata that whole clusters lie in."""
    return replace(frame, table=frame.source, stratum="area")


def _engine(name):
    if name == "spark":
        pytest.importorskip("pyspark", reason="pyspark is not installed")
        return open_engine("spark://local[2]")
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    if "WORKBENCH_POSTGRESQL" not in os.environ:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    return open_engine(os.environ["WORKBENCH_POSTGRESQL"])


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.engine(n)) for n in ("spark", "postgresql")])
def test_every_engine_draws_the_same(name):
    engine = _engine(name)
    there, here = _frame(Table(engine, engine.register(CUSTOMERS))), _frame(CUSTOMERS)
    pd.testing.assert_frame_equal(
        frame_summary(there).table.drop(columns="reason"), frame_summary(here).table.drop(columns="reason")
    )
    for design in DESIGNS:
        for start in (0.0, 0.4):
            a, b = (draw(f, design, salt="it's", start=start) for f in (here, there))
            pd.testing.assert_frame_equal(a.table, b.table, check_dtype=False, check_exact=True)
            pd.testing.assert_frame_equal(a.reserve, b.reserve, check_dtype=False)
    pd.testing.assert_frame_equal(*(cluster_counts(_nested(f)) for f in (here, there)), check_dtype=False)
    first = draw(here, Stratified(SIZES), salt="s")
    plans = [coordinate(f, first, "rotate", salt="s") for f in (here, there)]
    assert plans[0].start == plans[1].start
    moved = [draw(f, Stratified(SIZES), salt="s", start=plans[0].start).table for f in (here, there)]
    pd.testing.assert_frame_equal(*moved, check_dtype=False)
    panels = [plan_panel(f, sizes=20, salt="p", wave="q1").members for f in (here, there)]
    pd.testing.assert_frame_equal(*panels, check_dtype=False)
    assert bin_strata(here, "amount", 3).points == pytest.approx(bin_strata(there, "amount", 3).points)


def test_the_designs_draw_here():
    here = _frame(CUSTOMERS)
    assert [draw(here, d, salt="s").n > 0 for d in DESIGNS] == [True] * len(DESIGNS)
