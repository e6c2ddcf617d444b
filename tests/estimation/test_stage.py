import numpy as np
import pandas as pd

from workbench.estimation import Design
from workbench.estimation.sample import read_sample


def test_stages_count_units_of_their_parents():
    data = pd.DataFrame({"h": np.repeat(["a", "b"], 6), "store": np.repeat([1, 2, 3, 4], 3), "H": 10, "M": 6})
    first, second = read_sample(data, Design(stratum="h", psu="store", population=["H", "M"])).stages
    assert first.parent.tolist() == [0, 0, 1, 1] and first.taken.tolist() == [2, 2]
    assert first.fraction.tolist() == [0.2, 0.2] and first.names["h"].tolist() == ["a", "b"]
    assert second.unit is None and second.taken.tolist() == [3] * 4 and second.fraction.tolist() == [0.5] * 4
    assert first.order is None and first.share is None


def test_a_systematic_stage_knows_its_order():
    data = pd.DataFrame({"h": [1, 0, 1, 0], "place": [4, 3, 1, 2]})
    stage = read_sample(data, Design(stratum="h", order="place")).first
    assert stage.order is not None and stage.order.tolist() == [3, 1, 2, 0]
