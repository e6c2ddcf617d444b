"""Chapter 20, weighed again: replicates that redo every step of weighting, kept for the chapters that estimate."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import BASE_WEIGHT, CUSTOMER_ID
from workbench.core.results import Note
from workbench.estimation import ReplicateWeights, reweight
from workbench.estimation.reweighting import TIMES, Step
from workbench.report.chapters.response.design import WEIGHT_REPLICATES, design_drawn
from workbench.report.chapters.response.weights import Weighted, frame_totals, raked
from workbench.store import Wave
from workbench.store.config.response import ResponsePlan
from workbench.weighting import Weights, adjust_nonresponse, response_propensity, trim

REPLICATES, SEED = 200, 1
PROPENSITY_AGAIN = "propensity_again"


def steps_again(weighted: Weighted, plan: ResponsePlan) -> list[Step]:
    """Return the steps by which a wave was weighted, as functions of a table and its weight column.

    Classes stay as they were formed; chances to answer are estimated, margins met and weights cut anew.
    """
    columns = list(weighted.columns)
    totals = None
    if plan.method == "raking" and weighted.frame is not None:
        totals = frame_totals(weighted.asked, columns, weighted.frame)

    def by_class(table: pd.DataFrame, weight: str) -> Weights:
        return adjust_nonresponse(table, classes="weighting_class", weight=weight, minimum=1)

    def by_propensity(table: pd.DataFrame, weight: str) -> Weights:
        found = response_propensity(table, predictors=columns, weight=weight).classes
        grouped = table.assign(**{PROPENSITY_AGAIN: found})
        return adjust_nonresponse(grouped, classes=PROPENSITY_AGAIN, weight=weight, minimum=1)

    def by_raking(table: pd.DataFrame, weight: str) -> Weights:
        assert totals is not None
        return raked(table, totals, weight)

    def cut(table: pd.DataFrame, weight: str) -> Weights:
        return trim(table, weight=weight, upper=plan.trim, times=TIMES)

    first = {"classes": by_class, "propensity": by_propensity, "raking": by_raking}[plan.method]
    return [first, *([cut] if plan.trim is not None else [])]


def keep_replicates(
    wave: Wave, weighted: Weighted, *, several: bool = False, replicates: int = REPLICATES, seed: int = SEED
) -> list[Note]:
    """Weigh the sample of a wave again in replicates where ``response.variance`` asks for it, and keep these.

    Not where results rest on `several` samples together: their errors come from the formula.

    Returns
    -------
    list of Note
        What a reader must know of the errors; nothing where weights came along, or errors come from a formula.
    """
    plan = wave.config.response
    if plan.variance != "replicates" or BASE_WEIGHT not in weighted.asked:
        wave.forget(WEIGHT_REPLICATES)
        return []
    if several:
        wave.forget(WEIGHT_REPLICATES)
        text = message(
            "Several samples together are not weighed again in replicates: errors come from the formula. Write "
            "response: {{samples: apart}} for replicates of the main sample."
        )
        return [Note(text, "caution")]
    asked = weighted.asked.drop(columns="weight", errors="ignore")
    design = design_drawn(wave, tuple(map(str, asked.columns)), weight=BASE_WEIGHT)
    try:
        made = reweight(asked, design, steps_again(weighted, plan), replicates=replicates, seed=seed)
    except InputError as refused:
        # weights stand without them, and so do the chapters that need weights
        wave.forget(WEIGHT_REPLICATES)
        refusal = message(
            "The sample could not be weighed again in replicates: {rule} Errors come from the formula.",
            rule=refused.rule,
        )
        return [Note(refusal, "caution")]
    known = made.design.replicates
    assert isinstance(known, ReplicateWeights)
    kept = known.as_table().assign(**{CUSTOMER_ID: made.answers[CUSTOMER_ID].to_numpy()})
    wave.keep(WEIGHT_REPLICATES, kept, made_by="20_response")
    text = message(
        "Errors come from {n:int} replicates of the sample, each weighed anew: they count what silence, adjustment and "
        "trimming do. Changes take waves as independent, which overstates their errors where customers answered in "
        "both.",
        n=replicates,
    )
    return [Note(text)]
