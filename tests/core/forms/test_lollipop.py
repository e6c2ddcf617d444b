from __future__ import annotations

import pandas as pd

from workbench.core.forms import lollipop
from workbench.core.language import message


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_at_most_seven_are_drawn_with_value_and_share():
    table = pd.DataFrame(
        {
            "name": [message("Region"), *[f"q{i}" for i in range(9)]],
            "estimate": [21.0 - i for i in range(10)],
            "ci_low": [18.0 - i for i in range(10)],
            "ci_high": [24.0 - i for i in range(10)],
            "first": [True] + [False] * 9,
            "share": 0.64,
        }
    )
    said = texts(lollipop(table, "zh-CN", right=message("City")))
    assert "地区" in said and "+21" in said and said.count("64%") == 7 and "q7" not in said
    assert "64%" not in texts(lollipop(table, "en"))
