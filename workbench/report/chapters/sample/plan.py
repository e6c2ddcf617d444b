"""Chapter 10, the plan: what is assumed of the answers, how many to ask, and how they are shared out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.run.release import ASSUMED, RELEASED
from workbench.sampling import (
    Allocation,
    FrameSummary,
    SampleSize,
    allocate,
    allocate_for_targets,
    expected_precision,
    sample_size,
    size_by_domain,
)
from workbench.sampling.frame import MISSING_STRATUM
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan

ANSWERS_NEEDED = 30  # fewer say little about a stratum's spread
WHOLE = "all"
FREE = 1e6  # a margin that asks for nothing
ASSUMED_COLUMNS = ("stratum", "promoters", "detractors", "n", "wave")
METHODS: Mapping[str, Message] = {
    "proportional": message("Proportional: every customer has the same chance"),
    "equal": message("Equal: every stratum as many"),
    "neyman": message("Neyman: more where answers differ more"),
    "optimal": message("Cost-optimal: fewer where asking costs more"),
    "power": message("Power: between equal and Neyman"),
    "fewest": message("Fewest: just enough for every margin"),
}
CHOSEN = message("As drawn, with all requirements")
COMPARED = {
    "allocation": Column(message("Allocation")),
    "n": Column(message("Customers asked"), "int"),
    "smallest": Column(message("In the smallest stratum"), "int"),
    "margin": Column(message("Margin for all (±)"), "dec1"),
    "widest": Column(message("Widest margin of a group (±)"), "dec1"),
    "deff": Column(message("Design effect"), "dec2"),
}


def assumptions(wave: Wave) -> pd.DataFrame:
    """Return what last wave found of promoters and detractors: for all, and by stratum.

    Frozen once the sample is released, so that later answers cannot change a sample that is in the field.

    Returns
    -------
    DataFrame
        ``stratum`` (``all`` first), ``promoters``, ``detractors`` (shares), ``n``, ``wave``; without rows where nothing
        is known.
    """
    if wave.has(ASSUMED):
        return wave.read(ASSUMED)
    plan, before = wave.config.sample, wave.previous
    nothing = pd.DataFrame(
        {c: pd.Series([], dtype="str" if c in ("stratum", "wave") else "float64") for c in ASSUMED_COLUMNS}
    )
    if before is None or plan.target != "nps" or plan.expect == "worst_case":
        return nothing
    answers = _answers(before)
    if answers is None or len(answers) < ANSWERS_NEEDED:
        return nothing
    rows = [(WHOLE, answers), *((str(s), part) for s, part in answers.groupby("stratum"))]
    shares = [(s, *_shares(part), len(part), before.config.wave) for s, part in rows]
    return pd.DataFrame(shares, columns=list(ASSUMED_COLUMNS))


def _answers(before: Wave) -> pd.DataFrame | None:
    if "recommend" in before.columns("respondents"):
        answers = before.read("respondents")
    elif "recommend" in before.columns("responses") and before.has(RELEASED):
        # not weighted yet: good enough to plan a size by
        strata = before.read(RELEASED, columns=["customer_id", "stratum"])
        answers = before.read("responses", columns=["customer_id", "recommend"]).merge(strata, on="customer_id")
    else:
        return None
    return answers[answers["recommend"].notna()]


def _shares(answers: pd.DataFrame) -> tuple[float, float]:
    weight = answers["weight"].to_numpy(dtype=float) if "weight" in answers else np.ones(len(answers))
    score = answers["recommend"].to_numpy(dtype=float)
    return float(weight[score >= 9].sum() / weight.sum()), float(weight[score <= 6].sum() / weight.sum())


def wanted_size(plan: SamplePlan, assumed: pd.DataFrame, population: int) -> SampleSize:
    """Return the size that the wave's margin needs, or the margin that its `n` gives."""
    rule = {**_rule(plan, assumed), "population": population, "response_rate": plan.response_rate}
    size = sample_size(plan.margin, **rule)
    if plan.n is not None and plan.n < population:
        size = sample_size(size.margin_for(plan.n), **rule)
    costs = plan.costs
    if costs is None:
        return size
    return size.with_cost(per_invitation=costs.per_invitation, per_complete=costs.per_interview, fixed=costs.fixed)


def _rule(plan: SamplePlan, assumed: pd.DataFrame) -> dict[str, Any]:
    rule: dict[str, Any] = {"target": plan.target, "confidence": plan.confidence, "design_effect": plan.design_effect}
    if plan.target == "nps" and len(assumed):
        first = assumed.iloc[0]
        rule["proportion"] = (float(first["promoters"]), float(first["detractors"]))
    return rule


def planning_table(
    summary: FrameSummary, plan: SamplePlan, size: SampleSize, assumed: pd.DataFrame, available: pd.Series | None
) -> pd.DataFrame:
    """Return the strata with everything that decides their sizes.

    Returns
    -------
    DataFrame
        The strata with ``std_dev`` (of one answer, design effect included), ``response_rate``, ``cost``, ``maximum``
        (who may be asked), ``minimum`` (the plan's, and what the margins of the domains need).
    """
    strata = summary.strata.copy()
    for column in strata.columns.difference(["stratum", "population", "share"]):
        strata[column] = strata[column].astype("object").where(strata[column].notna(), MISSING_STRATUM).astype(str)
    known = assumed[assumed["n"] >= ANSWERS_NEEDED].set_index("stratum")
    shares = known["promoters"] + known["detractors"] - (known["promoters"] - known["detractors"]) ** 2
    spread = 100 * shares.pow(0.5)
    strata["std_dev"] = strata["stratum"].map(spread).fillna(size.rule.spread) * math.sqrt(plan.design_effect)
    strata["response_rate"] = by_group(strata, plan.response_rates, plan.response_rate)
    if plan.stratum_costs:
        strata["cost"] = by_group(strata, plan.stratum_costs, 1.0)
    limit = strata["population"] if available is None else strata["stratum"].map(available).fillna(0).astype("int64")
    strata["maximum"] = limit.clip(upper=plan.maximum_per_stratum)
    floors = [strata["maximum"].clip(upper=plan.minimum_per_stratum).to_numpy()]
    if plan.design != "simple":
        floors += [domain_floor(strata, column, plan) for column in plan.domain_margins]
    strata["minimum"] = np.maximum.reduce(floors)
    return strata


def by_group(strata: pd.DataFrame, given: Mapping[str, Mapping[str, float]], default: float) -> pd.Series:
    """Return one number per stratum: the given one of its group, else `default`."""
    found = pd.Series(float(default), index=strata.index)
    for column, values in given.items():
        if column not in strata:
            raise InputError(
                "Numbers by group name a stratum column.",
                found=repr(column),
                fix=f"Use one of {', '.join(map(str, strata.columns))}.",
                where="wave.yaml",
            )
        unknown = sorted(set(values) - set(strata[column].astype(str)))
        if unknown:
            raise InputError(
                f"Numbers by {column} name groups of the frame.",
                found=", ".join(unknown),
                fix=f"There are {', '.join(sorted(set(strata[column].astype(str))))}.",
                where="wave.yaml",
            )
        found = strata[column].astype(str).map(values).fillna(found).astype(float)
    return found


def domain_sizes(strata: pd.DataFrame, column: str, plan: SamplePlan) -> pd.DataFrame:
    """Return the size that each group of a stratum column needs for its margin, as far as it can be reached.

    Returns
    -------
    DataFrame
        ``domain``, ``population``, ``margin``, ``completes``, ``invitations``, ``maximum`` (who may be asked).
    """
    groups = strata.assign(
        domain=strata[column].astype(str),
        expected=strata["population"] * strata["response_rate"],
        squares=strata["population"] * strata["std_dev"] ** 2,
    ).groupby("domain")
    domains = groups[["population", "maximum", "expected", "squares"]].sum().reset_index()
    domains["response_rate"] = domains["expected"] / domains["population"]
    domains["std_dev"] = (domains["squares"] / domains["population"]).pow(0.5)  # the design effect is in it
    wanted = plan.domain_margins[column]
    margins = dict.fromkeys(domains["domain"], wanted) if isinstance(wanted, float | int) else dict(wanted)
    by_group(strata, {column: margins}, 0)  # refuses groups that are not there
    named = domains[domains["domain"].isin(margins)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)  # the page counts the groups that fall short
        known = named[["domain", "population", "response_rate", "std_dev"]]
        sizes = size_by_domain(known, margins, target="mean", confidence=plan.confidence)
    return sizes.merge(named[["domain", "maximum"]], on="domain")


def domain_floor(strata: pd.DataFrame, column: str, plan: SamplePlan) -> np.ndarray:
    """Return the least size of every stratum so that each group of `column` reaches its margin."""
    floor = pd.Series(0, index=strata.index)
    for row in domain_sizes(strata, column, plan).itertuples():
        inside = strata[strata[column].astype(str) == row.domain]
        n = min(int(str(row.invitations)), int(inside["maximum"].sum()))
        part = inside[["stratum", "population", "response_rate", "maximum"]]
        floor[inside.index] = allocate(part, n, minimum=0).table["n"].to_numpy()
    return floor.to_numpy()


def allocate_sample(strata: pd.DataFrame, plan: SamplePlan, size: SampleSize) -> Allocation:
    """Share the sample out: as many as the margins need, or the plan's `n`, within every bound.

    Oversampling small groups costs precision for all, so the size grows until the margin for all holds again; where
    even asking everybody who may be asked is not enough, they are all asked and the note says so.
    """
    if plan.design == "simple":
        return allocate(strata.assign(minimum=0), simple_size(strata, plan, size))
    if plan.allocation == "fewest":
        return fewest(strata, plan)
    most, floors = int(strata["maximum"].sum()), int(strata["minimum"].sum())
    method = plan.allocation

    def of(n: int) -> Allocation:
        return allocate(strata, n, method=method, exponent=plan.exponent)

    if plan.n is not None:
        return of(min(round(plan.n / plan.response_rate), most))
    low, high = min(max(size.invitations, floors), most), most

    def reached(n: int) -> bool:
        return _margin(of(n).table, plan) <= plan.margin

    if not reached(low):
        while low < high:  # margins fall as n grows
            middle = (low + high) // 2
            low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return of(low)


def fewest(strata: pd.DataFrame, plan: SamplePlan) -> Allocation:
    """Return the allocation of fewest invitations that meets the margin for all and the domains' margins."""
    z = NormalDist().inv_cdf(0.5 + plan.confidence / 2)
    known = strata.assign(mean_whole=1.0, std_dev_whole=strata["std_dev"])
    column = next(iter(plan.domain_margins), None)
    domain_targets = None
    if column is not None:
        wanted = plan.domain_margins[column]
        margins = {} if isinstance(wanted, float | int) else wanted
        group = known[column].astype(str)
        # a mean equal to the margin makes one target, 1 / z, of different margins
        everywhere = FREE if margins else float(str(wanted))
        known["mean_group"] = [margins.get(g, everywhere) for g in group]
        known["std_dev_group"] = known["std_dev"]
        known["domain"] = group
        domain_targets = {"group": 1 / z}
    return allocate_for_targets(
        known.drop(columns=["minimum", "std_dev", "cost"], errors="ignore"),
        {"whole": plan.margin / z},
        domain="domain" if column else None,
        domain_targets=domain_targets,
        minimum=plan.minimum_per_stratum,
    )


def _margin(table: pd.DataFrame, plan: SamplePlan) -> float:
    used = table[table["n"] > 0]
    return float(expected_precision(used, confidence=plan.confidence).table["margin"].iloc[0])


def simple_size(strata: pd.DataFrame, plan: SamplePlan, size: SampleSize) -> int:
    """Return the size of a simple random sample that is expected to give every group its size."""
    most = int(strata["maximum"].sum())
    if plan.n is not None:
        return min(round(plan.n / plan.response_rate), most)
    needs = [size.invitations]
    for column in plan.domain_margins:
        sizes = domain_sizes(strata, column, plan)
        needs.append(math.ceil((sizes["invitations"] / sizes["population"]).max() * strata["population"].sum()))
    return min(max(needs), most)


def compare_allocations(strata: pd.DataFrame, plan: SamplePlan, chosen: Allocation, column: str | None) -> pd.DataFrame:
    """Return what each way of sharing out the same number of customers gives.

    Returns
    -------
    DataFrame
        ``allocation``, ``n``, ``smallest``, ``margin`` (for all), ``widest`` (of the groups of `column`), ``deff``.
    """
    bare = strata.assign(minimum=np.minimum(2, strata["maximum"]))
    made: list[tuple[Message, Allocation]] = [(CHOSEN, chosen)]
    for method, label in METHODS.items():
        if method == "optimal" and "cost" not in strata:
            continue
        try:
            other = (
                fewest(strata, plan)
                if method == "fewest"
                else allocate(bare, chosen.n, method=method, exponent=plan.exponent)  # type: ignore[arg-type]
            )
        except InputError:  # these bounds leave it no room
            continue
        made.append((label, other))
    keys = ["stratum", "std_dev", "response_rate", *([column] if column else [])]
    rows = []
    for label, allocation in made:
        sizes = allocation.table[["stratum", "population", "n"]].merge(strata[list(dict.fromkeys(keys))], on="stratum")
        found = expected_precision(sizes[sizes["n"] > 0], domain=column, confidence=plan.confidence).table
        widest = float(found["margin"].iloc[1:].max()) if column else math.nan
        smallest = int(sizes["n"].min())
        rows.append((label, allocation.n, smallest, found["margin"].iloc[0], widest, found["deff"].iloc[0]))
    return pd.DataFrame(rows, columns=list(COMPARED))


def compared_columns(shown: Mapping[str, Column]) -> dict[str, Column]:
    """Return the columns of the comparison, with margins in the style in which `shown` has them."""
    return {c: replace(column, style=shown[c].style if c in shown else column.style) for c, column in COMPARED.items()}


def reach_notes(strata: pd.DataFrame, plan: SamplePlan) -> list[Note]:
    """Say which margins cannot be reached, whoever is asked."""
    notes = []
    for column in plan.domain_margins:
        sizes = domain_sizes(strata, column, plan)
        short = sizes.loc[sizes["invitations"] > sizes["maximum"], "domain"].tolist()
        if short:
            text = message(
                "The margin wanted by {column} is out of reach in {groups}: everybody who may be asked there is asked.",
                column=column,
                groups=", ".join(short),
            )
            notes.append(Note(text, "caution"))
    none = int((strata["maximum"] == 0).sum())
    if none:
        text = message("{n:int} strata have nobody who may be asked now; the sample says nothing about them.", n=none)
        notes.append(Note(text, "warning"))
    return notes
