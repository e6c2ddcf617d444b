"""Draw 10,000 of 10 million customers in 60 strata: CPU seconds, memory, and the ratio to merely hashing the ids.

Each step runs in a process of its own, so that its peak memory is its own.
Usage: ``python benchmarks/sampling.py [customers]``.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CUSTOMERS = 10_000_000
STRATA = ["region", "amount_class", "frequency_class"]
SALT = "benchmark"

MAKE = """
COPY (SELECT 'C' || lpad(CAST(i AS VARCHAR), 9, '0') AS customer_id,
  ['north', 'south', 'east', 'west', 'centre'][1 + CAST(hash(i) % 5 AS INT)] AS region,
  ['A', 'B', 'C', 'D'][1 + CAST(hash(i + 1) % 4 AS INT)] AS amount_class,
  ['often', 'seldom', 'once'][1 + CAST(hash(i + 2) % 3 AS INT)] AS frequency_class,
  'store ' || CAST(hash(i + 3) % 2000 AS VARCHAR) AS store,
  1 + CAST(hash(i + 4) % 5000 AS BIGINT) AS amount_12m
  FROM range({customers}) AS t(i)) TO '{path}' (FORMAT parquet)
"""


def _frame(folder, file, **columns):
    from workbench.core.engine import DuckDBEngine, as_table
    from workbench.sampling import Frame

    engine = DuckDBEngine(threads=2)
    engine.rows("SELECT 1 AS warm")
    return Frame(as_table(folder / file, engine), stratum=STRATA, **columns)


def step_hash(folder):
    frame = _frame(folder, "customers.parquet")
    return lambda: frame.rows(f"SELECT max({frame.prn_sql(SALT)}) AS k FROM {{table}}")


def step_store(folder):
    from workbench.sampling import store_random_numbers

    frame = _frame(folder, "customers.parquet")
    return lambda: store_random_numbers(frame, SALT, folder / "stored.parquet")


def _draw(frame, design):
    from workbench.sampling import draw

    return lambda: draw(frame, design, salt=SALT)


def _stratified(frame):
    from workbench.sampling import Stratified, allocate, draw, stratum_counts

    # counting and allocating belong to the work
    return lambda: draw(frame, Stratified(allocate(stratum_counts(frame), 10_000)), salt=SALT)


def step_stratified_not_stored(folder):
    return _stratified(_frame(folder, "customers.parquet"))


def step_stratified_stored(folder):
    return _stratified(_frame(folder, "stored.parquet", prn="prn"))


def step_simple_stored(folder):
    from workbench.sampling import SimpleRandom

    return _draw(_frame(folder, "stored.parquet", prn="prn"), SimpleRandom(10_000))


def step_pareto_stored(folder):
    from workbench.sampling import ProportionalToSize

    return _draw(_frame(folder, "stored.parquet", prn="prn", size="amount_12m"), ProportionalToSize(10_000))


def step_clusters_stored(folder):
    from workbench.sampling import TwoStage

    return _draw(_frame(folder, "stored.parquet", prn="prn", psu="store"), TwoStage(100, 100))


def step_systematic_stored(folder):
    from workbench.sampling import Systematic

    return _draw(_frame(folder, "stored.parquet", prn="prn", order_by="amount_12m"), Systematic(10_000))


STEPS = {name.removeprefix("step_"): f for name, f in list(globals().items()) if name.startswith("step_")}


def run(step, folder):
    work = STEPS[step](Path(folder))
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    used = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({**used, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main(customers):
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        duckdb.connect().execute(MAKE.format(customers=customers, path=Path(folder) / "customers.parquet"))
        print(f"{customers:,} customers, 60 strata, n = 10,000, two threads")
        print(f"{'step':<24}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'CPU / hashing':>15}")
        hashing = None
        for step in STEPS:
            out = subprocess.run([sys.executable, __file__, step, folder], check=True, capture_output=True, text=True)
            found = json.loads(out.stdout.strip().splitlines()[-1])
            hashing = hashing or found["cpu"]
            ratio = found["cpu"] / hashing
            print(f"{step:<24}{found['cpu']:>8.2f}{found['wall']:>8.2f}{found['mb']:>9.0f}{ratio:>15.2f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        run(*sys.argv[1:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
