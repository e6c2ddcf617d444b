"""Chapter 10, the draw: from a wave's customer list and plan to its sample, and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.engine import as_table
from workbench.report.chapters.sample import (
    design as sample_design,
)
from workbench.report.chapters.sample import (
    history as sample_history,
)
from workbench.report.chapters.sample import (
    panel as sample_panel,
)
from workbench.report.chapters.sample import (
    plan as sample_plan,
)
from workbench.report.chapters.sample import (
    spot_check as sample_check,
)
from workbench.report.chapters.sample.chapter import frame_table as customer_table
from workbench.report.chapters.sample.chapter import make_frame, whole_sample
from workbench.report.chapters.sample.views import statement_texts
from workbench.report.run.release import RELEASED
from workbench.sampling import (
    Allocation,
    Frame,
    FrameSummary,
    Overlap,
    Sample,
    SampleSize,
    Statement,
    draw,
    frame_summary,
    sampling_statement,
)
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan

MADE_BY = "10_sample"


@dataclass(frozen=True, eq=False)
class SampleDraw:
    """A wave's sample and the steps that led to it.

    Attributes
    ----------
    frame, summary
        Who may be drawn, and how many customers each rule leaves.
    plan
        The plan of ``wave.yaml``, with what clusters ask for on top.
    assumed
        What the size assumes of the answers, from the wave before.
    size, planned, allocation
        Interviews wanted, the strata with their planning values, and how many customers each gives.
    sparing
        Whom earlier waves leave out.
    sample, shared
        The draw, and its overlap with earlier ones.
    panel, rewards, spot_check
        Where they are planned.
    statement
        What an auditor needs to repeat the draw.
    """

    frame: Frame
    summary: FrameSummary
    plan: SamplePlan
    assumed: pd.DataFrame
    size: SampleSize
    planned: pd.DataFrame
    allocation: Allocation
    sparing: sample_history.Sparing
    sample: Sample
    shared: Overlap
    panel: sample_panel.Panel | None
    rewards: pd.DataFrame | None
    spot_check: sample_check.SpotCheck | None
    statement: Statement

    @property
    def open_frame(self) -> Frame:
        """The frame without customers who refused to be contacted."""
        return sample_history.contactable(self.frame)


def draw_sample(wave: Wave) -> SampleDraw:
    """Draw a wave's sample as its ``wave.yaml`` says, and keep what later steps use of it.

    Parameters
    ----------
    wave
        A wave with a customer list.

    Returns
    -------
    SampleDraw
        The same for the same customer list, plan and salt. A sample that was released to the field stays the wave's
        sample; the draw is then its repetition.
    """
    salt = wave.config.sample.salt or wave.config.study
    people = wave.keep("frame", customer_table(wave), made_by=MADE_BY, order_by="customer_id")
    frame = make_frame(as_table(people, wave.engine), wave)
    summary = frame_summary(frame)
    plan = sample_design.with_design_effect(wave.config.sample, frame)
    assumed = sample_plan.assumptions(wave)
    size = sample_plan.wanted_size(plan, assumed, summary.eligible)
    sparing = sample_history.spare_earlier(frame, wave, salt)
    planned = sample_plan.planning_table(summary, plan, size, assumed, sparing.available())
    allocation = sample_plan.allocate_sample(planned, plan, size)
    design = sample_design.design_of(plan, allocation, sparing.frame)
    sample = sparing.with_chances(draw(sparing.frame, design, salt=salt, start=sparing.start))
    open_frame = sample_history.contactable(frame)
    panel = sample_panel.panel_of(wave, open_frame)
    statement = sampling_statement(
        sample_history.with_plain_conditions(sample, frame),
        summary,
        wave=wave.config.wave,
        frame_of=wave.config.as_of,
        burden=sparing.burden,
    )
    drawn = SampleDraw(
        frame=frame,
        summary=summary,
        plan=plan,
        assumed=assumed,
        size=size,
        planned=planned,
        allocation=allocation,
        sparing=sparing,
        sample=sample,
        shared=sample_history.overlap_with(sample, sparing),
        panel=panel,
        rewards=sample_panel.panel_rewards(panel, wave.config.panel) if panel and wave.config.panel else None,
        spot_check=sample_check.spot_check_of(wave, open_frame),
        statement=statement,
    )
    _keep(wave, drawn)
    return drawn


def _keep(wave: Wave, drawn: SampleDraw) -> None:
    whole = whole_sample(drawn.sample)
    panel, check = drawn.panel, drawn.spot_check
    kept: dict[str, pd.DataFrame | None] = {
        "frame_strata": drawn.summary.strata,
        "sample_assumptions": drawn.assumed,
        "sample": wave.read(RELEASED) if wave.has(RELEASED) else whole,
        "sampling_statement": statement_texts(drawn.statement),
        "panel_members": panel.members if panel else None,
        "panel_strata": panel.strata if panel else None,
        "panel_rewards": drawn.rewards,
        "spot_check": check.drawn if check else None,
    }
    for name, table in kept.items():
        if table is None:
            wave.forget(name)
        else:
            wave.keep(name, table, made_by=MADE_BY)
