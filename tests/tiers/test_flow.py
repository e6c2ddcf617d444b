import numpy as np
import pandas as pd

from workbench.tiers.flow import draw_flow


def test_bands_add_up_to_the_bars():
    counts = pd.DataFrame([[50, 10], [5, 80]], index=["A", "B"], columns=["A", "B"])
    ax = draw_flow(counts, "zh-CN").axes[0]
    bands = [p for p in ax.patches if type(p).__name__ == "PathPatch"]
    assert len(bands) == 4
    heights = [p.get_path().vertices[0, 1] - p.get_path().vertices[7, 1] for p in bands]
    np.testing.assert_allclose(heights, np.array([50, 10, 5, 80]) / 145)
    assert {p.get_hatch() for p in bands} == {"", "////"}
    assert len({p.get_facecolor() for p in bands}) == 3
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["不变", "上升", "下降"] or len(ax.texts) == 6
