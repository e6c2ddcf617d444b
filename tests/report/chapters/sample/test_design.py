import numpy as np
import pandas as pd
import pytest

from workbench.report.chapters.sample import design as designs
from workbench.sampling import (
    Cluster,
    Frame,
    Poisson,
    ProportionalToSize,
    SimpleRandom,
    Stratified,
    Systematic,
    TwoStage,
    allocate,
    draw,
    stratum_counts,
)
from workbench.store.config.sample import SamplePlan

PEOPLE = pd.DataFrame({"customer_id": [f"c{i:05d}" for i in range(3000)]})
PEOPLE["store"] = [f"s{i % 60:02d}" for i in range(3000)]
PEOPLE["region"] = np.where(PEOPLE["store"] < "s40", "north", "south")
PEOPLE["amount_12m"] = 1 + np.arange(3000) % 97
STORES = {"psu": "store", "psu_chance": "equal"}


def frame_for(plan):
    return Frame(PEOPLE, stratum="region", **plan.frame_columns)


@pytest.mark.parametrize("options", [{"design": d} for d in ("stratified", "simple", "systematic", "poisson")])
def test_every_design_does_without_strata(options):
    plan = SamplePlan(**options)
    frame = Frame(PEOPLE)
    sample = draw(frame, designs.design_of(plan, allocate(stratum_counts(frame), 400), frame), salt="s")
    assert sample.n == pytest.approx(400, rel=0.15)
    by_size = SamplePlan(design="proportional_to_size", size="amount_12m")
    frame = Frame(PEOPLE, **by_size.frame_columns)
    assert draw(frame, designs.design_of(by_size, allocate(stratum_counts(frame), 400), frame), salt="s").n == 400


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, Stratified),
        ({"design": "simple"}, SimpleRandom),
        ({"design": "systematic", "order_by": ["region"]}, Systematic),
        ({"design": "proportional_to_size", "size": "amount_12m"}, ProportionalToSize),
        ({"design": "poisson"}, Poisson),
        ({"design": "cluster", **STORES}, Cluster),
        ({"design": "two_stage", "per_psu": 10, **STORES}, TwoStage),
    ],
)
def test_every_design_of_the_plan_draws_about_its_sizes(options, kind):
    plan = SamplePlan(**options)
    frame = frame_for(plan)
    allocation = allocate(stratum_counts(frame), 400)
    design = designs.design_of(plan, allocation, frame)
    assert isinstance(design, kind)
    sample = draw(frame, design, salt="s")
    assert len(sample.table) == pytest.approx(400, rel=0.15)
    said = designs.design_notes(sample, allocation)
    assert bool(said) == (len(sample.table) != 400)
    table = designs.cluster_table(sample)
    assert (table is not None) == (plan.psu is not None)
    if table is not None:
        assert table["clusters"].tolist() == [40, 20]


def test_customers_who_answer_alike_raise_the_design_effect():
    plan = SamplePlan(design="two_stage", per_psu=21, response_rate=1, intraclass_correlation=0.1, **STORES)
    assert designs.with_design_effect(plan, frame_for(plan)).design_effect == pytest.approx(3)
    plain = SamplePlan(design="two_stage", per_psu=21, **STORES)
    assert designs.with_design_effect(plain, frame_for(plain)) is plain
