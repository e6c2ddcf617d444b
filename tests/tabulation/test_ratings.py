from __future__ import annotations

import pandas as pd
import pytest

from workbench.core import InputError
from workbench.tabulation import mean, nps, scale


def test_boxes_answers_difference_and_mean_of_a_scale():
    data = pd.DataFrame({"q": [1, 2, 3, 4, 5, 5, None]})
    found = scale("q").measure(data, "answered")
    shown = dict(zip([str(n) for n in found.labels], found.values.sum(axis=0), strict=True))
    assert shown["Top box (4–5)"] == 3 and shown["Bottom box (1–2)"] == 2
    assert shown["Top box less bottom box"] == 1 and shown["Mean"] == 20 and shown["5"] == 2
    assert found.are_shares.tolist() == [True] * 7 + [False, False]
    assert [str(n) for n in scale("q", boxes=None, mean=False, low=0, high=5).measure(data, "answered").labels] == list(
        "543210"
    )


def test_the_nps_has_its_classes_and_means_are_of_those_who_have_a_value():
    data = pd.DataFrame({"recommend": [10, 7, 0, None], "spend": [1.0, None, 3.0, 4.0]})
    found = nps().measure(data, "all")
    assert found.values.sum(axis=0).tolist() == [1, 1, 1, 0] and found.base.sum() == 3
    assert mean("spend").measure(data, "all").base.sum() == 3


def test_a_rating_that_nobody_gave_is_refused():
    with pytest.raises(InputError, match="at least one answer"):
        scale("q").measure(pd.DataFrame({"q": [None, None]}, dtype=float), "answered")
