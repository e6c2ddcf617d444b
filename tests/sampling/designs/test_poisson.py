from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Poisson, draw, permanent_random_number

SURVEY = Path(__file__).resolve().parents[2] / "reference" / "survey"
SHOPS = pd.DataFrame(
    {
        "customer_id": [f"k{i:03d}" for i in range(300)],
        "region": ["n", "s", "w"] * 100,
        "amount": (np.arange(300) ** 2 % 997 + 1) * 1.25,
    }
)
FRAME = Frame(SHOPS, stratum="region", size="amount")


def test_bernoulli_needs_no_size():
    sample = draw(SHOPS, Poisson(rate=0.1), salt="s")
    numbers = permanent_random_number(SHOPS["customer_id"], "s")
    assert sample.n == (numbers < int(0.1 * 2**52)).sum()
    assert sample.table["base_weight"].to_numpy() == pytest.approx(10)
    equal = draw(SHOPS, Poisson(30), salt="s")
    assert set(equal.table["customer_id"]) == set(sample.table["customer_id"])


def test_a_poisson_sample_has_no_reserve_and_one_size():
    with pytest.raises(InputError, match="no reserve"):
        Poisson(10, reserve=0.5)
    with pytest.raises(InputError, match="probability"):
        Poisson(rate=1.5)
    with pytest.raises(InputError, match="exactly one|expected size or a rate"):
        Poisson()


def test_customers_decide_alone():
    assert Poisson.variance(Poisson.Settings()).chances == "poisson"
    by_size = draw(FRAME, Poisson({"n": 20, "s": 5, "w": 90}), salt="s")
    assert by_size.strata["expected_n"].tolist() == [20, 5, 90]
    assert "taken for certain" in next(by_size.design.sentences(by_size.strata)).text("en")
