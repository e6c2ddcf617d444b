from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.forms import lines_over_waves


def table(groups=3, waves=4, **more):
    n = groups * waves
    y = np.linspace(0.3, 0.6, n)
    return pd.DataFrame(
        {
            "name": np.repeat([f"g{i}" for i in range(groups)], waves),
            "wave": np.tile([f"2026q{i}" for i in range(waves)], groups),
            "estimate": y,
            "ci_low": y - 0.05,
            "ci_high": y + 0.05,
            **more,
        }
    )


def paths(figure):
    return [line for line in figure.axes[0].lines if line.get_color() == "#1F6A9A"]


def test_every_group_has_a_line_its_name_and_its_newest_value():
    figure = lines_over_waves(table(), "en")
    said = [t.get_text() for t in figure.axes[0].texts]
    assert {"g0", "g1", "g2", "60%", "2026q0", "2026q3"} <= set(said)
    assert len(paths(figure)) == 3 and figure.get_size_inches()[1] > 2
    # 24 drawings at most
    assert len(paths(lines_over_waves(table(groups=30), "en"))) == 24


def test_lines_break_and_gaps_stay_open():
    broken = table(groups=1, breaks=[False, False, True, False])
    assert len(paths(lines_over_waves(broken, "en"))) == 2
    missing = table(groups=1)
    missing.loc[1, ["estimate", "ci_low", "ci_high"]] = np.nan
    figure = lines_over_waves(missing, "en")
    # a wave by itself is a dot with its interval
    assert [len(p.get_xdata()) for p in paths(figure)] == [2, 1, 2]
    nothing = table(groups=1).assign(estimate=np.nan, ci_low=np.nan, ci_high=np.nan)
    assert not paths(lines_over_waves(nothing, "zh-CN"))
