import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.estimation.wave_fit import WaveFit


def read(data, design, *, statistic="mean", level=None):
    return WaveFit.read(data, "y", design, "g", statistic, level, (), "this wave")


def test_units_are_present_where_they_answered():
    data = pd.DataFrame({"store": [1, 1, 2, 2], "g": ["a", "b", "a", "b"], "y": [1.0, 2.0, 3.0, np.nan]})
    fit = read(data, Design(psu="store"))
    assert fit.present(np.array([0, 1])).tolist() == [[True, True], [True, False]]
    assert fit.totals(np.array([0, 1])).shape == (2, 2)


def test_a_share_is_that_of_one_answer():
    data = pd.DataFrame({"g": ["a"] * 3, "y": ["p", "q", "r"]})
    with pytest.raises(InputError, match="one answer"):
        read(data, Design(), statistic="proportion")
    assert read(data, Design(), statistic="proportion", level="p").fit.estimate.item() == pytest.approx(1 / 3)
