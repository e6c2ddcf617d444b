import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, TwoStage, draw

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


def test_selection_frequencies_of_two_stages():
    rounds, hits, pi = 70, pd.Series(0, index=CUSTOMERS["customer_id"]), {}
    for i in range(rounds):
        table = draw(FRAME, TwoStage({"n": 2, "s": 2}, 4, clusters="equal"), salt=f"s{i}").table
        hits[table["customer_id"]] += 1
        pi |= dict(zip(table["customer_id"], table["inclusion_probability"], strict=True))
    pi = pd.Series(pi).reindex(hits.index).to_numpy()
    assert (np.abs(hits.to_numpy() / rounds - pi) < 4.5 * np.sqrt(pi * (1 - pi) / rounds)).all()


def test_choices_are_checked():
    with pytest.raises(InputError, match="one of those known"):
        TwoStage(2, 3, clusters="sise")
