"""Figures as self-contained HTML: SVG where it is light, a small PNG where it would be heavy."""

from __future__ import annotations

import base64
import io
import re
from html import escape
from typing import TYPE_CHECKING

from workbench.core.charts import theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SVG_BYTES = 60_000
PNG_DPI = 160
SCREEN_PIXELS = 112  # of an inch of figure, so that letters are as large as those around them


def picture_html(figure: Figure, alt: str, name: str) -> str:
    """Return a figure as an accessible inline picture.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    alt
        Its alternative text.
    name
        Unique name; keeps the ids inside the SVG apart from those of other figures.

    Returns
    -------
    str
        An ``<svg role="img">`` element, or an ``<img>`` with a PNG where the SVG would be over 60 kB.
    """
    svg = _svg(figure)
    if len(svg) > MOST_SVG_BYTES:
        data = base64.b64encode(_png(figure)).decode()
        return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
    svg = _own_ids(svg[svg.index("<svg") :], name)
    # the size comes from the page; the view box keeps the proportions
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    width = figure.get_size_inches()[0] * SCREEN_PIXELS
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width:.0f}px" ', 1
    ).strip()


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    with theme():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    # two decimals are a hundredth of a point; scales of glyphs need more and stay
    text = re.sub(r' (?:d|x|y|points)="[^"]*"', lambda m: re.sub(r"(\d\.\d{2})\d+", r"\1", m[0]), text)
    return re.sub(r"\n\s*", " ", text)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with theme():
        figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _own_ids(svg: str, name: str) -> str:
    """Prefix the ids of an SVG, which share one name space within a page."""
    prefix = re.sub(r"\W", "-", name)
    svg = re.sub(r' id="([^"]+)"', rf' id="{prefix}-\1"', svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{prefix}-\2"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
