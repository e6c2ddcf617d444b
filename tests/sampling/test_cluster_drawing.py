import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Cluster, Frame, TwoStage, allocate, draw, stratum_counts
from workbench.sampling.cluster_drawing import clusters_to_draw
from workbench.sampling.design import PlannedDraw

rng = np.random.default_rng(4)
SIZES = [5, 8, 13, 20, 30, 40, 3, 9]
CUSTOMERS = pd.DataFrame(
    {
        "store": np.repeat([f"store {i}" for i in range(8)], SIZES),
        "region": np.repeat(["n", "n", "n", "n", "s", "s", "s", "s"], SIZES),
    }
)
CUSTOMERS.insert(0, "customer_id", [f"k{i:03d}" for i in range(len(CUSTOMERS))])
FRAME = Frame(CUSTOMERS, stratum="region", psu="store", carry="store")


@pytest.mark.parametrize(
    "design", [Cluster(3), Cluster(3, clusters="size"), TwoStage(3, 4), TwoStage(3, 4, clusters="equal")]
)
def test_horvitz_thompson_totals_are_unbiased(design):
    totals = [draw(FRAME, design, salt=f"s{i}").table["base_weight"].sum() for i in range(35)]
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - 128) < 4 * error + 1.5


def test_arguments_that_do_not_fit():
    with pytest.raises(InputError, match="needs clusters"):
        draw(CUSTOMERS, Cluster(2), salt="s")
    with pytest.raises(InputError, match="not larger than its population"):
        draw(FRAME, Cluster(9), salt="s")
    with pytest.raises(InputError, match="belongs to a cluster"):
        draw(Frame(CUSTOMERS.assign(store=[None, *CUSTOMERS["store"][1:]]), psu="store"), Cluster(1), salt="s")
    with pytest.raises(InputError, match="has an id"):
        draw(
            Frame(CUSTOMERS.assign(customer_id=[None, *CUSTOMERS["customer_id"][1:]]), psu="store"),
            Cluster(1),
            salt="s",
        )
    with pytest.raises(InputError, match="strata"):
        draw(Frame(CUSTOMERS, psu="store"), Cluster({"n": 1}), salt="s")


SHOPS = pd.DataFrame(
    {"customer_id": [f"c{i:05d}" for i in range(3000)], "store": [f"s{i % 60:02d}" for i in range(3000)]}
)
SHOPS["region"] = np.where(SHOPS["store"] < "s40", "north", "south")
STORES = {"psu": "store", "psu_chance": "equal"}


def test_clusters_are_enough_for_the_customers_wanted_and_two_at_least():
    settings = TwoStage.Settings(per_psu=10, **STORES)
    frame = Frame(SHOPS, stratum="region", psu="store")
    allocation = allocate(stratum_counts(frame), 207)
    wanted = allocation.table.set_index("stratum")["n"]
    found = clusters_to_draw(PlannedDraw(allocation, frame, settings))
    assert found == {s: int(np.ceil(n / 10)) for s, n in wanted.items()}
    few = clusters_to_draw(PlannedDraw(allocate(stratum_counts(frame), 6), frame, settings))
    assert few == {"north": 2, "south": 2}
    whole = Frame(SHOPS, psu="store")
    assert clusters_to_draw(PlannedDraw(allocate(stratum_counts(whole), 100), whole, settings)) == 10


def test_customers_who_answer_alike_raise_the_design_effect():
    frame = Frame(SHOPS, stratum="region", psu="store")
    settings = TwoStage.Settings(per_psu=21, intraclass_correlation=0.1, **STORES)
    assert TwoStage.design_effect(settings, frame, 1.0) == pytest.approx(3)
    assert TwoStage.design_effect(TwoStage.Settings(per_psu=21, **STORES), frame, 1.0) == 1
    whole = Cluster.Settings(intraclass_correlation=0.1, **STORES)
    assert Cluster.design_effect(whole, frame, 0.5) == pytest.approx(1 + (50 * 0.5 - 1) * 0.1)


def test_the_variance_follows_how_clusters_were_drawn():
    assert Cluster.variance(Cluster.Settings(psu="store")).columns == ("psu",)
    rule = Cluster.variance(Cluster.Settings(**STORES))
    assert rule.stages == ("psu", "customer_id") and rule.populations == ("psu_population", "elements")
