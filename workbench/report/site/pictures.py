"""Figures as self-contained HTML: SVG where it is light, a small PNG where it would be heavy."""

from __future__ import annotations

import base64
import io
import re
from html import escape
from typing import TYPE_CHECKING

from workbench.core.charts import ROLES, theme
from workbench.core.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SVG_BYTES = 60_000
PNG_DPI = 160
LARGEST = 1.35  # a figure is shown at most so many times its drawn size: letters no larger than those around them


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
        return png_html(figure, alt)
    svg = _own_ids(_inherited(svg[svg.index("<svg") :]), name)
    # the size comes from the page; the view box keeps the proportions
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _in_roles(svg)
    width = figure.get_size_inches()[0] * 96 * LARGEST
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width:.0f}px" ', 1
    ).strip()


def png_html(figure: Figure, alt: str) -> str:
    """Return a figure of any colours as an inline PNG, which looks the same on light and dark paper.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    alt
        Its alternative text.
    """
    data = base64.b64encode(_png(figure)).decode()
    width = figure.get_size_inches()[0] * 96 * LARGEST
    return f'<img alt="{escape(alt)}" style="max-width:{width:.0f}px" src="data:image/png;base64,{data}">'


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    with theme():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    # two decimals are a hundredth of a point; scales of glyphs need more and stay
    text = re.sub(r' (?:d|x|y|points)="[^"]*"', lambda m: re.sub(r"(\d\.\d{2})\d+", r"\1", m[0]), text)
    return re.sub(r"\n\s*", " ", text)


def _inherited(svg: str) -> str:
    """Leave the fonts of an SVG's text to the page; size and weight stay."""
    svg = re.sub(r" ?font-family: [^;\"]+;?", "", svg)
    svg = re.sub(r"font-weight: (?:bold|[67]00)", "font-weight: 650", svg)
    # turns by nothing, and groups that only carry a name, are half of what matplotlib writes for a text
    svg = re.sub(r' transform="rotate\(-?0(?:\.0)? [\d. -]+\)"', "", svg)
    return re.sub(r'<g id="[a-z]+_\d+"> (<(?:text|path)[^<]*(?:/>|</text>)) </g>', r"\1", svg)


def _in_roles(svg: str) -> str:
    """Write the variable of a role in the place of its colour, so that the drawing follows the reader's theme.

    Raises
    ------
    InputError
        If a colour has no role: it would stay as it is on dark paper.
    """
    for role, color in ROLES.items():
        svg = re.sub(color, f"var(--{role})", svg, flags=re.IGNORECASE)
    left = re.search(r"(?<!&)(?<!url\()(?<!href=\")#[0-9a-f]{6}\b", svg, flags=re.IGNORECASE)
    if left:
        raise InputError(
            "Every colour of a figure has a role, so that it follows light and dark paper.",
            found=left.group(0),
            fix=f"Draw with the colours of workbench.core.charts: {', '.join(ROLES)}.",
            where="figure",
        )
    return svg


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
