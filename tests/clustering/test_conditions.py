from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clustering.conditions import Conditions
from workbench.core import InputError

WHEN = ("monetary >= 100", "frequency >= 5", "")


def test_the_first_condition_that_holds_counts():
    frame = pd.DataFrame({"monetary": [50.0, 200.0, 10.0], "frequency": [9, 9, 1]})
    made = Conditions(WHEN)
    assert made.labels(frame).tolist() == [2, 1, 3]
    assert made.k == 3
    assert made.centres.shape == (3, 0) == made.modes.shape
    assert isinstance(made.labels(frame), np.ndarray)


def test_what_it_wrote_is_read_again():
    again = Conditions.from_json(Conditions(WHEN).to_json())
    assert again.when == WHEN


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InputError, match="SQL over columns"):
        Conditions(("monetry > 1", "")).labels(pd.DataFrame({"monetary": [1.0]}))
