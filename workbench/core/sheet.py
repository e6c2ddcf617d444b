"""A sheet to draw on in the units of the page: 352 wide, from the top left, with the few marks that panels are made of.

Axes lay themselves out around their labels; on a drawing as narrow as a phone there is no room for that. Here every
mark has its place in units of a pixel, and text is as large as the text around the drawing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from workbench.core import charts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Anchor = Literal["left", "center", "right"]
TEXT: Final = 12.0
POINTS: Final = 0.75  # of a unit
# digits and small letters are about so wide, of the height of the font; a Chinese character is as wide as high
LETTER: Final = 0.56


class Sheet:
    """A drawing `width` units wide and `height` units high.

    Parameters
    ----------
    height
        Units.
    width
        Units; 352 by default.

    Examples
    --------
    >>> sheet = Sheet(40)
    >>> sheet.text(0, 20, "East")
    >>> sheet.interval(100, 150, 200, 16)
    >>> sheet.figure.get_size_inches().round(2).tolist()
    [3.67, 0.42]
    """

    def __init__(self, height: float, width: float = charts.UNITS) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        self.width, self.height = width, height
        with charts.theme():
            self.figure: Figure = charts.figure_kind()(figsize=(width / 96, height / 96))
            FigureCanvasAgg(self.figure)
            self._axes: Any = self.figure.add_axes((0, 0, 1, 1))
            self._axes.set_xlim(0, width)
            self._axes.set_ylim(height, 0)
            self._axes.axis("off")
        self._drawn = 0

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        color: str = charts.INK,
        bold: bool = False,
        anchor: Anchor = "left",
    ) -> None:
        """Write `words` with their base line at `y`."""
        self._axes.text(
            x,
            y,
            words,
            family=charts.families(),  # told here: the theme around every word would cost more than the word
            fontsize=size * POINTS,
            color=color,
            fontweight="bold" if bold else "normal",
            ha=anchor,
            va="baseline",
            zorder=self._next(),
            clip_on=False,
        )

    def line(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        color: str = charts.GRID,
        width: float = 1.0,
        dashed: bool = False,
    ) -> None:
        """Draw a straight line."""
        dashes = (0, (3, 2)) if dashed else "-"
        self._axes.plot(
            x,
            y,
            color=color,
            linewidth=width * POINTS,
            linestyle=dashes,
            solid_capstyle="butt",
            zorder=self._next(),
            clip_on=False,
        )

    def path(self, x: Sequence[float], y: Sequence[float], *, color: str = charts.BLUE, width: float = 1.0) -> None:
        """Draw a line through points."""
        self._axes.plot(
            list(x),
            list(y),
            color=color,
            linewidth=width * POINTS,
            solid_joinstyle="round",
            zorder=self._next(),
            clip_on=False,
        )

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], *, color: str) -> None:
        """Fill what lies between two lines."""
        from matplotlib.patches import Polygon

        there, back = list(zip(x, low, strict=True)), list(zip(x, high, strict=True))
        self._add(Polygon([*there, *back[::-1]], closed=True, facecolor=color, linewidth=0))

    def rectangle(
        self, x: float, y: float, width: float, height: float, *, color: str = charts.BAR, radius: float = 0.0
    ) -> None:
        """Fill a rectangle from its top left corner; a negative width runs to the left."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        left, across = min(x, x + width), abs(width)
        if radius and across > 2 * radius and height > 2 * radius:
            style = f"round,pad=0,rounding_size={radius}"
            patch: Any = FancyBboxPatch((left, y), across, height, boxstyle=style, facecolor=color, linewidth=0)
        else:
            patch = Rectangle((left, y), across, height, facecolor=color, linewidth=0)
        self._add(patch)

    def dot(self, x: float, y: float, *, radius: float = 4.5, color: str = charts.BLUE, filled: bool = True) -> None:
        """Draw a dot, or a ring."""
        from matplotlib.patches import Circle

        face = color if filled else charts.PAPER
        self._add(Circle((x, y), radius, facecolor=face, edgecolor=color, linewidth=1.5 * POINTS))

    def interval(
        self, low: float, middle: float, high: float, y: float, *, color: str = charts.BLUE, upright: bool = False
    ) -> None:
        """Draw an estimate in its interval: a soft band, a line in it, a dot on top; lying, or upright at x = `y`."""
        band = charts.BANDS[color]
        if upright:
            self.rectangle(y - 5, min(low, high), 10, abs(high - low), color=band, radius=2)
            self.line((y, y), (low, high), color=color, width=1.5)
            self.dot(y, middle, color=color)
        else:
            self.rectangle(low, y - 4, high - low, 8, color=band, radius=2)
            self.line((low, high), (y, y), color=color, width=1.5)
            self.dot(middle, y, color=color)

    def _add(self, patch: Any) -> None:
        patch.set_zorder(self._next())
        self._axes.add_patch(patch)
        patch.set_clip_on(False)

    def _next(self) -> int:
        # what is drawn later lies on top, whatever its kind
        self._drawn += 1
        return self._drawn


def text_width(words: str, *, size: float = TEXT, bold: bool = False) -> float:
    """Return about how many units a text is wide, with some slack for the reader's own fonts.

    Examples
    --------
    >>> round(text_width("East")), round(text_width("华东"))
    (27, 24)
    """
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else LETTER for c in words)
    return wide * size * (1.06 if bold else 1.0)


def shortened(words: str, width: float, *, size: float = TEXT) -> str:
    """Return a text that fits a width, its end cut with an ellipsis where it does not.

    Examples
    --------
    >>> shortened("East", 100), shortened("A very long name of a region", 100)
    ('East', 'A very long n…')
    """
    if text_width(words, size=size) <= width:
        return words
    while words and text_width(words + "…", size=size) > width:
        words = words[:-1]
    return words.rstrip() + "…"
