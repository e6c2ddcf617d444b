"""Customer value: CPU seconds, memory, log-likelihoods and ratios to lifetimes and PyMC-Marketing (MAP).

Peers are measured where they are installed, each in a virtual environment of its own, ``.cache/peers`` or
``.cache/peers-clv``: ``uv venv --python 3.11 .cache/peers-clv && uv pip install --python .cache/peers-clv/bin/python
lifetimes pymc-marketing "pandas<3" "numpy<2.3"``. What is absent is said. Peers get one row per customer, as they want
it; where they would take minutes they are measured on fewer customers and the time is scaled up in proportion, which is
said. Every measurement is a process of its own; BLAS has one thread.

Usage: ``python benchmarks/clv.py [customers] [orders] [most customers]``, 1,000,000, 10,000,000 and 10,000,000.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

GOALS = {
    "BG/NBD fit": 0.12,
    "Pareto/NBD fit": 0.8,
    "Gamma-Gamma fit": 0.05,
    "12-month value": 0.06,
    "summary of orders": 4.0,
}
PEERS = (Path(".cache/peers-clv/bin/python"), Path(".cache/peers/bin/python"))
PEER_CUSTOMERS = {
    "lifetimes": 1_000_000,
    "lifetimes Pareto/NBD": 20_000,
    "pymc_marketing": 100_000,
    "pymc_marketing Pareto/NBD": 5_000,
}
TRUTH = {"r": 0.55, "alpha": 74.0, "s": 0.6, "beta": 82.0}


def histories(customers, seed=1):
    """Draw histories in whole days from Pareto/NBD, ages between half a year and two years."""
    rng = np.random.default_rng(seed)
    T = rng.integers(180, 731, customers).astype(float)
    rate = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], customers)
    leave = rng.gamma(TRUTH["s"], 1 / TRUTH["beta"], customers)
    life = np.minimum(rng.exponential(size=customers) / leave, T)
    x, last, now = np.zeros(customers, dtype=np.int64), np.zeros(customers), np.zeros(customers)
    active = np.arange(customers)
    while len(active):
        now[active] = np.maximum(
            np.ceil(now[active] + rng.exponential(size=len(active)) / rate[active]), now[active] + 1
        )
        active = active[now[active] <= life[active]]
        x[active] += 1
        last[active] = now[active]
    mean = np.zeros(customers)
    some = x > 0
    precision = rng.gamma(3.74, 1 / 15.44, customers)
    mean[some] = np.round(rng.gamma(6.25 * x[some], 1 / precision[some]) / x[some], 2) + 0.01
    return x, last, T, mean


def seconds(run, repeats=3):
    result, best = None, np.inf
    for _ in range(repeats):
        start = time.process_time()
        result = run()
        best = min(best, time.process_time() - start)
        if best > 5:
            break
    return best, result


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------- what is measured, each in a process of its own
def own(folder):
    import pandas as pd

    from workbench.clv import fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd, fit_pareto_nbd
    from workbench.clv.purchases.patterns import as_patterns
    from workbench.clv.value.valuation import Valuation

    with np.load(folder / "data.npz") as d:
        x, t_x, T, mean = (d[k] for k in ("x", "t_x", "T", "mean"))
    rows = pd.DataFrame({"x": x, "t_x": t_x, "T": T})
    start = time.process_time()
    patterns = rows.groupby(["x", "t_x", "T"]).size().reset_index(name="count")
    found = {"patterns": len(patterns), "de-duplication": time.process_time() - start}
    for name, fit in (("BG/NBD", fit_bg_nbd), ("MBG/NBD", fit_mbg_nbd), ("Pareto/NBD", fit_pareto_nbd)):
        found[f"{name} fit"], made = seconds(lambda fit=fit: fit(patterns))
        found[f"{name} log-likelihood"] = made.log_likelihood
        if name == "BG/NBD":
            buying = made
    spend = pd.DataFrame({"x": x, "monetary_value": mean})[x > 0]
    found["Gamma-Gamma fit"], paid = seconds(lambda: fit_gamma_gamma(spend))
    p = as_patterns(patterns)

    def value():
        return Valuation(buying, paid, 365.0, 0.00026, p.x.astype(float), p.t_x, p.T, 0.9, 1).units

    found["12-month value"] = seconds(value)[0]
    found["MiB"] = memory()
    return found


def big(folder):
    import pandas as pd

    from workbench.clv import fit_bg_nbd, fit_pareto_nbd

    patterns = pd.read_parquet(folder / "patterns.parquet")
    found = {"patterns": len(patterns)}
    before = memory()
    for name, fit in (("BG/NBD", fit_bg_nbd), ("Pareto/NBD", fit_pareto_nbd)):
        found[f"{name} fit"] = seconds(lambda fit=fit: fit(patterns), 1)[0]
    return found | {"MiB": memory(), "MiB before": before}


def summary(folder):
    import datetime as dt

    from workbench.clv import fit_bg_nbd, fit_gamma_gamma, purchase_summary, value_customers

    start = time.process_time()
    made = purchase_summary(folder / "orders.parquet", observed_until=dt.date(2025, 12, 31))
    found = {"summary of orders": time.process_time() - start, "MiB": memory()}
    buying, paid = fit_bg_nbd(made), fit_gamma_gamma(made)
    found["values of all, to a file"] = seconds(
        lambda: value_customers(made, buying, paid, annual_discount_rate=0.1, seed=1), 2
    )[0]
    return found


def lifetimes(folder):
    import lifetimes as lt

    with np.load(folder / "data.npz") as d:
        x, t_x, T, mean = (d[k] for k in ("x", "t_x", "T", "mean"))
    found = {}
    n = min(PEER_CUSTOMERS["lifetimes"], len(x))
    found["BG/NBD fit"], fit = seconds(lambda: lt.BetaGeoFitter().fit(x[:n], t_x[:n], T[:n]), 1)
    found["BG/NBD fit"] *= len(x) / n
    if n == len(x):
        found["BG/NBD parameters"] = {k: float(v) for k, v in fit.params_.items()}
    some = x[:n] > 0
    found["Gamma-Gamma fit"] = (
        seconds(lambda: lt.GammaGammaFitter().fit(x[:n][some], mean[:n][some]), 1)[0] * len(x) / n
    )
    found["12-month value"] = (
        seconds(lambda: fit.conditional_expected_number_of_purchases_up_to_time(365, x[:n], t_x[:n], T[:n]), 1)[0]
        * len(x)
        / n
    )
    few = min(PEER_CUSTOMERS["lifetimes Pareto/NBD"], len(x))
    found["Pareto/NBD fit"] = (
        seconds(lambda: lt.ParetoNBDFitter().fit(x[:few], t_x[:few], T[:few], maxiter=10_000), 1)[0] * len(x) / few
    )
    return found | {"MiB": memory(), "note": f"Pareto/NBD on {few:,} customers, scaled up"}


def pymc_marketing(folder):
    import logging

    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel, ParetoNBDModel

    logging.disable(logging.CRITICAL)
    with np.load(folder / "data.npz") as d:
        x, t_x, T = (d[k] for k in ("x", "t_x", "T"))
    found = {}
    for name, model, key in (
        ("BG/NBD", BetaGeoModel, "pymc_marketing"),
        ("Pareto/NBD", ParetoNBDModel, "pymc_marketing Pareto/NBD"),
    ):
        n = min(PEER_CUSTOMERS[key], len(x))
        data = pd.DataFrame({"customer_id": np.arange(n), "frequency": x[:n], "recency": t_x[:n], "T": T[:n]})

        def run(model=model, data=data):
            try:
                made = model(data=data)
                made.build_model()
                made.fit(method="map", progressbar=False)
            except TypeError:  # newer releases take the data where they fit
                made = model()
                made.fit(data, method="map")

        found[f"{name} fit"] = seconds(run, 1)[0] * len(x) / n
    few = [min(PEER_CUSTOMERS[k], len(x)) for k in ("pymc_marketing", "pymc_marketing Pareto/NBD")]
    return found | {"MiB": memory(), "note": f"BG/NBD on {few[0]:,}, Pareto/NBD on {few[1]:,} customers, scaled up"}


PARTS = {f.__name__: f for f in (own, big, summary, lifetimes, pymc_marketing)}


# ---------------------------------------------------------------- data, and the processes
def write_orders(folder, customers, orders):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(3)
    weight = rng.gamma(0.6, 1, customers)
    ids = np.concatenate([np.arange(customers), rng.choice(customers, orders - customers, p=weight / weight.sum())])
    start = rng.integers(0, 550, customers)
    day = start[ids] + (rng.random(orders) ** 1.5 * (730 - start[ids])).astype(np.int64)
    names = np.array([f"C{i:09d}" for i in range(customers)], dtype=object)
    mixed = rng.permutation(orders)
    table = {
        "customer_id": pa.array(names[ids[mixed]]),
        "ordered_at": pa.array((np.datetime64("2024-01-01") + day[mixed]).astype("datetime64[s]")),
        "amount": np.round(rng.gamma(2, 20, orders) + 0.01, 2),
    }
    pq.write_table(pa.table(table), folder / "orders.parquet")


def write_big(folder, customers):
    import pandas as pd

    parts = []
    for block in range(-(-customers // 1_000_000)):
        x, t_x, T, _ = histories(min(1_000_000, customers - block * 1_000_000), seed=100 + block)
        part = pd.DataFrame({"x": x, "t_x": t_x, "T": T}).groupby(["x", "t_x", "T"]).size().reset_index(name="count")
        parts.append(part)
        whole = pd.concat(parts).groupby(["x", "t_x", "T"])["count"].sum().reset_index()
        parts = [whole]
    whole.to_parquet(folder / "patterns.parquet")


def measured(part, folder, python=sys.executable):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [str(python), __file__, "--part", part, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        return {"failed": (done.stderr.strip().splitlines() or ["no output"])[-1][:150]}
    return json.loads(lines[-1])


def peer_python(module):
    for python in PEERS:
        if python.exists():
            tried = subprocess.run([str(python), "-c", f"import {module}"], capture_output=True, check=False)
            if tried.returncode == 0:
                return python
    return None


def main():
    customers, orders, most = (
        int(float(sys.argv[i])) if len(sys.argv) > i else n
        for i, n in ((1, 1_000_000), (2, 10_000_000), (3, 10_000_000))
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        x, t_x, T, mean = histories(customers)
        np.savez(folder / "data.npz", x=x, t_x=t_x, T=T, mean=mean)
        found = {"workbench": measured("own", folder)}
        for peer in ("lifetimes", "pymc_marketing"):
            python = peer_python(peer)
            found[peer] = measured(peer, folder, python) if python else {"failed": "not installed; see the file's head"}
        if "BG/NBD parameters" in found["lifetimes"]:
            from workbench.clv import BgNbd

            theirs = BgNbd(**found["lifetimes"]["BG/NBD parameters"])
            found["workbench"]["lifetimes"] = float(theirs.log_likelihood(x, t_x, T).sum())
        write_orders(folder, customers, orders)
        found["workbench"] |= {k: v for k, v in measured("summary", folder).items() if k != "MiB"}
        write_big(folder, most)
        large = measured("big", folder)
    report(found, large, customers, orders, most)


def report(found, large, customers, orders, most):
    mine = found["workbench"]
    if "failed" in mine:
        sys.exit(mine["failed"])
    print(f"{customers:,} customers ({mine['patterns']:,} patterns), {orders:,} orders; CPU seconds")
    print(f"{'':28}{'workbench':>10}{'goal':>8}" + "".join(f"{p:>16}{'ratio':>8}" for p in found if p != "workbench"))
    steps = [*GOALS, "MBG/NBD fit", "de-duplication", "values of all, to a file"]
    for step in steps:
        if step not in mine:
            continue
        line = f"{step:28}{mine[step]:10.3f}" + (f"{1.5 * GOALS[step]:8.2f}" if step in GOALS else " " * 8)
        for peer, numbers in found.items():
            if peer != "workbench":
                took = numbers.get(step)
                line += f"{took:16.1f}{took / mine[step]:8.0f}" if took is not None else f"{'–':>16}{'–':>8}"
        print(line)
    for peer, numbers in found.items():
        if peer != "workbench" and ("failed" in numbers or "note" in numbers):
            print(f"{peer}: {numbers.get('failed', numbers.get('note'))}")
    if "lifetimes" in mine:
        print(
            f"BG/NBD log-likelihood: workbench {mine['BG/NBD log-likelihood']:.4f}, lifetimes {mine['lifetimes']:.4f}"
        )
    if "failed" in large:
        print(f"{most:,} customers: {large['failed']}")
    else:
        print(
            f"{most:,} customers ({large['patterns']:,} patterns): BG/NBD {large['BG/NBD fit']:.2f} s, Pareto/NBD "
            f"{large['Pareto/NBD fit']:.2f} s, {large['MiB']:.0f} MiB (goal: 5 s, 2048 MiB)"
        )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 2 and sys.argv[1] == "--part":
        print(json.dumps(PARTS[sys.argv[2]](Path(sys.argv[3]))))
    else:
        main()
