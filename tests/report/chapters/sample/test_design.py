import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

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
    return Frame(PEOPLE, stratum="region", psu=plan.psu, size=plan.size)


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


def test_clusters_are_enough_for_the_customers_wanted_and_two_at_least():
    plan = SamplePlan(design="two_stage", per_psu=10, **STORES)
    frame = frame_for(plan)
    allocation = allocate(stratum_counts(frame), 207)
    wanted = allocation.table.set_index("stratum")["n"]
    found = designs.clusters_to_draw(plan, allocation, frame)
    assert found == {s: int(np.ceil(n / 10)) for s, n in wanted.items()}
    few = designs.clusters_to_draw(plan, allocate(stratum_counts(frame), 6), frame)
    assert few == {"north": 2, "south": 2}
    whole = Frame(PEOPLE, psu="store")
    assert designs.clusters_to_draw(plan, allocate(stratum_counts(whole), 100), whole) == 10


def test_customers_who_answer_alike_raise_the_design_effect():
    plan = SamplePlan(design="two_stage", per_psu=21, response_rate=1, intraclass_correlation=0.1, **STORES)
    assert designs.with_cluster_effect(plan, frame_for(plan)).design_effect == pytest.approx(3)
    plain = SamplePlan(design="two_stage", per_psu=21, **STORES)
    assert designs.with_cluster_effect(plain, frame_for(plain)) is plain


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"design": "cluster"}, "need one"),
        ({"psu": "store"}, "belongs to designs"),
        ({"design": "two_stage", "psu": "store"}, "per_psu"),
        ({"design": "proportional_to_size"}, "needs a column of sizes"),
        ({"size": "amount_12m"}, "belongs to design"),
        ({"design": "cluster", "psu": "store", "spare_waves": 1}, "spares by 'exclude'"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused(options, said):
    with pytest.raises(ValidationError, match=said):
        SamplePlan(**options)


def test_without_strata_a_sample_by_strata_is_a_simple_one():
    frame = Frame(pd.DataFrame({"customer_id": [str(i) for i in range(50)]}))
    made = designs.design_of(SamplePlan(), allocate(stratum_counts(frame), 10), frame)
    assert isinstance(made, SimpleRandom)
