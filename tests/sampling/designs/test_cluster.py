import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Cluster, Frame, draw

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


def test_whole_clusters_have_no_reserve():
    with pytest.raises(InputError, match="no reserve"):
        Cluster(2, reserve=0.5)
