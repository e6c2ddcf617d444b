from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.forms import trend
from workbench.core.language import message


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def waves(n, **more):
    return pd.DataFrame(
        {
            "wave": [f"2026q{i}" for i in range(n)],
            "estimate": [30.0 + i for i in range(n)],
            "ci_low": [25.0 + i for i in range(n)],
            "ci_high": [35.0 + i for i in range(n)],
            "n": [1000 + i for i in range(n)],
            **more,
        }
    )


def lines(figure):
    return [line for line in figure.axes[0].lines if line.get_color() == "#6F7883" and line.get_linewidth() < 1]


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_the_newest_wave_has_its_number_and_at_most_twelve_are_drawn(n):
    said = texts(trend(waves(n), "en"))
    assert f"+{30 + n - 1}.0" in said
    assert len([t for t in said if t.startswith(("n = ", "1,0"))]) == (n if n < 7 else 2)


def test_the_line_breaks_where_waves_cannot_be_compared():
    marked = waves(4, breaks=[False, False, True, False], mark=[None, None, message("Region"), None])
    assert len(lines(trend(waves(4), "en"))) - len(lines(trend(marked, "en"))) == 1
    assert "地区" in texts(trend(marked, "zh-CN"))


def test_noise_does_not_fill_the_drawing_and_a_target_is_named():
    figure = trend(waves(2), "en", target=(42.0, 48.0))
    assert "target +42–+48" in texts(figure)
    ticks = [t for t in texts(figure) if t in ("+20", "+30", "+40", "+50")]
    assert len(ticks) >= 3
