"""The jobs of ``bench.py`` and what peers do for the same: a function prepares, what it returns is measured."""

# ruff: noqa: ARG001 - every job is prepared alike

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

# job → peer → environment it is measured in
PEERS = {
    "summary": {"duckdb": "ours", "polars": "bench"},
    "bgnbd": {"lifetimes": "clv"},
    "draw": {"pandas": "ours"},
    "draw_stored": {"pandas": "ours"},
    "bootstraps": {"sklearn": "ours"},
    "raking": {"weightipy": "bench", "svy": "peers"},
    "domains": {"svy": "peers"},
    "room": {"pandas": "ours"},
}
LONG = 5.0


# ---------------------------------------------------------------- data
def make_data(folder, jobs, small):
    import clv
    import duckdb
    import estimation
    import numpy as np
    import sampling

    scale = 100 if small else 1
    if "summary" in jobs:
        clv.write_orders(folder, 1_000_000 // scale, 10_000_000 // scale)
    if "bgnbd" in jobs:
        np.savez(folder / "histories.npz", **dict(zip("xtTm", clv.histories(1_000_000 // scale), strict=True)))
    if {"draw", "draw_stored"} & set(jobs):
        target = folder / "customers.parquet"
        duckdb.connect().execute(sampling.MAKE.format(customers=10_000_000 // scale, path=target))
    if {"raking", "domains"} & set(jobs):
        estimation.make(folder, 100_000 // scale)


def _answers(folder):
    import estimation

    data, margins = estimation.read(folder)
    # as surveys have them: labels, not codes
    texts = {c: data[c].map("answer {}".format) for c in (*margins, "g")}
    return data.assign(**texts), {m: {f"answer {k}": v for k, v in t.items()} for m, t in margins.items()}


# ---------------------------------------------------------------- jobs
def summary(folder, small):
    import datetime as dt

    from workbench.clv import purchase_summary

    return lambda: purchase_summary(folder / "orders.parquet", observed_until=dt.date(2025, 12, 31))


def summary_duckdb(folder, small):
    import duckdb

    c = duckdb.connect()
    c.execute("SET threads = 2")
    # the same rows: days merged, first purchase apart; floating sums, and nothing is checked
    sql = f"""COPY (SELECT customer_id, count(*) - 1 AS x, max(day) - min(day) AS t_x,
        DATE '2025-12-31' - min(day) AS T, (sum(amount) - arg_min(amount, day)) / nullif(count(*) - 1, 0) AS m
      FROM (SELECT customer_id, CAST(ordered_at AS DATE) AS day, sum(amount) AS amount
            FROM '{folder}/orders.parquet' GROUP BY 1, 2) GROUP BY 1) TO '{folder}/duckdb.parquet' (FORMAT parquet)"""
    return lambda: c.execute(sql)


def summary_polars(folder, small):
    import datetime as dt

    import polars as pl

    end, day = dt.date(2025, 12, 31), pl.col("day")

    def run():
        days = pl.scan_parquet(folder / "orders.parquet").with_columns(day=pl.col("ordered_at").dt.date())
        days = days.group_by("customer_id", "day").agg(pl.col("amount").sum())
        days.group_by("customer_id").agg(
            x=pl.len() - 1,
            t_x=(day.max() - day.min()).dt.total_days(),
            T=(pl.lit(end) - day.min()).dt.total_days(),
            m=(pl.col("amount").sum() - pl.col("amount").sort_by("day").first()) / (pl.len() - 1),
        ).sink_parquet(folder / "polars.parquet")

    return run


def _histories(folder):
    import numpy as np

    with np.load(folder / "histories.npz") as d:
        return d["x"], d["t"], d["T"]


def bgnbd(folder, small):
    import pandas as pd

    from workbench.clv import fit_bg_nbd

    x, t_x, age = _histories(folder)
    rows = pd.DataFrame({"x": x, "t_x": t_x, "T": age})
    return lambda: fit_bg_nbd(rows.groupby(["x", "t_x", "T"]).size().reset_index(name="count"))


def bgnbd_lifetimes(folder, small):
    import lifetimes

    x, t_x, age = _histories(folder)
    return lambda: lifetimes.BetaGeoFitter().fit(x, t_x, age)


def draw(folder, small):
    import sampling

    return sampling.step_stratified_not_stored(folder)


def draw_stored(folder, small):
    import sampling

    if not (folder / "stored.parquet").exists():
        sampling.step_store(folder)()
    return sampling.step_stratified_stored(folder)


def draw_pandas(folder, small):
    import pandas as pd
    import sampling

    def run():
        frame = pd.read_parquet(folder / "customers.parquet", columns=["customer_id", *sampling.STRATA])
        share = 10_000 / len(frame)
        return frame.groupby(sampling.STRATA, observed=True).sample(frac=share, random_state=1)

    return run


draw_stored_pandas = draw_pandas


def bootstraps(folder, small):
    import segments

    return lambda: segments.bootstrap(1_000 if small else 100_000)


def bootstraps_sklearn(folder, small):
    import numpy as np
    import segments
    from sklearn.cluster import KMeans

    values = segments.blobs(1_000 if small else 100_000)

    def run():
        rng = np.random.default_rng(1)
        for _ in range(101):
            KMeans(8, n_init=1, random_state=1).fit(values[rng.integers(0, len(values), len(values))])

    return run


def raking(folder, small):
    from workbench.weighting import rake

    data, margins = _answers(folder)
    return lambda: rake(data, margins)


def raking_weightipy(folder, small):
    import weightipy as wp

    data, margins = _answers(folder)
    shares = {m: {k: 100 * v / sum(t.values()) for k, v in t.items()} for m, t in margins.items()}
    scheme = wp.scheme_from_dict(shares)
    return lambda: wp.weight_dataframe(data, scheme)


def raking_svy(folder, small):
    import polars as pl
    import svy

    data, margins = _answers(folder)
    table, design = pl.from_pandas(data), svy.Design(stratum="s", wgt="w", pop_size="N")
    return lambda: svy.Sample(table, design).weighting.rake(controls=margins, tol=1e-9, max_iter=1000)


def domains(folder, small):
    from workbench.estimation import Design, estimate_mean

    data, _ = _answers(folder)
    return lambda: estimate_mean(data, "y", Design(weight="w", stratum="s", population="N"), by="g")


def domains_svy(folder, small):
    import polars as pl
    import svy

    data, _ = _answers(folder)
    sample = svy.Sample(pl.from_pandas(data), svy.Design(stratum="s", wgt="w", pop_size="N"))
    return lambda: sample.estimation.mean("y", by="g")


def _survey(questions):
    import numpy as np
    import pandas as pd

    from workbench.estimation import Design

    rng, n = np.random.default_rng(1), 3000
    columns = {f"q{i}": rng.choice(["a", "b", "c", "d", "e", "f"], n) for i in range(questions)}
    by = {f"g{j}": rng.choice([f"v{k}" for k in range(10)], n) for j in range(4)}
    sample = {"w": rng.uniform(0.5, 2, n), "s": rng.integers(0, 10, n).astype(str)}
    return pd.DataFrame({**columns, **by, **sample}), Design(weight="w", stratum="s"), list(columns), list(by)


def tables_many(folder, small):
    from workbench.tabulation import tabulate

    data, design, rows, by = _survey(5 if small else 300)
    return lambda: tabulate(data, design, rows=rows, columns=by)


def table_one(folder, small):
    from workbench.tabulation import tabulate

    data, design, rows, by = _survey(1)
    return lambda: tabulate(data, design, rows=rows, columns=by)


def workbook(folder, small):
    from workbench.core.language import message
    from workbench.report.export.tables_workbook import Sheet, write_tables
    from workbench.tabulation import tabulate

    data, design, rows, by = _survey(3 if small else 300)
    sheets = [Sheet(i, tabulate(data, design, rows=[row], columns=by)) for i, row in enumerate(rows, 1)]
    path = folder / "tables.xlsx"
    return lambda: write_tables(sheets, path, title=message("Index of tables"), wave="w1", language="en")


def _command(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)


def _demo(folder, small):
    place = ["--folder", str(folder / "waves"), "--customers", "2000" if small else "50000"]
    _command("-m", "workbench.cli", "demo", *place)
    unchanged(folder, small)()


def demo(folder, small):
    return lambda: _demo(folder, small)


def unchanged(folder, small):
    return lambda: _command("-m", "workbench.cli", "report", str(folder / "waves"), "--reports", str(folder / "pages"))


def help(folder, small):  # noqa: A001 - the command's own word
    return lambda: _command("-m", "workbench.cli", "--help")


def room(folder, small):
    return lambda: _command("-c", "import workbench.learning")


def room_pandas(folder, small):
    return lambda: _command("-c", "import pandas")


# ---------------------------------------------------------------- one measurement
def spent():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(run):
    start = spent()
    run()
    return spent() - start


def main(job, folder, small):
    run = globals()[job](folder, small)
    first = timed(run)
    again = [timed(run) for _ in range(3)] if first < LONG else []
    print(json.dumps({"first": first, "best": min([first, *again])}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(sys.argv[1], Path(sys.argv[2]), "--small" in sys.argv)
