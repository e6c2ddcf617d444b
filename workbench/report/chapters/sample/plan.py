"""Chapter 10, the plan: what is assumed of the answers, how many to ask, and how they are shared out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.core.language import message
from workbench.core.listing import listed
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.run.release import ASSUMED, RELEASED
from workbench.sampling import (
    Allocation,
    ComparedAllocations,
    FrameSummary,
    SampleSize,
    allocate,
    allocate_fewest,
    allocate_for_margin,
    by_group,
    compare_allocations,
    earlier_shares,
    group_minimum,
    group_sizes,
    nps_spread,
    sample_size,
    size_for_groups,
)
from workbench.sampling.designs import DESIGNS
from workbench.sampling.frame import named_levels
from workbench.sampling.size import WIDEST
from workbench.sampling.size_search import NAMES
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan

ANSWERS_NEEDED = 30  # fewer say little about a stratum's spread
WHOLE = "all"
ASSUMED_COLUMNS = ("stratum", "promoters", "detractors", "n", "wave")
WHERE = "wave.yaml"


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
    weight = "weight" if "weight" in answers else None
    # answers that nobody drew have one stratum, which is the whole
    parts = [(WHOLE, answers), *((str(s), part) for s, part in answers.groupby("stratum") if str(s) != WHOLE)]
    found = pd.DataFrame([earlier_shares(part, "recommend", weight=weight) for _, part in parts])
    found = found.astype({"n": "int64"}).assign(stratum=[s for s, _ in parts], wave=before.config.wave)
    return found[list(ASSUMED_COLUMNS)]


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


def wanted_size(plan: SamplePlan, assumed: pd.DataFrame, population: int) -> SampleSize:
    """Return the size that the wave's margin needs, or the margin that its `n` gives."""
    rule = {**_rule(plan, assumed), "population": population, "response_rate": plan.response_rate}
    size = sample_size(plan.margin, **rule)
    if plan.n is not None and plan.n < population:
        # a handful of interviews has a margin as wide as the scale
        size = sample_size(min(size.margin_for(plan.n), 0.999 * WIDEST[plan.target]), **rule)
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
        strata[column] = named_levels(strata[column])
    known = assumed[assumed["n"] >= ANSWERS_NEEDED].set_index("stratum")
    spread = nps_spread(known["promoters"], known["detractors"])
    strata["std_dev"] = strata["stratum"].map(spread).fillna(size.rule.spread) * math.sqrt(plan.design_effect)
    strata["response_rate"] = by_group(strata, plan.response_rates, plan.response_rate, where=WHERE)
    if plan.stratum_costs:
        strata["cost"] = by_group(strata, plan.stratum_costs, 1.0, where=WHERE)
    limit = strata["population"] if available is None else strata["stratum"].map(available).fillna(0).astype("int64")
    strata["maximum"] = limit.clip(upper=plan.maximum_per_stratum)
    floors = [strata["maximum"].clip(upper=plan.minimum_per_stratum)]
    if DESIGNS[plan.design].by_strata:
        for column, wanted in plan.domain_margins.items():
            floors.append(group_minimum(strata, column, wanted, confidence=plan.confidence, where=WHERE))
    strata["minimum"] = pd.concat(floors, axis=1).max(axis=1)
    return strata


def allocate_sample(strata: pd.DataFrame, plan: SamplePlan, size: SampleSize) -> Allocation:
    """Share the sample out: as many as the margins need, or the plan's `n`, within every bound.

    Oversampling small groups costs precision for all, so the size grows until the margin for all holds again; where
    even asking everybody who may be asked is not enough, they are all asked and the note says so.
    """
    most = int(strata["maximum"].sum())
    fixed = None if plan.n is None else min(round(plan.n / plan.response_rate), most)
    if not DESIGNS[plan.design].by_strata:
        n = fixed or size_for_groups(strata, plan.domain_margins, least=size.invitations, confidence=plan.confidence)
        return allocate(strata.assign(minimum=0), n)
    if plan.allocation == "fewest":
        return allocate_fewest(strata, plan.margin, **_fewest(plan))
    method, exponent = plan.allocation, plan.exponent
    if fixed is not None:
        return allocate(strata, fixed, method=method, exponent=exponent)
    return allocate_for_margin(
        strata, plan.margin, method=method, exponent=exponent, least=size.invitations, confidence=plan.confidence
    )


def _fewest(plan: SamplePlan) -> dict[str, Any]:
    # the margins of one column can be met with fewest customers at once
    group, margins = next(iter(plan.domain_margins.items()), (None, None))
    return {
        "group": group,
        "margins": margins,
        "minimum": plan.minimum_per_stratum,
        "confidence": plan.confidence,
    }


def compare_ways(strata: pd.DataFrame, plan: SamplePlan, chosen: Allocation, column: str | None) -> pd.DataFrame:
    """Return what each way of sharing out the same number of customers gives, the ways named in words.

    Returns
    -------
    DataFrame
        ``allocation``, ``n``, ``smallest``, ``margin`` (for all), ``widest`` (of the groups of `column`), ``deff``.
    """
    fewest = {**_fewest(plan), "group": column, "margins": plan.domain_margins.get(column or "")}
    found = compare_allocations(strata, chosen, margin=plan.margin, exponent=plan.exponent, **fewest).table
    return found.assign(allocation=pd.Series([NAMES[a] for a in found["allocation"]], dtype=object))


def compared_columns(shown: Mapping[str, Column]) -> dict[str, Column]:
    """Return the columns of the comparison, with margins in the style in which `shown` has them."""
    columns = ComparedAllocations.columns.items()
    return {c: replace(column, style=shown[c].style if c in shown else column.style) for c, column in columns}


def reach_notes(strata: pd.DataFrame, plan: SamplePlan) -> list[Note]:
    """Say which margins cannot be reached, whoever is asked."""
    notes = []
    for column in plan.domain_margins:
        sizes = group_sizes(strata, column, plan.domain_margins[column], confidence=plan.confidence, where=WHERE)
        short = sizes.loc[sizes["invitations"] > sizes["maximum"], "domain"].tolist()
        if short:
            text = message(
                "The margin wanted by {column} is out of reach in {groups}: everybody who may be asked there is asked.",
                column=column,
                groups=listed(short),
            )
            notes.append(Note(text, "caution"))
    none = int((strata["maximum"] == 0).sum())
    if none:
        text = message("{n:int} strata have nobody who may be asked now; the sample says nothing about them.", n=none)
        notes.append(Note(text, "warning"))
    return notes
