import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Cluster, Frame, TwoStage, draw

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


def test_whole_clusters_come_in():
    sample = draw(FRAME, Cluster(3), salt="s")
    assert sample.table["psu"].nunique() == 3
    expected = CUSTOMERS[CUSTOMERS["store"].isin(sample.table["psu"])]
    assert sorted(sample.table["customer_id"]) == sorted(expected["customer_id"])
    assert sample.table["base_weight"].to_numpy() == pytest.approx(8 / 3)
    assert (sample.table["psu_population"] == 8).all()
    assert sample.strata[["clusters", "clusters_drawn"]].to_numpy().tolist() == [[8, 3]]
    assert sample.table["order"].tolist() == list(range(1, sample.n + 1))


def test_inside_strata_clusters_carry_the_stratum():
    sample = draw(FRAME, Cluster({"n": 2, "s": 1}), salt="s")
    assert sample.table.groupby("stratum")["psu"].nunique().to_dict() == {"n": 2, "s": 1}
    assert sample.table["psu"].str.startswith(("n | ", "s | ")).all()
    assert (sample.table["stratum_population"] == sample.table["stratum"].map({"n": 46, "s": 82})).all()


def test_two_stages_by_size_are_nearly_self_weighting():
    sample = draw(FRAME, TwoStage(4, 3, reserve=1.0), salt="s")
    table = sample.table
    assert table.groupby("psu").size().max() == 3
    by_size = np.minimum(1, 4 * table["psu"].map(dict(zip([f"store {i}" for i in range(8)], SIZES, strict=True))) / 128)
    assert (table["psu_probability"].to_numpy() <= 1).all()
    assert (table["psu_probability"] >= by_size - 1e-12).all()
    product = table["psu_probability"] * table["element_probability"]
    assert table["inclusion_probability"].to_numpy() == pytest.approx(product.to_numpy())
    assert set(sample.reserve["psu"]) <= set(table["psu"])
    assert not set(sample.reserve["customer_id"]) & set(table["customer_id"])


@pytest.mark.parametrize(
    "design", [Cluster(3), Cluster(3, clusters="size"), TwoStage(3, 4), TwoStage(3, 4, clusters="equal")]
)
def test_horvitz_thompson_totals_are_unbiased(design):
    totals = [draw(FRAME, design, salt=f"s{i}").table["base_weight"].sum() for i in range(35)]
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - 128) < 4 * error + 1.5


def test_selection_frequencies_of_two_stages():
    rounds, hits, pi = 70, pd.Series(0, index=CUSTOMERS["customer_id"]), {}
    for i in range(rounds):
        table = draw(FRAME, TwoStage({"n": 2, "s": 2}, 4, clusters="equal"), salt=f"s{i}").table
        hits[table["customer_id"]] += 1
        pi |= dict(zip(table["customer_id"], table["inclusion_probability"], strict=True))
    pi = pd.Series(pi).reindex(hits.index).to_numpy()
    assert (np.abs(hits.to_numpy() / rounds - pi) < 4.5 * np.sqrt(pi * (1 - pi) / rounds)).all()


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
    with pytest.raises(InputError, match="no reserve"):
        Cluster(2, reserve=0.5)
    with pytest.raises(InputError, match="one of those known"):
        TwoStage(2, 3, clusters="sise")
    with pytest.raises(InputError, match="strata"):
        draw(Frame(CUSTOMERS, psu="store"), Cluster({"n": 1}), salt="s")
