"""The flow picture of movement: bands from the tiers before to the tiers now, readable in black and white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from workbench.core import charts
from workbench.core.language import Language, format_value, message

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

_GAP: Final = 0.03
_BAR: Final = 0.035
# lightness and hatch tell the directions apart without colour
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "stayed": {"facecolor": charts.BANDS[charts.MARK], "hatch": ""},
    "rose": {"facecolor": charts.PAPER, "hatch": "////"},
    "fell": {"facecolor": charts.MARK, "hatch": ""},
}


def draw_flow(counts: pd.DataFrame, language: Language) -> Figure:
    """Draw tier before (left) and tier now (right) with a band for every movement.

    Parameters
    ----------
    counts
        Customers: tier before (rows) × tier now (columns), the highest first.
    language
        Language of the labels.

    Examples
    --------
    >>> import pandas as pd
    >>> draw_flow(pd.DataFrame([[5, 1], [2, 9]], index=["A", "B"], columns=["A", "B"]), "en").axes[0].get_title()
    ''
    """
    names = {"stayed": message("stayed"), "rose": message("rose"), "fell": message("fell")}

    def draw(ax: Axes) -> None:
        from matplotlib.patches import Patch, Rectangle

        n = counts.to_numpy(dtype=float)
        total = max(n.sum(), 1.0)
        left, right = _tops(n.sum(axis=1) / total), _tops(n.sum(axis=0) / total)
        start, end = left.copy(), right.copy()
        for i in range(len(n)):
            for j in range(len(n)):
                size = n[i, j] / total
                if size > 0:
                    kind = "stayed" if i == j else "fell" if j > i else "rose"
                    ax.add_patch(_band(start[i], end[j], size, kind))
                start[i], end[j] = start[i] - size, end[j] - size
        for side, tops, sums in ((0.0, left, n.sum(axis=1)), (1.0 - _BAR, right, n.sum(axis=0))):
            for top, count, name in zip(tops, sums, counts.index, strict=True):
                ax.add_patch(Rectangle((side, top - count / total), _BAR, count / total, color=charts.INK, lw=0))
                text = f"{name}  {format_value(count, 'int', language)}"
                place = (side - 0.015, "right") if side == 0 else (side + _BAR + 0.015, "left")
                ax.text(place[0], top - count / total / 2, text, ha=place[1], va="center", fontsize=9)
        bottom = min(left[-1] - n.sum(axis=1)[-1] / total, right[-1] - n.sum(axis=0)[-1] / total)
        ax.set_xlim(-0.16, 1.16)
        ax.set_ylim(bottom - 0.02, 1.1)
        ax.text(0, 1.05, message("Tier before").text(language), ha="left", fontsize=9)
        ax.text(1, 1.05, message("Tier now").text(language), ha="right", fontsize=9)
        ax.axis("off")
        looks = [Patch(edgecolor=charts.INK, linewidth=0.6, label=names[k].text(language), **_LOOKS[k]) for k in _LOOKS]
        ax.legend(
            handles=looks,
            loc="lower center",
            bbox_to_anchor=(0.5, -0.1),
            ncols=3,
            fontsize=8,
            handlelength=1.2,
            columnspacing=1.0,
        )

    return charts.draw_figure(draw, height=4.2)


def _tops(shares: np.ndarray) -> np.ndarray:
    # where each bar begins, from the top down with a gap between bars
    return 1.0 - np.concatenate([[0.0], np.cumsum(shares)[:-1]]) - _GAP * np.arange(len(shares))


def _band(left: float, right: float, size: float, kind: str) -> PathPatch:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    a, b, middle = _BAR, 1.0 - _BAR, 0.5
    points = [
        (a, left),
        (middle, left),
        (middle, right),
        (b, right),
        (b, right - size),
        (middle, right - size),
        (middle, left - size),
        (a, left - size),
        (a, left),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), edgecolor=charts.INK, linewidth=0.4, alpha=0.95, **_LOOKS[kind])
