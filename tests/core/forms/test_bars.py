from __future__ import annotations

import pandas as pd

from workbench.core.forms import bar_list, paired_bars, waterfall
from workbench.core.language import message


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_steps_lead_from_one_total_to_the_other():
    table = pd.DataFrame(
        {"name": ["a", "b", "c", "d"], "value": [10.0, -3.0, 5.0, 12.0], "total": [True, False, False, True]}
    )
    figure = waterfall(table, "en")
    heights = [p.get_height() for p in figure.axes[0].patches]
    assert abs(heights[0] - heights[1] + heights[2] - heights[3]) < 1e-6
    assert "−3.00" in texts(figure) and "+5.00" in texts(figure)


def test_a_total_may_have_an_interval():
    table = pd.DataFrame({"name": ["a"], "value": [10.0], "total": [True], "ci_low": [8.0], "ci_high": [12.0]})
    assert len(waterfall(table, "en").axes[0].lines) == 2


def test_bars_are_as_long_as_their_values():
    table = pd.DataFrame({"name": ["a", "b"], "value": [10.0, 5.0], "right": [3, 4], "strong": [True, False]})
    figure = bar_list(table, "en", heads=(message("Region"), message("City"), message("Channel")))
    wide = [p.get_width() for p in figure.axes[0].patches]
    assert abs(wide[0] / wide[1] - 2) < 1e-6 and {"Region", "City", "Channel"} <= set(texts(figure))


def test_beyond_six_groups_the_rest_stand_together():
    table = pd.DataFrame({"name": [f"s{i}" for i in range(9)], "first": 1 / 9, "second": 1 / 9})
    said = texts(paired_bars(table, "en", labels=(message("Region"), message("City"))))
    assert "Others" in said and "s4" in said and "s5" not in said
