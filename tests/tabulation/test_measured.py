from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.tabulation.measured import Measured, counting


def test_who_counts_is_said_by_the_base_or_by_the_people():
    plain = Measured(("a",), ("answer",), np.ones((3, 1)), np.array([[1.0], [0.0], [1.0]]))
    assert plain.answered.tolist() == [True, False, True] and plain.are_shares.all()
    of_mentions = Measured(("a",), ("answer",), np.ones((2, 1)), np.array([[2.0], [0.0]]), people=np.ones((2, 1)))
    assert of_mentions.answered.all() and not of_mentions.are_shares.any()


def test_a_condition_of_who_was_asked_cuts_the_answers_too():
    data = pd.DataFrame({"visits": [0, 1, 2]})
    answered = np.array([True, True, False])
    assert counting(data, answered, "visits > 0", "answered")[:, 0].tolist() == [0, 1, 0]
    assert counting(data, answered, None, "all")[:, 0].tolist() == [1, 1, 1]
