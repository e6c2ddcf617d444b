"""The characters a set of pages uses, as web fonts small enough to travel inside each page."""

from __future__ import annotations

import base64
import html
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.charts import FONT_FAMILY, FONT_FOLDER

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SIGNS_FAMILY = "Workbench Signs"
UNUSED = ("FFTM", "GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx", "VORG", "fpgm", "prep", "cvt ", "gasp")
# browsers draw a letter that stands alone in a formula as one of these
ITALICS = {
    unicodedata.normalize("NFKC", chr(c)): c for c in (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D715), 0x210E)
}


def page_font(text: str) -> str:
    """Return ``@font-face`` rules with the characters of `text`.

    Parameters
    ----------
    text
        Everything the pages say, as HTML.

    Returns
    -------
    str
        CSS; empty if there is no text. Signs that the shipped font lacks come from the one that matplotlib brings;
        characters that neither has are left to system fonts.

    Notes
    -----
    Pages name fonts of their readers' systems first, none of which holds Chinese: letters look as they always do
    there, and a machine without any font shows these.
    """
    said = html.unescape(text)
    wanted = {ord(c) for c in set(said) if ord(c) > 0x20}
    wanted |= {ITALICS[c] for c in re.findall("<mi>(.)</mi>", said) if c in ITALICS}
    rules = []
    for family, path in _sources():
        font = _opened(path)
        held = wanted & set(font.getBestCmap())
        if held:
            rules.append(_rule(family, font, held))
        wanted -= held
    return "".join(rules)


def _sources() -> Iterator[tuple[str, Path]]:
    import matplotlib as mpl

    yield FONT_FAMILY, next(FONT_FOLDER.glob("*.otf"))
    yield SIGNS_FAMILY, Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"


def _opened(path: Path) -> TTFont:
    from fontTools.ttLib import TTFont

    return TTFont(path, lazy=True, recalcTimestamp=False, recalcBBoxes=False)


def _rule(family: str, font: TTFont, characters: set[int]) -> str:
    from fontTools import subset

    # hints are gone from the shipped font already; asking for it again would read every outline
    options = subset.Options(
        flavor="woff2",
        hinting=True,
        layout_features=[],
        name_IDs=[1, 2],
        desubroutinize=False,
        notdef_outline=False,
    )
    options.drop_tables = [*options.drop_tables, *UNUSED]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'@font-face{{font-family:"{family}";src:url(data:font/woff2;base64,{data}) format("woff2");'
        "font-display:block}\n"
    )
