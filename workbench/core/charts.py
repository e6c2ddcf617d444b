"""One look for every chart: palette, fonts that hold Chinese, and the few forms the rooms draw with.

Figures are made without pyplot, so drawing leaves no global state behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.core.language import Language, Message, current_language, format_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FAMILY = "Workbench Sans SC"

# Okabe and Ito's colours, ordered so that neighbours differ in lightness too and survive black-and-white print.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7A7A7A", "#B8A800")
ACCENT, MUTED, GOOD, BAD = PALETTE[0], "#8A8F98", "#00775A", "#C2410C"
INK, GRID = "#2B2F36", "#D9DCE1"


# for characters outside GB 2312, where the machine has one of these
SYSTEM_FONTS = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "WenQuanYi Micro Hei")


@cache
def _families() -> list[str]:
    from matplotlib import font_manager

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
        "font.family": _families(),
        "font.size": 10,
        "axes.unicode_minus": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.edgecolor": GRID,
        "axes.labelcolor": INK,
        "axes.titlesize": 11,
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
        "figure.facecolor": "white",
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "svg.hashsalt": "workbench",
        "svg.fonttype": "path",
        "axes.prop_cycle": cycler(color=PALETTE),
    }
    with mpl.rc_context(style):
        yield


def warm_up() -> None:
    """Load fonts and draw once, so that processes forked from here draw at once."""
    draw_figure(lambda ax: ax.set_title("workbench 工作台"))  # type: ignore[arg-type]


def draw_figure(draw: Callable[[Axes], None], *, width: float = 7.2, height: float = 3.6) -> Figure:
    """Make a figure of one panel in the workbench's style and let `draw` fill its axes.

    Parameters
    ----------
    draw
        Fills the axes.
    width, height
        Size in inches.

    Examples
    --------
    >>> draw_figure(lambda ax: None).get_size_inches().tolist()
    [7.2, 3.6]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with theme():
        figure = _figure_kind()(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.subplots())
        # tick labels are made when drawn; made here, they are made in the theme, and places are found once
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


@cache
def _figure_kind() -> type[Figure]:
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
    """Draw one row per line of `table`: estimate as a point, its interval as a line, its base at the right edge.

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
    ax.hlines(rows, low, high, color=color, linewidth=5, alpha=0.35)
    ax.plot(mid, rows, "o", color=color, markersize=6)
    for row, value in zip(rows, mid, strict=True):
        if value == value:
            ax.annotate(
                format_value(value, style, chosen),
                (value, row),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
    names = [str(v) for v in table[label]]
    if base is not None and base in table:
        names = [f"{t}  (n={format_value(n, 'int', chosen)})" for t, n in zip(names, table[base], strict=True)]
    ax.set_yticks(rows, names)
    ax.set_ylim(-0.6, len(table) - 0.3)
    ax.grid(axis="y", visible=False)
    format_axis(ax.xaxis, style.replace("signed", "dec"), chosen)
    if reference is not None and reference == reference:
        ax.axvline(reference, color=MUTED, linestyle="--", linewidth=1)


def bar_rows(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    *,
    style: str = "int",
    language: Language | None = None,
    color: str = ACCENT,
) -> None:
    """Draw horizontal bars, first label on top, each with its value at the end."""
    chosen = language or current_language()
    rows = np.arange(len(labels))[::-1]
    ax.barh(rows, values, color=color, height=0.66)
    for row, value in zip(rows, values, strict=True):
        ax.annotate(
            format_value(value, style, chosen),
            (value, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    ax.set_yticks(rows, list(labels))
    ax.grid(axis="y", visible=False)
    ax.margins(x=0.12)
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
    chosen = language or current_language()
    values = table.to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    top = float(np.abs(finite).max()) if finite.size else 1.0
    low = -top if diverging else 0.0
    ax.imshow(values, cmap="PuOr_r" if diverging else "Blues", vmin=low, vmax=top or 1.0, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        strong = abs(value) > 0.65 * top
        ax.text(
            j,
            i,
            format_value(value, style, chosen),
            ha="center",
            va="center",
            fontsize=9,
            color="white" if strong else INK,
        )
    ax.set_xticks(range(table.shape[1]), [str(c) for c in table.columns])
    ax.set_yticks(range(table.shape[0]), [str(r) for r in table.index])
    ax.grid(visible=False)


def text(message: Message, language: Language | None = None) -> str:
    """Return a label's text in `language` (default: the current one)."""
    return message.text(language or current_language())
