"""Do 95 % intervals cover 95 %? Every design, estimator and interval, over many samples from two populations.

One population is skewed by construction, the other is the demo company, whose every customer's answers are known. Each
of 2,000 samples is drawn anew; 50 at a time lie in one table, where the sample's number is the group (`by`) and no
stratum or unit is shared, so that the estimators are called as they are and give what single calls give (checked).

Usage: ``python benchmarks/coverage.py [samples] [folder of the tables]``. Writes coverage.csv and coverage.md.
"""

import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from covered.value import coverage_rows

from workbench.core.errors import UntrustedWarning
from workbench.core.language import message
from workbench.estimation import (
    Design,
    estimate_change,
    estimate_mean,
    estimate_proportion,
    estimate_quantile,
    estimate_ratio,
    estimate_total,
    replicate_weights,
)
from workbench.estimation.intervals import share_interval
from workbench.nps import Measure, Scored, mix_effect, net_promoter_score, scorecard
from workbench.nps.intervals import adjusted_wald, exact_coverage, score, wald
from workbench.store.demo import make_company, population_answers
from workbench.weighting import rake

SEED = 20260930
AT_ONCE = 50
FORMS = ("logit", "beta", "wilson", "xlogit", "likelihood", "asin", "mean")
LOW, HIGH = 0.935, 0.965


EXPLANATION = """\
Populations: *skewed* (20,000 generated units, log-normal sizes) and *demo* (customers of the demo company who are in
both waves). Samples of 400 (stratified: 80 in each stratum; cluster: 40 clusters of 20; two-stage: 60 clusters, 8 of 20
in each; systematic: lists sorted by stratum and size class, successive differences; PPS: Pareto sampling by size,
variance as if drawn with replacement). Raked means meet the population by fifths of size, and by stratum where no
cluster can miss one. The waves of a change share about half of their units; systematic ones are drawn independently.

`too low`: the interval ends below the truth; `too high`: it begins above. `noted`: share of samples whose result
carried a caveat about its interval. With 2,000 samples, 95 % is estimated within ±1 point. Verdicts: *covers*
(93.5–96.5), *cautious* (more), *below, and says so* (less, and at least half of the samples carried the caveat),
*below, silent*.

Quantiles of few answers, stores met again, lists, delivered replicates and skewed means: `edges.md`; weights of several
steps: `coverage_reweighting.md`."""


# ---------------------------------------------------------------- populations
def finish_population(pop, rng):
    """Number units, put them into clusters of 20 that are alike, and into ten size classes."""
    alike = pop["score"].to_numpy(float) + rng.normal(0, 2 * pop["score"].std(), len(pop))
    pop = pop.iloc[np.lexsort((alike, pop["stratum"]))].reset_index(drop=True)
    pop = pop.iloc[: len(pop) // 20 * 20]
    size_class = pd.qcut(pop["size"], 10, labels=False)
    return pop.assign(customer_id=np.arange(len(pop)), psu=np.arange(len(pop)) // 20, size_class=size_class)


def skewed_population(rng):
    n = 20_000
    stratum = rng.choice(5, n, p=[0.35, 0.25, 0.2, 0.12, 0.08])
    mood = rng.normal(0, 1, n)
    size = np.exp(rng.normal(5, 0.8, n) + 0.3 * stratum)
    score = np.clip(np.round(7.5 + 2.2 * mood - 0.3 * stratum), 0, 10).astype(int)
    later = np.clip(np.round(7.8 + 2.2 * (0.7 * mood + 0.7 * rng.normal(0, 1, n)) - 0.3 * stratum), 0, 10).astype(int)
    orders = 1 + rng.poisson(2 + size / 150)
    return finish_population(
        pd.DataFrame(
            {
                "stratum": stratum,
                "size": size,
                "amount": size * rng.gamma(2, 0.5, n),
                "orders": orders,
                "score": score,
                "later": later,
                "yes": rng.random(n) < 0.1 + 0.04 * stratum,
            }
        ),
        rng,
    )


def demo_population(folder, rng):
    make_company(folder, customers=60_000, language="en")
    now, then = (population_answers(folder, w) for w in ("2026q3", "2026q2"))
    both = now[now["eligible"]].merge(then, on="customer_id", suffixes=("", "_before"))
    pop = pd.DataFrame(
        {
            "stratum": both["region"].astype("category").cat.codes.astype(np.int64),
            "size": both["amount_12m_before"] + 500,
            "amount": both["amount_12m"],
            "orders": both["amount_12m_before"] + 1000,
            "score": both["recommend_before"],
            "later": both["recommend"],
            "yes": both["satisfaction"] >= 5,
        }
    )
    return finish_population(pop, rng)


# ---------------------------------------------------------------- designs: rows of one wave, or of two that overlap
class Draw:
    """Draws samples of one design; a second wave starts elsewhere on the same random order and keeps about half."""

    def __init__(self, pop, rng):
        self.pop, self.rng, self.size = pop, rng, len(pop)
        self.members = [np.flatnonzero(pop["stratum"] == s) for s in sorted(pop["stratum"].unique())]

    def srs(self, n=400):
        u = self.rng.permutation(self.size)
        return [{"row": u[start : start + n], "N": self.size, "w": self.size / n} for start in (0, n // 2)]

    def stratified(self, n=80):
        orders = [self.rng.permutation(m) for m in self.members]
        sizes = np.repeat([len(m) for m in self.members], n)
        return [
            {"row": np.concatenate([o[start : start + n] for o in orders]), "N": sizes, "w": sizes / n}
            for start in (0, n // 2)
        ]

    def cluster(self, m=40):
        u, psus = self.rng.permutation(self.size // 20), self.size // 20
        return [
            {"row": (u[start : start + m, None] * 20 + np.arange(20)).ravel(), "N": psus, "w": psus / m}
            for start in (0, m // 2)
        ]

    def two_stage(self, m=60, inside=8):
        psus = self.size // 20
        u, within = self.rng.permutation(psus), np.argsort(self.rng.random((psus, 20)), axis=1)[:, :inside]
        return [
            {"row": (p[:, None] * 20 + within[p]).ravel(), "N": psus, "N2": 20, "w": psus / m * 20 / inside}
            for p in (u[:m], u[m // 2 : m // 2 + m])
        ]

    def systematic(self, n=400):
        # a list sorted by stratum and size class, in an order of its own each time: one list has but n starts
        listed = np.lexsort((self.rng.random(self.size), self.pop["size_class"], self.pop["stratum"]))
        step, waves = self.size / n, []
        for start in self.rng.random(2) * step:
            place = (start + step * np.arange(n)).astype(int)
            waves.append({"row": listed[place], "place": place, "N": self.size, "w": step})
        return waves

    def pps(self, n=400):
        # Pareto sampling: the n smallest odds ratios of permanent random number and inclusion probability
        size = self.pop["size"].to_numpy()
        chance, u = np.minimum(n * size / size.sum(), 0.999), self.rng.random(self.size)
        waves = []
        for v in (u, (u - 0.01) % 1):
            row = np.argpartition(v / (1 - v) / (chance / (1 - chance)), n)[:n]
            waves.append({"row": row, "w": 1 / chance[row]})
        return waves


DESIGNS = {
    "simple random": ("srs", Design(weight="w", stratum="h", population="N")),
    "stratified": ("stratified", Design(weight="w", stratum="h", population="N")),
    "cluster": ("cluster", Design(weight="w", stratum="h", psu="p", population="N")),
    "two-stage": ("two_stage", Design(weight="w", stratum="h", psu=["p"], population=["N", "N2"])),
    "systematic": ("systematic", Design(weight="w", stratum="h", population="N", order="place")),
    "PPS": ("pps", Design(weight="w", stratum="h")),
}


def tables(pop, draw, count):
    """Lay `count` samples of two waves into two tables; strata and units are counted on from sample to sample."""
    waves = ([], [])
    for number in range(count):
        for wave, drawn in zip(waves, draw(), strict=True):
            wave.append(pd.DataFrame({**drawn, "draw": number}))
    strata = int(pop["stratum"].max()) + 1 if draw.__name__ == "stratified" else 1
    result = []
    for wave in waves:
        rows = pd.concat(wave, ignore_index=True)
        data = pd.concat([pop.iloc[rows["row"]].reset_index(drop=True), rows.drop(columns="row")], axis=1)
        result.append(
            data.assign(
                h=data["draw"] * strata + (data["stratum"] if strata > 1 else 0),
                p=data["draw"] * len(pop) + data["psu"],
                id=data["draw"] * len(pop) + data["customer_id"],
                yes=data["yes"].astype(int),
            )
        )
    return result


# ---------------------------------------------------------------- estimators
def counted(result):
    """How many lines of a result carry a caveat about their interval, by its own notes."""
    marks = ("large values", "fewer than five", "fewer than {minimum")
    found = [n.message for n in result.notes if n.severity != "info" and any(m in n.message.template for m in marks)]
    return max((m.values.get("count", m.values.get("small", 0)) for m in found), default=0)


def truths(pop):
    points = np.where(pop["score"] >= 9, 100.0, np.where(pop["score"] >= 7, 0.0, -100.0))
    later = np.where(pop["later"] >= 9, 100.0, np.where(pop["later"] >= 7, 0.0, -100.0))
    return {
        "mean of amount": pop["amount"].mean(),
        "total of amount": pop["amount"].sum(),
        "mean of score": pop["score"].mean(),
        "proportion": pop["yes"].mean(),
        "ratio": pop["amount"].sum() / pop["orders"].sum(),
        "NPS": points.mean(),
        "median of amount": np.sort(pop["amount"])[(len(pop) + 1) // 2 - 1],
        "change in mean": pop["later"].mean() - pop["score"].mean(),
        "change in NPS": later.mean() - points.mean(),
    }


def estimates(first, second, design):
    """Yield estimator, interval, limits of every sample, and how many of them carried a caveat."""
    by = {"by": "draw"}
    for name, estimator in (("mean of amount", estimate_mean), ("total of amount", estimate_total)):
        got = estimator(first, "amount", design, **by)
        yield name, "t", got.table, counted(got)
    got = estimate_mean(first, "score", design, **by)
    yield "mean of score", "t", got.table, counted(got)
    got = estimate_ratio(first, "amount", "orders", design, **by)
    yield "ratio", "t", got.table, counted(got)
    share = estimate_proportion(first, "yes", design, **by)
    kish = first.groupby("draw")["w"].agg(lambda w: w.sum() ** 2 / (w**2).sum()).to_numpy()
    for form in FORMS:
        low, high = share_interval(
            *(share.table[c].to_numpy(float) for c in ("estimate", "std_error", "n")),
            kish,
            share.degrees_of_freedom,
            confidence=0.95,
            interval=form,
        )
        noted = estimate_proportion(first, "yes", design, interval=form, **by) if form in ("mean", "asin") else share
        yield "proportion", form, pd.DataFrame({"ci_low": low, "ci_high": high}), counted(noted)
    for form in ("design", "adjusted_wald", "score"):
        got = net_promoter_score(first, "score", design, interval=form, minimum_base=2, **by)
        yield "NPS", form, got.table, int((got.table["note"] != "").sum())
    for form in ("mean", "beta"):
        got = estimate_quantile(first, "amount", design, probabilities=0.5, interval=form, **by)
        yield "median of amount", f"Woodruff ({form})", got.table, counted(got)
    waves = (first.assign(y=first["score"]), second.assign(y=second["later"]))
    for name, statistic in (("change in mean", "mean"), ("change in NPS", "nps")):
        got = estimate_change(*waves, "y", design, id="id", statistic=statistic, adjust=None, **by)
        yield name, "t", got.table, 0


def check_batch(pop, method, design, rng):
    """A table of many samples gives what each gives alone."""
    first, _ = tables(pop, getattr(Draw(pop, rng), method), 3)
    together = estimate_mean(first, "amount", design, by="draw").table
    for number in range(3):
        alone = estimate_mean(first[first["draw"] == number], "amount", design).table
        columns = ["estimate", "std_error", "ci_low", "ci_high"]
        np.testing.assert_allclose(alone[columns].iloc[0], together[columns].iloc[number], rtol=1e-9)


def run(pop, name, samples, rng):
    truth, rows = truths(pop), []
    for label, (method, design) in DESIGNS.items():
        check_batch(pop, method, design, rng)
        rows += tally(pop, getattr(Draw(pop, rng), method), design, truth, samples, name, label)
    return rows


def tally(pop, draw, design, truth, samples, name, label):
    found = {}
    for start in range(0, samples, AT_ONCE):
        first, second = tables(pop, draw, min(AT_ONCE, samples - start))
        for estimator, interval, table, noted in estimates(first, second, design):
            count(found, (label, estimator, interval), table, truth[estimator], noted)
    return [line(name, *key, values) for key, values in found.items()]


def run_small(pop, samples, rng):
    """Where no method can keep its promise: ten answers, or one case in a hundred."""
    rare = pop.assign(yes=rng.random(len(pop)) < 0.01)
    rows = []
    for table, n, what in ((pop, 10, "n = 10"), (pop, 25, "n = 25"), (rare, 100, "n = 100, p = 0.01")):
        draw = Draw(table, rng)

        def srs(draw=draw, n=n):
            return draw.srs(n)

        rows += tally(
            table, srs, DESIGNS["simple random"][1], truths(table), samples, "skewed", f"simple random, {what}"
        )
    keep = {"mean of amount", "mean of score", "proportion", "NPS"}
    rare_only = [r for r in rows if "0.01" not in r["design"] or r["estimator"] == "proportion"]
    return [r for r in rare_only if r["estimator"] in keep]


def run_one_by_one(pop, name, samples, rng):
    """Estimates that belong to a sample of its own: raked weights whose gain is counted, and the staged bootstrap."""
    truth, found = truths(pop), {}
    pop = pop.assign(band=pop["size_class"] // 2)
    for label in ("simple random", "stratified", "cluster", "PPS"):
        method, design = DESIGNS[label]
        draw = getattr(Draw(pop, rng), method)
        # forty clusters of neighbours may miss a stratum
        known = ("band",) if label == "cluster" else ("band", "stratum")
        margins = {c: pop[c].value_counts().to_dict() for c in known}
        for _ in range(samples):
            data = tables(pop, draw, 1)[0]
            data["raked"] = (raked := rake(data, margins, weight="w")).weights
            calibrated = replace(design, weight="raked", calibration=raked)
            for column in ("amount", "score"):
                got = estimate_mean(data, column, calibrated)
                count(
                    found, (label, f"raked mean of {column}", "t"), got.table, truth[f"mean of {column}"], counted(got)
                )
    design = Design(weight="w", psu=["p", "unit"], population=["N", "N2"])
    draw = Draw(pop, rng).two_stage
    for number in range(samples):
        data = tables(pop, draw, 1)[0].assign(unit=lambda t: t.index)
        boot = Design(weight="w", replicates=replicate_weights(data, design, replicates=200, seed=number))
        got = estimate_mean(data, "score", boot)
        count(found, ("two-stage", "mean of score", "bootstrap of stages"), got.table, truth["mean of score"], 0)
    return [line(name, *key, values) for key, values in found.items()]


def count(found, key, table, truth, noted):
    entry = found.setdefault(key, np.zeros(4))
    entry += (table["ci_low"].notna().sum(), (table["ci_high"] < truth).sum(), (table["ci_low"] > truth).sum(), noted)


def line(name, label, estimator, interval, values):
    known, below, above, noted = values
    return {
        "population": name,
        "design": label,
        "estimator": estimator,
        "interval": interval,
        "samples": int(known),
        "coverage": 1 - (below + above) / known,
        "too_low": below / known,
        "too_high": above / known,
        "noted": noted / known,
    }


def run_loyalty(pop, name, samples, rng):
    """The loyalty room's own intervals: real change at constant composition, regions against all others, steadied."""
    found, group = {}, "size_class"
    points, later = (
        pd.Series(np.where(pop[c] >= 9, 100.0, np.where(pop[c] >= 7, 0.0, -100.0))) for c in ("score", "later")
    )
    means = points.groupby(pop[group]).mean()
    others = (points.sum() - points.groupby(pop[group]).sum()) / (len(pop) - pop.groupby(group).size())
    change = later.mean() - points.mean()
    measures = {"nps": Measure("score", message("NPS"), "nps")}
    for label in ("stratified", "cluster"):
        method, design = DESIGNS[label]
        draw = getattr(Draw(pop, rng), method)
        for _ in range(samples):
            first, second = tables(pop, draw, 1)
            waves = (first.assign(y=first["score"]), second.assign(y=second["later"]))
            split = mix_effect(*waves, design, by=group, column="y", id="id").table
            count(found, (label, "real change in NPS", "t"), split.iloc[[1]], change, 0)
            lines = scorecard(Scored(first, measures, design), by=group, minimum_base=10).table.set_index(group)
            gap = lines.rename(columns={"difference_low": "ci_low", "difference_high": "ci_high"})
            gap = gap.loc[:, ~gap.columns.duplicated(keep="last")]
            count(found, (label, "NPS of a region less all others", "t"), gap, (means - others).loc[gap.index], 0)
            steady = lines.drop(columns=["ci_low", "ci_high"]).rename(
                columns={"shrunken_low": "ci_low", "shrunken_high": "ci_high"}
            )
            count(found, (label, "steadied NPS of a region", "Fay-Herriot"), steady, means.loc[steady.index], 0)
    return [line(name, *key, values) for key, values in found.items()]


def run_exact():
    """Coverage of the NPS intervals from counts, by adding up every possible outcome: the mean over true shares."""
    truths_of = [(p, d) for p in (0.1, 0.3, 0.5, 0.7, 0.9) for d in (0.02, 0.1, 0.2, 0.4) if p + d <= 1]
    rows = []
    for n in (10, 20, 30, 50, 100, 300):
        for interval in (wald, adjusted_wald, score):
            found = [exact_coverage(interval, p, d, n) for p, d in truths_of]
            for what, value in (("mean", float(np.mean(found))), ("worst", min(found))):
                noted = float(n < 100 or interval is wald)
                rows.append(
                    {
                        "population": "every outcome",
                        "design": f"{what} of {len(found)} true shares, n = {n}",
                        "estimator": "NPS",
                        "interval": interval.__name__,
                        "samples": 0,
                        "coverage": value,
                        "too_low": np.nan,
                        "too_high": np.nan,
                        "noted": noted,
                    }
                )
    return rows


# ---------------------------------------------------------------- what is kept
def verdict(row):
    if LOW <= row["coverage"] <= HIGH:
        return "covers"
    if row["coverage"] > HIGH:
        return "cautious"
    return "below, and says so" if row["noted"] >= 0.5 else "below, silent"


def write(table, folder, seconds, samples):
    table.to_csv(folder / "coverage.csv", index=False, float_format="%.4f", lineterminator="\n")
    shown = table.assign(
        **{
            c: (100 * table[c]).map(lambda v: "–" if np.isnan(v) else f"{v:.1f}")
            for c in ("coverage", "too_low", "too_high", "noted")
        }
    )
    lines = [
        "# Coverage of 95 % intervals",
        "",
        f"Made by `make coverage` (`python benchmarks/coverage.py {samples}`), seed {SEED}, {samples:,} samples each, "
        f"{seconds:.0f} CPU seconds. The same numbers are in `coverage.csv`.",
        "",
        EXPLANATION,
        "",
        "| " + " | ".join(c.replace("_", " ") for c in shown.columns) + " |",
        "|" + "---|" * len(shown.columns),
    ]
    lines += ["| " + " | ".join(map(str, r)) + " |" for r in shown.itertuples(index=False, name=None)]
    counts = table["verdict"].value_counts()
    lines += ["", "Verdicts: " + "; ".join(f"{v}: {n}" for v, n in counts.items()) + "."]
    (folder / "coverage.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "docs")
    warnings.simplefilter("ignore", UntrustedWarning)
    start, rng = time.process_time(), np.random.default_rng(SEED)
    skewed = skewed_population(rng)
    rows = run(skewed, "skewed", samples, rng)
    with tempfile.TemporaryDirectory() as place:
        demo = demo_population(Path(place), rng)
    rows += run(demo, "demo", samples, rng)
    rows += run_one_by_one(skewed, "skewed", samples, rng) + run_one_by_one(demo, "demo", samples, rng)
    rows += run_small(skewed, samples, rng)
    rows += run_loyalty(skewed, "skewed", samples, np.random.default_rng(SEED + 1)) + run_exact()
    rows += coverage_rows(max(samples // 2, 2), np.random.default_rng(SEED + 2))
    table = pd.DataFrame(rows)
    table["verdict"] = [verdict(r) for r in rows]
    write(table, folder, time.process_time() - start, samples)
    print(table["verdict"].value_counts().to_string())
    print(table[table["verdict"].str.startswith("below")].to_string(index=False))


if __name__ == "__main__":
    main()
