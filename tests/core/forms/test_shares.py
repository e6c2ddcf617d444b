from __future__ import annotations

import pandas as pd

from workbench.core.forms import answer_bars, stacked_shares
from workbench.core.language import message


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_the_parts_of_a_question_fill_its_bar_and_good_ones_are_blue():
    rows = pd.DataFrame({"name": ["Service"], "estimate": [0.7], "ci_low": [0.65], "ci_high": [0.75]})
    spread = pd.DataFrame({"question": 0, "share": [0.1, 0.2, 0.3, 0.4], "best": [False, False, True, True]})
    figure = stacked_shares(rows, spread, "en", head=message("Region"))
    assert "70% (65%–75%)" in texts(figure)
    assert abs(sum(p.get_width() + 1 for p in figure.axes[0].patches) - 352) < 1e-6


def test_classes_stand_below_their_answers():
    table = pd.DataFrame({"answer": range(11), "share": 1 / 11, "part": [0] * 7 + [1] * 2 + [2] * 2})
    parts = pd.DataFrame({"name": ["D", "P", "R"], "share": [7 / 11, 2 / 11, 2 / 11]})
    said = texts(answer_bars(table, "en", parts=parts))
    assert {"D", "P", "R", "64%"} <= set(said) and len(said) == 11 + 11 + 6
