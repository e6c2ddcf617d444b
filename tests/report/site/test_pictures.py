from __future__ import annotations

import numpy as np

from workbench.core.charts import draw_figure
from workbench.report.site.pictures import MOST_SVG_BYTES, picture_html


def test_a_light_figure_is_svg_with_ids_of_its_own_and_the_same_every_time():
    def draw(ax):
        ax.plot([0, 1, 2], [3, 1, 2])
        ax.set_title("满意度")

    first, again = (picture_html(draw_figure(draw), "line", "fig-a") for _ in range(2))
    assert first == again
    assert first.startswith('<svg role="img" aria-label="line"')
    assert 'id="fig-a-' in first and "width=" not in first.split(">")[0]
    other = picture_html(draw_figure(draw), "line", "fig-b")
    ids = {part.split('"')[0] for part in first.split(' id="')[1:]}
    assert ids.isdisjoint({part.split('"')[0] for part in other.split(' id="')[1:]})


def test_a_heavy_figure_becomes_a_small_image():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(6000, 2))
    html = picture_html(draw_figure(lambda ax: ax.plot(*points.T, ".")), 'many "points"', "fig")
    assert html.startswith('<img alt="many &quot;points&quot;" ')
    assert ' src="data:image/png;base64,' in html
    assert len(html) < 4 * MOST_SVG_BYTES


def test_every_sign_the_reports_use_has_a_glyph(recwarn):
    draw_figure(lambda ax: ax.set_title("净推荐值（NPS）−3.2 ≥ ≤ ± × … · – “上升” 万亿 %‰"))
    assert not [w for w in recwarn if "Glyph" in str(w.message)]
