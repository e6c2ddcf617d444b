"""Segments and tiers: CPU seconds, memory, goals, and ratios to other packages; the verdict on data of known structure.

Every part runs in a process of its own. Peers are measured where they are: R with fpc and cluster (``clusterboot``,
``clusGap``), and kmodes in ``.cache/peers`` (``python -m venv .cache/peers && .cache/peers/bin/pip install kmodes``).
What is absent is said. BLAS has one thread, as threads that wait count as CPU seconds.

Usage: ``python benchmarks/segments.py [part ...] [--seeds 100]``; all but ``verdict`` by default. ``verdict`` runs
the number of segments on 100 generated data sets of each kind (about ten minutes) and prints how many were right;
recorded with 100 seeds: correlated cloud 100, uniform box 100, heavy tails 100, one skewed population of buyers 100,
groups of equal size 99, groups of unequal size and width 95.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

PEERS = Path(".cache/peers/bin/python")
KMODES_ROWS = 5_000  # kmodes goes through rows one by one; its time grows in proportion to them

R_BOOT = """
suppressMessages(library(fpc)); d <- as.matrix(read.csv(commandArgs(TRUE)[1]))
t <- proc.time(); r <- clusterboot(d, B = 3, bootmethod = "boot", clustermethod = kmeansCBI, krange = 8, count = FALSE)
e <- proc.time() - t; cat(sum(e[c(1, 2)]) / 3 * 100)
"""
R_GAP = """
suppressMessages(library(cluster)); d <- as.matrix(read.csv(commandArgs(TRUE)[1]))
t <- proc.time(); r <- clusGap(d, kmeans, K.max = 8, B = 5, nstart = 1); e <- proc.time() - t
cat(sum(e[c(1, 2)]) / 6 * 51)
"""


def blobs(rows, features=8, k=8, seed=1):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, features)) * 2
    return centres[rng.integers(0, k, rows)] + rng.normal(size=(rows, features))


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024**2, "wall": time.perf_counter()}


def since(start):
    now = used()
    return {"cpu": now["cpu"] - start["cpu"], "wall": now["wall"] - start["wall"], "memory": now["memory"]}


# ---------------------------------------------------------------- parts: what they did, in seconds
def bootstrap(rows=100_000):
    from workbench.clustering import fit_segments, stability

    data = pd.DataFrame(blobs(rows))
    start = used()
    model = fit_segments(data, k=8, fitted_on=rows, seed=1)
    found = stability(data, model, replicates=100, null=False, seed=1)
    return since(start) | {
        "resampled": found.resampled,
        "agreement": found.agreement,
        "overlap": float(found.table["jaccard"].min()),
    }


def bootstrap_million():
    return bootstrap(1_000_000)


def gap():
    from threadpoolctl import threadpool_limits

    from workbench.clustering.criteria import gap_statistic, spread
    from workbench.clustering.kmeans import k_means

    values = blobs(10_000)
    start = used()
    with threadpool_limits(1):
        within = [spread(values), *(k_means(values, k, seed=1, starts=1, finish="none").within for k in range(2, 9))]
        found = gap_statistic(values, np.array(within), references=50, starts=1, seed=1)
    return since(start) | {"k": int(found.k)}


def mixed(rows=100_000):
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 4, rows)
    numbers = np.eye(4)[kind] @ rng.normal(size=(4, 5)) * 2 + rng.normal(size=(rows, 5))
    codes = np.column_stack([(kind + (rng.random(rows) < 0.3) * rng.integers(0, 5, rows)) % 5 for _ in range(3)])
    return numbers, codes


def prototypes():
    from workbench.clustering.prototypes import k_prototypes

    numbers, codes = mixed()
    start = used()
    found = k_prototypes(numbers, codes, 4, levels=(5, 5, 5), gamma=1.0, seed=1, starts=5)
    return since(start) | {"cost": found.within / len(numbers)}


def kmodes_peer():
    from kmodes.kprototypes import KPrototypes

    numbers, codes = mixed()
    rows = np.column_stack([numbers[:KMODES_ROWS].astype(object), codes[:KMODES_ROWS].astype(object)])
    start = used()
    model = KPrototypes(4, gamma=1.0, n_init=5, random_state=1, init="Cao")
    model.fit(rows, categorical=[5, 6, 7])
    spent = since(start)
    return {"cpu": spent["cpu"] * len(numbers) / KMODES_ROWS, "cost": float(model.cost_) / KMODES_ROWS}


def engine():
    from workbench.clustering import build_features, fit_segments
    from workbench.core.bulk import keep_rows
    from workbench.core.engine import DuckDBEngine
    from workbench.tiers import TierRules, grade

    duck = DuckDBEngine(memory_limit="2GB")
    people = keep_rows(
        duck,
        """SELECT 'C' || lpad(CAST(range AS VARCHAR), 9, '0') AS customer_id,
                  CAST(exp(5 + 2 * (hash(range) % 1000) / 1000.0) AS DOUBLE) AS monetary,
                  CAST(1 + hash(range + 7) % 40 AS BIGINT) AS frequency,
                  CAST(hash(range + 99) % 700 AS BIGINT) AS recency_days,
                  CASE WHEN hash(range + 5) % 10 = 0 THEN hash(range + 3) % 5 + 1 END AS satisfaction
           FROM range(10000000)""",
        stem="people",
    )
    model = fit_segments(build_features(people, ["recency_days", "frequency", "monetary"]), k=8, seed=1)
    rules = TierRules.of(
        [
            {"name": "A", "minimum": {"monetary": 700, "frequency": 20, "satisfaction": 3}},
            {"name": "B", "minimum": {"monetary": 300}, "maximum": {"recency_days": 365}},
            {"name": "C"},
        ]
    )
    start = used()
    graded = grade(people, rules, value="monetary")
    middle = used()
    model.assign_table(people)
    spent = since(start)
    spent["grading"], spent["assigning"] = (
        middle["wall"] - start["wall"],
        spent["wall"] - middle["wall"] + start["wall"],
    )
    return spent | {"first_tier": int(graded.summary["customers"].iloc[0])}


# ---------------------------------------------------------------- the verdict on data of known structure
def scenario(name, seed):
    rng, rows = np.random.default_rng(seed), 600
    if name == "correlated cloud":
        shape = np.linalg.cholesky([[1, 0.8, 0.3], [0.8, 1, 0.4], [0.3, 0.4, 1]])
        return pd.DataFrame(rng.normal(size=(rows, 3)) @ shape.T), None
    if name == "uniform box":
        return pd.DataFrame(rng.uniform(size=(rows, 3))), None
    if name == "heavy tails":
        return pd.DataFrame(rng.standard_t(5, size=(rows, 4))), None
    if name == "one skewed population of buyers":
        from workbench.clustering import build_features

        rate = rng.gamma(1.2, 6, rows)
        often = 1 + rng.poisson(rate)
        raw = {
            "customer_id": [str(i) for i in range(rows)],
            "frequency": often,
            "recency_days": rng.exponential(365 / (1 + rate)).round(),
            "monetary": (often * rng.lognormal(4, 0.5, rows)).round(2),
        }
        return build_features(pd.DataFrame(raw)), None
    k, features = int(rng.integers(2, 7)), int(rng.integers(2, 6))
    while True:  # centres at least seven standard deviations apart
        centres = rng.normal(size=(k, features)) * 6
        apart = [np.linalg.norm(centres[i] - centres[j]) for i in range(k) for j in range(i)]
        if min(apart) >= 7:
            break
    share = np.linspace(1, 3, k) if name == "groups of unequal size and width" else np.ones(k)
    group = rng.integers(0, k, rows) if name == "groups of equal size" else rng.choice(k, rows, p=share / share.sum())
    width = rng.uniform(0.7, 1.3, k)[group, None] if name == "groups of unequal size and width" else 1.0
    return pd.DataFrame(centres[group] + rng.normal(size=(rows, features)) * width), k


KINDS = (
    "correlated cloud",
    "uniform box",
    "heavy tails",
    "one skewed population of buyers",
    "groups of equal size",
    "groups of unequal size and width",
)


def verdict(seeds):
    from workbench.clustering import choose_k

    for name in KINDS:
        right = 0
        for seed in range(seeds):
            data, k = scenario(name, seed)
            found = choose_k(data, range(2, 9), criteria=("silhouette", "gap"), seed=seed)
            right += (not found.natural) if k is None else (found.natural and found.k == k)
        print(f"  {name:34s} right in {right} of {seeds} seeds", flush=True)


# ---------------------------------------------------------------- one process each
def start_part(python, part):
    if not Path(python).exists():
        return f"not measured: no {python}"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), __file__, "--run", part], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        return f"not measured: {(done.stderr.strip().splitlines() or ['?'])[-1][:150]}"
    return json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])


def measure_r(code, values):
    if not shutil.which("Rscript"):
        return "not measured: R is not installed"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pd.DataFrame(values).to_csv(folder / "data.csv", index=False)
        (folder / "run.R").write_text(code)
        done = subprocess.run(
            ["Rscript", folder / "run.R", folder / "data.csv"], capture_output=True, text=True, check=False
        )
    return "not measured: R lacks the package" if done.returncode else {"cpu": float(done.stdout.strip())}


def told(name, found, goal, met):
    if isinstance(found, str):
        return print(f"  {name}: {found}")
    extra = ", ".join(f"{k} {v:.3g}" for k, v in found.items() if k not in ("cpu", "wall", "memory"))
    verdict_text = "" if met is None else f"; goal {goal}: {'met' if met else 'MISSED'}"
    return print(
        f"  {name:34s} {found['cpu']:8.2f} CPU s, {found['wall']:7.2f} s, {found['memory']:5.2f} GiB"
        f"{'; ' + extra if extra else ''}{verdict_text}"
    )


def peer(name, found, mine, goal):
    if isinstance(found, str):
        return print(f"    {name}: {found} (goal: {goal} times faster)")
    ratio = found["cpu"] / mine["cpu"]
    return print(
        f"    {name}: {found['cpu']:.1f} CPU s, {ratio:.1f} times as long (goal {goal}: "
        f"{'met' if ratio >= goal else 'MISSED'})"
    )


PARTS = {
    "bootstrap": bootstrap,
    "bootstrap_million": bootstrap_million,
    "gap": gap,
    "prototypes": prototypes,
    "engine": engine,
    "kmodes_peer": kmodes_peer,
}


def main(parts):
    if "bootstrap" in parts:
        mine = start_part(sys.executable, "bootstrap")
        told("k-means, 100 bootstraps, 100k × 8", mine, "", None)
        peer("R fpc::clusterboot (3 of 100)", measure_r(R_BOOT, blobs(100_000)), mine, 5)
    if "bootstrap_million" in parts:
        found = start_part(sys.executable, "bootstrap_million")
        told("k-means, 100 bootstraps, 1M × 8", found, "60 s", isinstance(found, dict) and found["wall"] < 60)
    if "gap" in parts:
        mine = start_part(sys.executable, "gap")
        told("gap, B = 50, k ≤ 8, 10k × 8", mine, "", None)
        peer("R cluster::clusGap (5 of 50)", measure_r(R_GAP, blobs(10_000)), mine, 20)
    if "prototypes" in parts:
        mine = start_part(sys.executable, "prototypes")
        told("k-prototypes, 5 starts, 100k × 8", mine, "", None)
        peer(f"kmodes ({KMODES_ROWS:,} rows, scaled up)", start_part(PEERS, "kmodes_peer"), mine, 50)
    if "engine" in parts:
        found = start_part(sys.executable, "engine")
        met = isinstance(found, dict) and found["wall"] < 30 and found["memory"] < 3
        told("10M graded and assigned in DuckDB", found, "30 s, 3 GiB", met)


if __name__ == "__main__":
    if "--run" in sys.argv:
        warnings.simplefilter("ignore")
        print(json.dumps(PARTS[sys.argv[sys.argv.index("--run") + 1]]()))
    else:
        number = int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else 100
        asked = [a for a in sys.argv[1:] if a in PARTS or a == "verdict"] or [p for p in PARTS if p != "kmodes_peer"]
        if "verdict" in asked:
            verdict(number)
        main(asked)
