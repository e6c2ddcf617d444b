from __future__ import annotations

import matplotlib as mpl
import pandas as pd

from workbench.core.charts import bar_rows, draw_figure, heat_map, interval_rows, text, theme
from workbench.core.language import message

TABLE = pd.DataFrame(
    {"region": ["北", "南"], "estimate": [10.0, -5.0], "ci_low": [5.0, -9.0], "ci_high": [15.0, -1.0], "n": [120, 45]}
)


def test_drawing_leaves_no_style_behind():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["font.family"][0] == "Workbench Sans SC"
    draw_figure(lambda ax: ax.plot([1, 2]))
    assert dict(mpl.rcParams) == before


def test_intervals_show_base_and_value():
    figure = draw_figure(
        lambda ax: interval_rows(ax, TABLE, label="region", style="signed1", reference=0.0, language="en")
    )
    assert [t.get_text() for t in figure.axes[0].texts] == ["北 (n=120)", "南 (n=45)", "+10.0", "−5.0"]


def test_a_missing_estimate_leaves_its_row_empty():
    table = TABLE.assign(estimate=[10.0, None], ci_low=[5.0, None], ci_high=[15.0, None])
    figure = draw_figure(lambda ax: interval_rows(ax, table, label="region", language="en"))
    assert [t.get_text() for t in figure.axes[0].texts] == ["北 (n=120)", "南 (n=45)", "10.0", ""]


def test_bars_and_cells_carry_their_values():
    bars = draw_figure(lambda ax: bar_rows(ax, ["a", "b"], [3.0, 4.0], language="en"))
    assert [t.get_text() for t in bars.axes[0].texts] == ["a", "b", "3", "4"]
    cells = draw_figure(
        lambda ax: heat_map(ax, pd.DataFrame([[1.0, -1.0]], index=["x"]), style="signed1", language="en")
    )
    assert [t.get_text() for t in cells.axes[0].texts] == ["+1.0", "−1.0"]


def test_labels_are_read_in_the_language_asked_for():
    assert text(message("Region"), "zh-CN") == "地区"


def test_a_figure_shows_itself_alone_in_a_cell():
    shown = draw_figure(lambda ax: ax.set_title("满意度"))._repr_png_()
    assert shown.startswith(b"\x89PNG") and len(shown) > 5_000
