"""One look for every chart: palette, fonts that hold Chinese, and the few forms the rooms draw with.

Figures are made without pyplot, so drawing leaves no global state behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from workbench.core.language import Language, current_language, format_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FAMILY = "Workbench Sans SC"

# One hexadecimal value per role. A page writes the role's variable in its place, so that one drawing serves light and
# dark paper; the values themselves are those of light paper, for notebooks and for pictures that leave the page.
ROLES: Final[Mapping[str, str]] = {
    "ink": "#1B2129",
    "soft": "#565F6B",
    "paper": "#FFFFFF",
    "grid": "#D9DCE1",
    "blue": "#1F6A9A",
    "orange": "#B04A08",
    "mark": "#6F7883",
    "bar": "#8A939E",
    "band-blue": "#B5D0E2",
    "band-orange": "#F2CBA8",
    "band-grey": "#D3D8DE",
    # series beside each other: Okabe and Ito's hues, ordered so that neighbours differ in lightness, too
    "series-1": "#0072B2",
    "series-2": "#C77F00",
    "series-3": "#00805C",
    "series-4": "#B3588E",
    "series-5": "#3F9BD0",
    "series-6": "#C24E00",
    "series-7": "#757575",
    "series-8": "#8A7E00",
}
INK, SOFT, PAPER, GRID = (ROLES[r] for r in ("ink", "soft", "paper", "grid"))
BLUE, ORANGE, MARK, BAR = (ROLES[r] for r in ("blue", "orange", "mark", "bar"))
BANDS: Final[Mapping[str, str]] = {
    BLUE: ROLES["band-blue"],
    ORANGE: ROLES["band-orange"],
    MARK: ROLES["band-grey"],
}
PALETTE = tuple(v for r, v in ROLES.items() if r.startswith("series-"))
ACCENT, MUTED, GOOD, BAD = BLUE, MARK, BLUE, ORANGE

# Everything is drawn at one width and never shrunk by much, so that letters stay legible on a phone.
UNITS: Final = 352
CROWDED: Final = 44  # letters of column names that stand beside each other at that width
WIDTH: Final = UNITS / 96


# for characters outside GB 2312, where the machine has one of these
SYSTEM_FONTS = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "WenQuanYi Micro Hei")


@cache
def families() -> list[str]:
    """Return the fonts of a text, the workbench's own first."""
    import logging

    from matplotlib import font_manager

    # the shipped font has one weight; a page's own fonts have the bold ones
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    for path in sorted(FONT_FOLDER.glob("*.otf")):
        font_manager.fontManager.addfont(path)
    installed = {f.name for f in font_manager.fontManager.ttflist}
    return [FONT_FAMILY, *(f for f in SYSTEM_FONTS if f in installed), "DejaVu Sans"]


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the workbench's style inside the ``with`` block."""
    import matplotlib as mpl
    from cycler import cycler

    style: dict[Any, Any] = {
        "font.family": families(),
        "font.size": 9,
        "axes.unicode_minus": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.edgecolor": GRID,
        "axes.labelcolor": INK,
        "axes.titlesize": 9.5,
        "axes.titleweight": "bold",
        "axes.labelsize": 9,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "legend.fontsize": 9,
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.bottom": False,
        "ytick.left": False,
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "legend.frameon": False,
        "lines.linewidth": 1.5,
        "svg.hashsalt": "workbench",
        "svg.fonttype": "none",
        "axes.prop_cycle": cycler(color=PALETTE),
    }
    with mpl.rc_context(style):
        yield


def warm_up() -> None:
    """Load fonts and draw once, so that processes forked from here draw at once."""
    draw_figure(lambda ax: ax.set_title("workbench 工作台"))  # type: ignore[arg-type]


def draw_figure(draw: Callable[[Axes], None], *, width: float = WIDTH, height: float = 2.6) -> Figure:
    """Make a figure of one panel in the workbench's style and let `draw` fill its axes.

    Parameters
    ----------
    draw
        Fills the axes.
    width, height
        Size in inches.

    Examples
    --------
    >>> draw_figure(lambda ax: None).get_size_inches().round(2).tolist()
    [3.67, 2.6]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with theme():
        figure = figure_kind()(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        draw(axes)
        # the place of a label rests on the boxes of all ticks, which are looked for also where there is no label
        for axis, place in ((axes.xaxis, (0.5, -0.12)), (axes.yaxis, (-0.12, 0.5))):
            if not axis.get_label_text():
                axis.set_label_coords(*place)
        # tick labels are made when they are laid out; made here, they are made in the theme, and places are found once
        layout = figure.get_layout_engine()
        assert layout is not None
        layout.execute(figure)
        figure.set_layout_engine(None)  # "none" would keep a stand-in, for which matplotlib draws all twice
    return figure


@cache
def figure_kind() -> type[Figure]:
    """Return the class of figures that show themselves alone in a cell; matplotlib's own do so under pyplot only."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            from io import BytesIO

            buffer = BytesIO()
            with theme():
                self.savefig(buffer, format="png", dpi=144)
            return buffer.getvalue()

    return ShownFigure


def format_axis(axis: object, style: str, language: Language | None = None) -> None:
    """Write an axis' tick labels in a `format_value` style."""
    chosen = language or current_language()
    axis.set_major_formatter(lambda value, _position: format_value(value, style, chosen))  # type: ignore[attr-defined]


def interval_rows(
    ax: Axes,
    table: pd.DataFrame,
    *,
    label: str,
    style: str = "dec1",
    base: str | None = "n",
    reference: float | None = None,
    language: Language | None = None,
    color: str = ACCENT,
) -> None:
    """Draw one row per line of `table`: estimate as a point, its interval as a line, its name and base above.

    Parameters
    ----------
    table
        Columns `label`, ``estimate``, ``ci_low``, ``ci_high`` and, where given, `base`.
    reference
        Value of a dashed line to compare with.
    """
    chosen = language or current_language()
    rows = np.arange(len(table))[::-1]
    low, mid, high = (table[c].to_numpy(dtype=float) for c in ("ci_low", "estimate", "ci_high"))
    ax.hlines(rows, low, high, color=BANDS.get(color, color), linewidth=6)
    ax.hlines(rows, low, high, color=color, linewidth=1.2)
    ax.plot(mid, rows, "o", color=color, markersize=5.5)
    names = [text(v, chosen) for v in table[label]]
    if base is not None and base in table:
        names = [f"{t} (n={format_value(n, 'int', chosen)})" for t, n in zip(names, table[base], strict=True)]
    values = ["" if v != v else format_value(v, style, chosen) for v in mid]
    name_rows(ax, names, values)
    ax.margins(x=0.04)
    format_axis(ax.xaxis, style.replace("signed", "dec"), chosen)
    if reference is not None and reference == reference:
        ax.axvline(reference, color=MUTED, linestyle="--", linewidth=1)


def name_rows(ax: Axes, names: Sequence[str], values: Sequence[str] = ()) -> None:
    """Write each row's name above it at the left and its value at the right, so that the drawing has the whole width.

    Names at the side of a drawing this narrow would leave no room for it.
    """
    rows = np.arange(len(names))[::-1]
    across = ax.get_yaxis_transform()
    for row, name in zip(rows, names, strict=True):
        ax.text(0.0, row + 0.22, name, transform=across, ha="left", va="bottom")
    for row, value in zip(rows, values, strict=False):
        ax.text(1.0, row + 0.22, value, transform=across, ha="right", va="bottom", fontweight="bold")
    ax.set_yticks([])
    ax.set_ylim(-0.5, len(names) - 0.15)
    ax.grid(axis="y", visible=False)


def bar_rows(
    ax: Axes,
    labels: Sequence[object],
    values: Sequence[float],
    *,
    style: str = "int",
    language: Language | None = None,
    color: str = ACCENT,
) -> None:
    """Draw horizontal bars, first label on top, each with its name and value above."""
    chosen = language or current_language()
    rows = np.arange(len(labels))[::-1]
    ax.barh(rows, values, color=color, height=0.36)
    name_rows(ax, [text(n, chosen) for n in labels], [format_value(v, style, chosen) for v in values])
    ax.margins(x=0.02)
    format_axis(ax.xaxis, style, chosen)


def heat_map(
    ax: Axes,
    table: pd.DataFrame,
    *,
    style: str = "dec1",
    diverging: bool = True,
    language: Language | None = None,
) -> None:
    """Draw a matrix (index = rows, columns = columns) with its values written in the cells."""
    import seaborn
    from matplotlib.colors import ListedColormap, to_rgba

    chosen = language or current_language()
    values = table.to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    top = float(np.abs(finite).max()) if finite.size else 1.0
    # a role's colour in steps of transparency reads on light and dark paper alike, and leaves its text legible
    steps = np.linspace(0.0, 0.5, 64)
    above = [to_rgba(BLUE, a) for a in steps]
    colors = [*[to_rgba(ORANGE, a) for a in steps[::-1]], *above] if diverging else above
    seaborn.heatmap(
        values,
        ax=ax,
        cmap=ListedColormap(colors),
        vmin=-(top or 1.0) if diverging else 0.0,
        vmax=top or 1.0,
        annot=np.array([[format_value(v, style, chosen) for v in row] for row in values], dtype=object),
        fmt="",
        annot_kws={"color": INK, "fontsize": 9},
        cbar=False,
        linewidths=1,
        linecolor=PAPER,
    )
    names = [text(c, chosen) for c in table.columns]
    crowded = max((len(n.encode("gb18030", "replace")) for n in names), default=0) * len(names) > CROWDED
    ax.set_xticks(
        np.arange(len(names)) + 0.5, names, rotation=35 if crowded else 0, ha="right" if crowded else "center"
    )
    ax.set_yticks(np.arange(len(table)) + 0.5, [text(r, chosen) for r in table.index], rotation=0)
    ax.grid(visible=False)


def text(label: object, language: Language | None = None) -> str:
    """Return a label's text in `language` (default: the current one); a value by the name its study gives it."""
    return format_value(label, "text", language or current_language())
