from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.forms.scale import Scale, words
from workbench.core.language import message


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(0, 100))
def test_a_scale_covers_its_numbers_and_keeps_their_order(numbers, least):
    scale = Scale.covering(numbers, start=100, end=300, least=least)
    places = [scale.place(n) for n in sorted(numbers)]
    assert all(100 - 1e-6 <= p <= 300 + 1e-6 for p in places) and places == sorted(places)
    assert scale.high - scale.low >= least * (1 - 1e-9)


def test_what_is_missing_does_not_count_and_limits_hold():
    scale = Scale.covering([0.98, np.nan, None], start=0, end=1, least=0.2, within=(0.0, 1.0))
    assert scale.high == 1.0 and scale.low == pytest.approx(0.8)
    assert Scale.covering([np.nan], start=0, end=10).place(0.5) == pytest.approx(5.0)


def test_names_read_in_the_language():
    assert words([message("Region"), "x"], "zh-CN") == ["地区", "x"]
