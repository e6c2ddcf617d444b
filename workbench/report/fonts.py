"""The Chinese characters a set of pages uses, as a web font small enough to travel inside each page."""

from __future__ import annotations

import base64
import io

from workbench.core.charts import FONT_FAMILY, FONT_FOLDER


def page_font(text: str) -> str:
    """Return a ``@font-face`` rule with the characters of `text` that are not Latin.

    Parameters
    ----------
    text
        Everything the pages say.

    Returns
    -------
    str
        CSS; empty if the text has no such characters. Characters the shipped font lacks are left to system fonts.
    """
    wanted = {ord(c) for c in text if ord(c) > 0x2E80}
    if not wanted:
        return ""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(next(FONT_FOLDER.glob("*.otf")), lazy=True, recalcTimestamp=False)
    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=[], name_IDs=[1, 2], desubroutinize=False, notdef_outline=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    # Latin letters stay with the reader's own fonts
    return (
        f'@font-face{{font-family:"{FONT_FAMILY}";src:url(data:font/woff2;base64,{data}) format("woff2");'
        "unicode-range:U+2E80-FFFF;font-display:block}\n"
    )
