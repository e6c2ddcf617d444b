import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import ReplicateWeights


def test_scales_match_replicates():
    with pytest.raises(InputError, match="one scale per replicate"):
        ReplicateWeights(np.ones((3, 2)), 1.0, np.ones(3), 1)


def test_a_table_of_replicates_gives_them_back():
    made = ReplicateWeights(np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]]), 0.5, np.full(2, 2.0), 7)
    again = ReplicateWeights.from_table(made.as_table(), pd.Index(["a", "b", "c"]), alone=True)
    assert (again.weights == made.weights).all() and again.scale == 1.0 and again.degrees_of_freedom == 7
    assert again.alone and not made.alone and list(again.index) == ["a", "b", "c"]
    with pytest.raises(InputError, match="one scale"):
        ReplicateWeights(made.weights, 1.0, np.array([1.0, 2.0]), 7).as_table()
