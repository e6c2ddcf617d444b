from __future__ import annotations

import pandas as pd

from workbench.core.forms import diverging_bars
from workbench.core.language import message


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_each_side_has_its_bar_and_nothing_is_drawn_for_nobody():
    table = pd.DataFrame(
        {
            "name": ["A", "B"],
            "n": [100, 50],
            "left": [0.1, 0.0],
            "left_n": [10, 0],
            "right": [0.0, 0.2],
            "right_n": [0, 10],
        }
    )
    figure = diverging_bars(table, "en", heads=(message("Region"), message("City")))
    assert len(figure.axes[0].patches) == 2 and {"10%", "20%", "100"} <= set(texts(figure))
