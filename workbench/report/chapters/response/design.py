"""Chapter 20, the design: with which probability each customer was asked, and how the estimators learn of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.core.names import BASE_WEIGHT, CUSTOMER_ID, INCLUSION_PROBABILITY
from workbench.estimation import Design, Replicates, ReplicateWeights
from workbench.sampling.design import VarianceRule
from workbench.sampling.designs import DESIGNS
from workbench.sampling.frame import named_levels
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan
from workbench.weighting import Weights, rake

RAKING_TOTALS = "raking_totals"
WEIGHT_REPLICATES = "weight_replicates"
AS_DRAWN: Mapping[str, Any] = {"stratum": "stratum", "psu_labels": "within_stratum", "lonely_psu": "average"}
TOGETHER = "by_sample"  # column of respondents of several samples: which one each came by


def with_drawn_probabilities(asked: pd.DataFrame, plan: SamplePlan) -> pd.DataFrame:
    """Return those asked, reserve customers called in among them, with the probability of having been asked."""
    return DESIGNS[plan.design].chances_of_asked(asked)


def with_levels(rows: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return rows whose columns of the frame are texts, a missing value among them, as the frame's totals have it."""
    return rows.assign(**{c: named_levels(rows[c]) for c in columns})


def raking_margins(totals: pd.DataFrame) -> dict[str, pd.Series]:
    """Return column → totals of its levels in the frame, as `rake` wants them.

    Parameters
    ----------
    totals
        ``variable``, ``group``, ``population``.
    """
    return {str(c): part.set_index("group")["population"] for c, part in totals.groupby("variable", sort=False)}


def raked_anew(wave: Wave) -> Weights | None:
    """Rake the respondents' base weights to the totals kept with them; None where weights were made otherwise."""
    if not wave.has(RAKING_TOTALS):
        return None
    totals = wave.read(RAKING_TOTALS)
    respondents = wave.read("respondents")
    levels = with_levels(respondents, totals["variable"].unique())
    return rake(levels, raking_margins(totals), weight="base_weight")


def survey_design(wave: Wave) -> Design:
    """Return the design of a wave's respondents, as the sample was drawn and weighted.

    What the sample's design means for variances is said by the design itself (`VarianceRule`); it counts where all the
    columns that it names came along with the answers. Without them units count as drawn with replacement, which does
    not understate errors. Raked weights bring their totals along, so that errors count what raking gained. Replicate
    weights that came with the answers say by themselves how much estimates vary.
    """
    columns = wave.columns("respondents")
    more: dict[str, Any] = {"calibration": raked_anew(wave)}
    given = wave.config.response.replicates
    if given is not None:
        more["replicates"] = Replicates(**given.model_dump())
    elif wave.has(WEIGHT_REPLICATES):
        more = {"replicates": _weighed_anew(wave)}
    if wave.config.response.psu is not None:
        return Design(psu="psu", weight="weight", **AS_DRAWN, **more)
    if more.get("replicates") is not None:
        return Design(weight="weight", **AS_DRAWN, **more)
    return replace(design_drawn(wave, columns, weight="weight"), **more)


def design_drawn(wave: Wave, columns: Sequence[str], *, weight: str) -> Design:
    """Return the design by which a wave's sample was drawn, for a table with some columns and weights of one's own."""
    rule = variance_rule(wave)
    if TOGETHER in columns:
        # samples drawn in different ways: units count as drawn with replacement, which does not understate errors
        return Design(psu="psu", weight=weight, **AS_DRAWN)
    drawn = BASE_WEIGHT in columns or INCLUSION_PROBABILITY in columns or not rule.chances
    if not drawn or not set(rule.columns) <= set(columns):
        return Design(weight=weight, **AS_DRAWN)
    return Design(
        weight=weight,
        psu=_one(rule.stages),
        population=_one(rule.populations),
        order=rule.order,
        without_replacement=rule.chances,
        **AS_DRAWN,
    )


def _weighed_anew(wave: Wave) -> ReplicateWeights:
    """Return the replicates that redid the weighting, in the order of the respondents."""
    answers = wave.read("respondents", columns=[CUSTOMER_ID])
    kept = wave.read(WEIGHT_REPLICATES).set_index(CUSTOMER_ID).loc[answers[CUSTOMER_ID]]
    return ReplicateWeights.from_table(kept, answers.index, centre="estimate", alone=True)


def variance_rule(wave: Wave) -> VarianceRule:
    """Return what the design of the wave's sample says of its variance."""
    plan = wave.config.sample
    return DESIGNS[plan.design].variance(plan.of_design)


def _one(names: tuple[str, ...]) -> str | list[str] | None:
    return (names[0] if len(names) == 1 else list(names)) if names else None
