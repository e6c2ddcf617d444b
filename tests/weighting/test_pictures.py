from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.language import LANGUAGES, message
from workbench.weighting.pictures import MOST_ROWS, reached_bars, share_gaps

GAPS = pd.DataFrame(
    {
        "level": ["north", message("phone"), "web"],
        "gap_before": [0.2, -0.2, 0.0],
        "gap_after": [0.0, -0.05, 0.0],
        "used": [True, False, False],
    }
)


def labels(figure):
    return [t.get_text() for t in figure.axes[0].get_yticklabels()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_read_in_the_language_and_unused_ones_are_marked(language):
    assert labels(share_gaps(GAPS, language)) == ["north", message("phone").text(language) + " *", "web *"]


def test_of_many_groups_those_with_the_largest_gaps_are_drawn_in_their_order():
    n = MOST_ROWS + 6
    many = pd.DataFrame({"level": [f"g{i}" for i in range(n)], "gap_before": [i / n for i in range(n)]})
    figure = share_gaps(many.assign(gap_after=0.0, used=True), "en")
    assert labels(figure) == [f"g{i}" for i in range(6, n)]


def test_two_bars_for_each_group():
    reached = pd.DataFrame({"level": ["phone", "web"], "CON1": [0.75, 0.5], "RR1": [0.5, 0.25]})
    axes = reached_bars(reached, "en").axes[0]
    assert [p.get_width() for p in axes.patches] == [0.75, 0.5, 0.5, 0.25]
