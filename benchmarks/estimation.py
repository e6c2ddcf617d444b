"""Means, domain means, raking and replicates: CPU seconds, memory, agreement and ratios to other packages.

Peers are measured where they are installed in ``.cache/peers`` (a virtual environment of its own):
``python -m venv .cache/peers && .cache/peers/bin/pip install svy samplics ipfn balance``. R is measured where Rscript
and its package survey are. What is absent is said. Every process times one package on the same generated
table; BLAS has one thread, as threads that wait count as CPU seconds.
Usage: ``python benchmarks/estimation.py [rows ...]``, 10,000 to 1,000,000 by default.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

STRATA, DOMAINS, REPLICATES = 100, 7, 500
MARGINS = {"m1": 5, "m2": 7, "m3": 3, "m4": 4}
GOALS = {"mean": 0.06, "domain means": 0.05, "raking": 0.05, "replicates": 0.15}
PEERS = Path(".cache/peers/bin/python")

R_CODE = """
suppressMessages(library(survey)); a <- commandArgs(TRUE); d <- read.csv(a[1]); out <- list()
cpu <- function(f) { t <- proc.time(); f(); e <- proc.time() - t; sum(e[c(1, 2)]) }
made <- cpu(function() des <<- svydesign(~1, strata=~s, weights=~w, fpc=~N, data=d))
cat("made", made, "\\n"); cat("mean", cpu(function() r <<- svymean(~y, des)), coef(r), SE(r), "\\n")
cat("domain_means", cpu(function() r <<- svyby(~y, ~g, des, svymean)), coef(r)[1], SE(r)[1], "\\n")
"""


def make(folder, rows):
    rng = np.random.default_rng(rows)
    stratum = rng.integers(0, STRATA, rows)
    data = pd.DataFrame({"s": stratum, "g": rng.integers(0, DOMAINS, rows), "y": rng.gamma(2, 50, rows) + stratum})
    data["w"] = rng.uniform(1, 5, rows)
    data["N"] = np.bincount(stratum)[stratum] * 3.0
    for name, levels in MARGINS.items():
        data[name] = rng.choice(levels, rows, p=rng.dirichlet(np.full(levels, 20.0)))
    np.savez(folder / "data.npz", **{c: data[c].to_numpy() for c in data})
    totals = {}
    for name, levels in MARGINS.items():
        share = rng.dirichlet(np.full(levels, 20.0))
        totals[name] = {str(level): float(v) for level, v in enumerate(share * data["w"].sum())}
    (folder / "totals.json").write_text(json.dumps(totals))


def timed(run, repeats=5):
    """Best CPU seconds of a few runs after a first one, and the last result."""
    result, best = run(), np.inf
    for _ in range(repeats):
        start = time.process_time()
        result = run()
        best = min(best, time.process_time() - start)
        if best > 2:
            break
    return best, result


def allocated(run):
    """Most bytes that a run holds at a time, beyond what it was given."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def read(folder):
    totals = json.loads((folder / "totals.json").read_text())
    margins = {name: {int(level): v for level, v in t.items()} for name, t in totals.items()}
    with np.load(folder / "data.npz") as columns:
        return pd.DataFrame({name: columns[name] for name in columns.files}), margins


def misfit(data, weights, margins):
    reached = (np.bincount(data[m].to_numpy(), weights, minlength=len(t)) for m, t in margins.items())
    return max(
        float(np.abs(r / np.array(list(t.values())) - 1).max()) for r, t in zip(reached, margins.values(), strict=True)
    )


# ---------------------------------------------------------------- packages: step → (CPU seconds, what came out)
def ours(folder):
    from workbench.estimation import Design, estimate_mean, replicate_weights
    from workbench.weighting import rake

    data, margins = read(folder)
    size = float(data.memory_usage(index=False).sum())
    design = Design(weight="w", stratum="s", population="N")
    found = {}
    for step, by in (("mean", None), ("domain means", "g")):
        seconds, got = timed(lambda by=by: estimate_mean(data, "y", design, by=by))
        found[step] = (seconds, got.table["estimate"].iloc[0], got.table["std_error"].iloc[0])
    seconds, raked = timed(lambda: rake(data, margins))
    found["raking"] = (seconds, misfit(data, raked.weights.to_numpy(), margins))
    found["memory"] = (
        max(
            allocated(run)
            for run in (
                lambda: estimate_mean(data, "y", design),
                lambda: estimate_mean(data, "y", design, by="g"),
                lambda: rake(data, margins),
            )
        )
        / size
    )
    if len(data) == 10_000:
        table = data.assign(raked=raked.weights)
        calibrated = Design(weight="raked", stratum="s", population="N", calibration=raked)
        seconds, made = timed(lambda: replicate_weights(table, calibrated, replicates=REPLICATES, seed=1))
        found["replicates"] = (seconds, max(misfit(data, w, margins) for w in made.weights.T))
    return found


def peer_svy(folder):
    import polars as pl
    import svy

    data, margins = read(folder)
    table = pl.from_pandas(data)
    found = {}
    design = svy.Design(stratum="s", wgt="w", pop_size="N")
    sample = svy.Sample(table, design)
    for step, by in (("mean", None), ("domain means", "g")):
        found[step] = (timed(lambda by=by: sample.estimation.mean("y", by=by))[0],)
    controls = {name: dict(t) for name, t in margins.items()}

    def rake():
        return svy.Sample(table, design).weighting.rake(controls=controls, tol=1e-9, max_iter=1000)

    seconds, raked = timed(rake, 2)
    found["raking"] = (seconds, misfit(data, raked.data["rk_wgt"].to_numpy(), margins))
    if len(data) == 10_000:
        rows = table.with_row_index("unit")
        units = svy.Design(stratum="s", psu="unit", wgt="w", pop_size="N")

        def boot():
            made = svy.Sample(rows, units).weighting.create_bs_wgts(REPLICATES, rstate=1)
            return made.weighting.rake(controls=controls, tol=1e-9, max_iter=1000)

        found["replicates"] = (timed(boot, 2)[0],)
    return found


def peer_samplics(folder):
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

    data, _ = read(folder)
    fpc = dict.fromkeys(np.unique(data["s"]), 1 - 1 / 3)
    found = {}
    for step, domain in (("mean", None), ("domain means", data["g"])):

        def run(domain=domain):
            estimator = TaylorEstimator(PopParam.mean)
            estimator.estimate(data["y"], samp_weight=data["w"], stratum=data["s"], domain=domain, fpc=fpc)

        found[step] = (timed(run, 1)[0],)
    return found


def peer_ipfn(folder):
    from ipfn.ipfn import ipfn

    data, margins = read(folder)
    goals = [pd.Series(t, name="w").rename_axis(name) for name, t in margins.items()]

    def run():
        return ipfn(data.copy(), goals, [[m] for m in margins], weight_col="w", convergence_rate=1e-9).iteration()

    seconds, raked = timed(run, 2)
    return {"raking": (seconds, misfit(data, raked["w"].to_numpy(), margins))}


def peer_balance(folder):
    from balance.weighting_methods.rake import rake

    data, margins = read(folder)
    part = data[list(margins)].astype(str)
    total = data["w"].sum()
    goals = {name: {str(k): v / total for k, v in t.items()} for name, t in margins.items()}

    def run():
        return rake(
            part,
            data["w"],
            None,
            None,
            variables=list(margins),
            transformations=None,
            na_action="drop",
            convergence_rate=1e-9,
            target_margins=goals,
        )

    seconds, raked = timed(run, 1)
    weights = np.asarray(raked["weight"], dtype=float)
    return {"raking": (seconds, misfit(data, weights * total / weights.sum(), margins))}


PACKAGES = {"svy": peer_svy, "samplics": peer_samplics, "ipfn": peer_ipfn, "balance": peer_balance}


# ---------------------------------------------------------------- one process each
def start(python, folder, package):
    if not shutil.which(str(python)) and not Path(python).exists():
        return f"not measured: no {python}"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), __file__, "--package", package, str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        return f"not measured: {(done.stderr.strip().splitlines() or ['?'])[-1][:150]}"
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure_r(folder):
    if not shutil.which("Rscript"):
        return "not measured: R is not installed"
    read(folder)[0].to_csv(folder / "data.csv", index=False)
    (folder / "run.R").write_text(R_CODE)
    done = subprocess.run(
        ["Rscript", folder / "run.R", folder / "data.csv"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return "not measured: R lacks the package survey"
    return {p[0].replace("_", " "): [float(v) for v in p[1:]] for p in map(str.split, done.stdout.splitlines())}


def main():
    sizes = [int(a) for a in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    for rows in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            make(folder, rows)
            mine = start(sys.executable, folder, "workbench")
            print(
                f"\n{rows:,} rows, {STRATA} strata, {DOMAINS} domains; "
                f"holds at most {mine['memory']:.1f} times the input beside it"
            )
            peers = {"R survey": measure_r(folder)} | {name: start(PEERS, folder, name) for name in PACKAGES}
            for step, goal in GOALS.items():
                if step not in mine:
                    continue
                seconds, *rest = mine[step]
                extra = f", misfit {rest[0]:.0e}" if step in ("raking", "replicates") else ""
                met = (
                    ""
                    if rows < 1_000_000 and step != "replicates"
                    else f" (goal {goal}: {'met' if seconds <= goal else 'MISSED'})"
                )
                print(f"  {step:13s} {seconds:8.4f} CPU s{extra}{met}")
                for name, peer in peers.items():
                    if isinstance(peer, dict) and step in peer:
                        spent, *other = peer[step]
                        note = f", misfit {other[0]:.0e}" if step == "raking" and other else ""
                        print(f"    {name:11s} {spent:8.4f} CPU s, {spent / seconds:6.1f} times as long{note}")
            for name, peer in peers.items():
                if isinstance(peer, str):
                    print(f"  {name}: {peer}")


if __name__ == "__main__":
    if "--package" in sys.argv:
        warnings.simplefilter("ignore")
        which, place = sys.argv[2], Path(sys.argv[3])
        print(json.dumps(ours(place) if which == "workbench" else PACKAGES[which](place)))
    else:
        main()
