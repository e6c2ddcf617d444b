"""Drivers, scorecard and comments: CPU seconds, memory, and accuracy of the text methods.

Each part runs in a process of its own, BLAS with one thread. The driver analysis is compared with R's relaimpo where R
and that package are installed, and with the plain definition of Shapley shares (one regression per subset) in numpy.
The accuracy of sentiment is measured on labelled Chinese reviews where the folder ``../shared/data/text`` is there.
Usage: ``python benchmarks/loyalty.py``.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
R_CODE = """
suppressMessages(library(relaimpo)); d <- read.csv(commandArgs(TRUE)[1])
t <- proc.time(); r <- calc.relimp(y ~ ., data=d, type="lmg"); e <- proc.time() - t
cat(sum(e[c(1, 2)]), r@lmg)
"""


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def cpu(run):
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def show(what, seconds, goal="", note=""):
    print(f"  {what:<58} {seconds:9.3f} s  {goal:<12} {note}")


def driver_data(rows=2000, count=15):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    common = rng.normal(size=(rows, 1))
    x = 0.6 * common + rng.normal(size=(rows, count))
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(count)])
    return data.assign(y=x @ np.linspace(1, 0, count) + rng.normal(0, 3, rows))


def drivers():
    import numpy as np

    from workbench.nps import key_drivers
    from workbench.nps.importance import shapley, weighted_correlation

    data = driver_data()
    names = [c for c in data if c != "y"]
    seconds, found = cpu(lambda: key_drivers(data, "y", names, bootstrap=500, seed=1))
    show("Shapley, 15 drivers, 500 bootstraps, 100 shuffles", seconds, "goal 10", f"{peak():.2f} GiB")
    correlation = weighted_correlation(data[[*names, "y"]].to_numpy(), np.ones(len(data)))
    shapley(correlation)
    one, fast = cpu(lambda: [shapley(correlation) for _ in range(50)][-1])
    show("  of it, one fit", one / 50)
    seconds, _ = cpu(lambda: key_drivers(data, "y", names, method="johnson", bootstrap=500, seed=1))
    show("Johnson, 15 drivers, 500 bootstraps", seconds)
    steps = data.assign(y=np.digitize(data["y"], np.quantile(data["y"], np.linspace(0.1, 0.9, 9))).astype(float))
    seconds, _ = cpu(lambda: key_drivers(steps, "y", names[:8], method="ordinal", bootstrap=500, seed=1))
    show("ordinal logit, 8 drivers, 10 levels, 500 bootstraps", seconds)

    plain, slow = cpu(lambda: by_definition(correlation))
    assert np.allclose(slow, fast, atol=1e-9)
    show("  one fit by definition, 2^15 regressions in numpy", plain, "", f"{plain / (one / 50):.0f} times as long")
    relaimpo(data, one / 50, found.table.set_index("driver")["importance"].loc[names].to_numpy())


def by_definition(correlation):
    """Shapley shares from one regression for each subset."""
    from itertools import combinations
    from math import factorial

    import numpy as np

    p = len(correlation) - 1
    explained = {(): 0.0}
    for size in range(1, p + 1):
        for subset in combinations(range(p), size):
            rows = list(subset)
            r = correlation[rows, -1]
            explained[subset] = float(r @ np.linalg.solve(correlation[np.ix_(rows, rows)], r))
    shares = np.zeros(p)
    for subset, value in explained.items():
        for j in range(p):
            if j not in subset:
                wider = tuple(sorted((*subset, j)))
                weight = factorial(len(subset)) * factorial(p - len(subset) - 1) / factorial(p)
                shares[j] += weight * (explained[wider] - value)
    return shares


def relaimpo(data, one, ours):
    import tempfile

    import numpy as np

    if shutil.which("Rscript") is None:
        print(
            "  R relaimpo: Rscript is not installed here (about 1 s for one fit at 15 drivers elsewhere: "
            f"{1 / one:.0f} times as long)"
        )
        return
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as handle:
        data[["y", *[c for c in data if c != "y"]]].to_csv(handle.name, index=False)
        done = subprocess.run(["Rscript", "-e", R_CODE, handle.name], capture_output=True, text=True, check=False)
    if done.returncode:
        print("  R relaimpo: the package is not installed here")
        return
    seconds, *shares = map(float, done.stdout.split())
    assert np.allclose(shares, ours, rtol=1e-6)
    show("  one fit in R relaimpo", seconds, "", f"{seconds / one:.0f} times as long")


def scorecards():
    import numpy as np
    import pandas as pd

    from workbench.core.language import message
    from workbench.estimation import Design
    from workbench.nps import MEASURES, Measure, Scored, scorecard

    rng, rows = np.random.default_rng(1), 1_000_000

    def wave(seed):
        draw = np.random.default_rng(seed)
        data = pd.DataFrame(
            {
                "region": draw.integers(0, 50, rows),
                "w": draw.uniform(1, 3, rows),
                "recommend": draw.integers(0, 11, rows),
            }
        )
        for k in range(9):
            data[f"m{k}"] = (draw.random(rows) < 0.6).astype(float) if k < 5 else draw.normal(size=rows)
        return data

    label = message("NPS")
    measures = {"nps": MEASURES["nps"]} | {
        f"m{k}": Measure(f"m{k}", label, "share" if k < 5 else "mean") for k in range(9)
    }
    now, before, design = wave(rng.integers(99)), wave(rng.integers(100, 199)), Design(weight="w", stratum="region")
    seconds, _ = cpu(lambda: scorecard(Scored(now, measures, design)))
    show("scorecard, 1,000,000 answers x 50 regions x 10 measures", seconds, "goal 5", f"{peak():.2f} GiB")
    seconds, _ = cpu(lambda: scorecard(Scored(now, measures, design, before, design)))
    show("  with the change since a wave as large", seconds, "goal 5", f"{peak():.2f} GiB")


def comments():
    import numpy as np
    import pandas as pd

    from workbench.nps import code_comments, comment_sentiment, comment_topics

    rng, rows = np.random.default_rng(1), 100_000
    good = ["服务很好", "价格实惠", "送货很快", "质量不错", "环境干净", "店员热情", "品种齐全", "结账方便"]
    bad = ["态度很差", "价格太贵", "送货太慢", "质量太差", "排队太久", "电话打不通", "总是缺货", "停车不方便"]
    fill = ["我觉得", "上次去", "这家店", "总的来说", "昨天", "每次", "家里人说", "说实话"]
    happy = rng.random(rows) < 0.6
    pick = rng.integers(0, 8, (rows, 4))
    number = rng.integers(0, 10_000, rows)
    text = [
        f"{fill[a]}{(good if h else bad)[b]}，{fill[c]}{(good if h or d % 3 else bad)[d]}{n}"
        for h, (a, b, c, d), n in zip(happy, pick, number, strict=True)
    ]
    data = pd.DataFrame({"comment": text, "recommend": np.where(happy, 10, 3)})
    parts = []
    for name, run in (
        ("coded by the frame, shares by topic", lambda: code_comments(data, "comment", "retail")),
        ("topics found, agreement over 5 starts", lambda: comment_topics(data, "comment", seed=1)),
        ("sentiment cross-validated", lambda: comment_sentiment(data, "comment", "recommend", seed=1)),
    ):
        seconds, _ = cpu(run)
        parts.append(seconds)
        show(f"100,000 comments: {name}", seconds)
    show("100,000 comments, all three", sum(parts), "goal 60", f"{peak():.2f} GiB (goal 2)")


def accuracy():
    import numpy as np
    import pandas as pd

    from workbench.nps import comment_sentiment, comment_topics
    from workbench.nps.text.learned import macro_f1

    if not TEXTS.exists():
        print(f"  accuracy of sentiment: the labelled reviews are not here ({TEXTS})")
        return
    for file in sorted(TEXTS.glob("*.csv")):
        data = pd.read_csv(file).dropna()
        for labels in (300, 1000):
            right, told = [], []
            for seed in range(5):
                part = data.sample(labels + 3000, random_state=seed).reset_index(drop=True)
                score = part["label"].astype(float).where(part.index < labels)
                rows = part.assign(score=score)
                found = comment_sentiment(rows, "review", "score", positive=1, negative=0, seed=seed)
                unseen = part.index >= labels
                called = (found.sentiment > 1 / (1 + np.exp(-found.table["threshold"].item())))[unseen].to_numpy()
                right.append(macro_f1(called, part["label"][unseen].to_numpy())[0])
                told.append(found.table["macro_f1"].item())
            print(
                f"  {file.stem:<22} {labels:>5} labels: macro-F1 {np.mean(right):.3f} of unseen reviews "
                f"(said by cross-validation: {np.mean(told):.3f})"
            )
        topics = comment_topics(data.sample(5000, random_state=1), "review", topics=8, seed=1).table
        print(
            f"  {file.stem:<22} topics: agreement between seeds {topics['agreement'].mean():.2f} "
            f"({(topics['agreement'] >= 0.7).sum()} of {len(topics)} stable)"
        )


PARTS = {"drivers": drivers, "scorecard": scorecards, "comments": comments, "accuracy": accuracy}


def main():
    if len(sys.argv) > 1:
        PARTS[sys.argv[1]]()
        return
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    for name in PARTS:
        print(name, flush=True)
        subprocess.run([sys.executable, __file__, name], check=True, env=alone)


if __name__ == "__main__":
    main()
