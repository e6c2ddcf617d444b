"""The characters a set of pages uses, as web fonts small enough to travel inside each page."""

from __future__ import annotations

import base64
import html
import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from workbench.core.charts import FONT_FAMILY, FONT_FOLDER
from workbench.store.provenance import hash_values

if TYPE_CHECKING:
    from uharfbuzz import Face

LETTERS_FAMILY = "Workbench Sans"
SIGNS_FAMILY = "Workbench Signs"
CHINESE = range(0x2E80, 0x110000)  # where the blocks of Chinese, Japanese and Korean begin
UNUSED = ("FFTM", "GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx", "VORG", "fpgm", "prep", "cvt ", "gasp")
# browsers draw a letter that stands alone in a formula as one of these
ITALICS = {
    unicodedata.normalize("NFKC", chr(c)): c for c in (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D715), 0x210E)
}


def page_font(text: str, before: str = "") -> str:
    """Return ``@font-face`` rules with the characters of `text`.

    Parameters
    ----------
    text
        Everything the pages say, as HTML.
    before
        A page as it was written before: where it used the same characters, its rules are taken over instead of cut
        anew, which takes ten times as long as writing the page.

    Returns
    -------
    str
        CSS; empty if there is no text. Signs that the shipped font lacks come from the one that matplotlib brings;
        characters that neither has are left to system fonts.

    Notes
    -----
    Chinese characters are a font of their own that pages name before all others: where a font that travels stands
    behind one of the system, Chromium draws the first text of each size in boxes on a machine without Chinese fonts.
    For letters, fonts of the readers' systems come first: they look as they always do there, and a machine without
    any font shows these.
    """
    said = html.unescape(text)
    wanted = {ord(c) for c in set(said) if ord(c) > 0x20}
    wanted |= {ITALICS[c] for c in re.findall("<mi>(.)</mi>", said) if c in ITALICS}
    drawn = [(family, path, own) for family, path, own in _sources() if path.is_file()]
    sources = [(family, p.name, p.stat().st_size) for family, p, _ in drawn]
    mark = f"/* font {hash_values(sorted(wanted), sources)} */\n"
    known = re.search(re.escape(mark) + r"(?:@font-face\{[^}]*\}\n)*", before)
    if known:
        return known[0]
    rules = [mark]
    for family, path, own in drawn:
        face = _opened(path)
        held = {c for c in wanted if c in own} & set(face.unicodes)
        if held:
            rules.append(_rule(family, face, held, own))
        wanted -= held
    return "".join(rules) if len(rules) > 1 else ""


def _sources() -> Iterator[tuple[str, Path, range]]:
    shipped, letters = next(FONT_FOLDER.glob("*.otf")), range(CHINESE.start)
    yield FONT_FAMILY, shipped, CHINESE
    yield LETTERS_FAMILY, shipped, letters
    found = find_spec("matplotlib")  # its place; importing it takes longer than looking a page up
    if found is not None and found.origin is not None:
        signs = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "STIXGeneral.ttf"
        yield SIGNS_FAMILY, signs, range(CHINESE.stop)


@cache
def _opened(path: Path) -> Face:
    from uharfbuzz import Blob, Face

    return Face(Blob.from_file_path(str(path)))


@cache
def _pack_quickly() -> None:
    """Have fonts packed at level 9: a third of the time of 11, for 7 % more bytes; fontTools has no setting for it."""
    from fontTools.ttLib import woff2

    packing = {**vars(woff2.brotli), "compress": partial(woff2.brotli.compress, quality=9)}
    woff2.brotli = SimpleNamespace(**packing)


def _rule(family: str, face: Face, characters: set[int], own: range) -> str:
    from fontTools.ttLib import TTFont
    from uharfbuzz import SubsetFlags, SubsetInput, subset

    # what browsers have no use for: layout, vertical text, hints
    wish = SubsetInput()
    wish.unicode_set.set(characters)
    wish.name_id_set.set({1, 2})
    wish.drop_table_tag_set.update(int.from_bytes(name.encode(), "big") for name in UNUSED)
    wish.flags = SubsetFlags.NO_HINTING
    cut = subset(face, wish).blob.data
    _pack_quickly()
    font = TTFont(io.BytesIO(cut), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'@font-face{{font-family:"{family}";src:url(data:font/woff2;base64,{data}) format("woff2");'
        f"font-display:block;unicode-range:U+{own.start:X}-{own.stop - 1:X}}}\n"
    )
