"""Chapter 10, the spot check: a sample of its own, drawn on purpose toward risk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench.core.findings import Finding
from workbench.core.language import message
from workbench.core.membership import among
from workbench.report.chapters.sample.words import counted
from workbench.report.run.release import FROZEN
from workbench.sampling import Frame, ProportionalToSize, RiskFrame, draw, score_risk
from workbench.sampling.panel import frame_counts
from workbench.store import Wave
from workbench.store.config.sample import SpotCheckPlan

CHECKED = "spot_check"


@dataclass(frozen=True)
class SpotCheck:
    """A spot check: its ``risks`` with how often they were met, the ``drawn`` customers, and the design effect."""

    risks: RiskFrame
    drawn: pd.DataFrame
    deff: float


def spot_check_of(wave: Wave, frame: Frame) -> SpotCheck | None:
    """Return the spot check of a wave, drawn anew or as it was released; None where the plan has none."""
    plan = wave.config.spot_check
    if plan is None:
        return None
    risks = {r.label.en: (r.when, r.points) for r in plan.risks}
    scored = score_risk(frame, risks, base=plan.base)
    drawn = wave.read(FROZEN[CHECKED]) if wave.has(FROZEN[CHECKED]) else _drawn(scored, wave, plan)
    weight = drawn["base_weight"]
    deff = float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
    return SpotCheck(scored.with_drawn(drawn), drawn, deff)


def _drawn(scored: RiskFrame, wave: Wave, plan: SpotCheckPlan) -> pd.DataFrame:
    # one stratum, and a salt of its own: who is in the main sample has no part in it
    frame = replace(scored.frame, stratum=(), carry=["risk_score"])
    n = min(plan.n, sum(frame_counts(frame).values()))
    sample = draw(frame, ProportionalToSize(n), salt=f"{wave.config.study}-spot-check-{wave.config.wave}")
    return sample.table[["customer_id", "risk_score", "inclusion_probability", "base_weight"]]


def named_risks(check: SpotCheck, plan: SpotCheckPlan) -> RiskFrame:
    """Return the table of risks with their names in every language."""
    names: list[Any] = [r.label for r in plan.risks]
    return replace(check.risks, table=check.risks.table.assign(risk=names))


def spot_check_words(check: SpotCheck, sample: pd.DataFrame) -> list[Finding]:
    """Put the spot check into words."""
    both = int(among(check.drawn["customer_id"], sample.loc[~sample["reserve"], "customer_id"]).sum())
    low, high = check.drawn["base_weight"].min(), check.drawn["base_weight"].max()
    drawn = message(
        "{n:people} customers are checked; {both:people} of them are in the main sample too.",
        n=len(check.drawn),
        both=both,
    )
    return [
        counted("check.drawn", drawn, len(check.drawn), source="spot-check", importance=30),
        counted(
            "check.weights",
            message(
                "Each stands for {low:dec1} to {high:dec1} customers, the risky ones for few. With these weights the "
                "check speaks for all; its design effect for that is {deff:dec2}.",
                low=low,
                high=high,
                deff=check.deff,
            ),
            len(check.drawn),
            source="spot-check",
            importance=28,
        ),
    ]
