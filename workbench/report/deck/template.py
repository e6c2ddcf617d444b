"""The slides' own template, 16:9, and a firm's: which of its layouts are used, and where a chart has its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.core.errors import InputError
from workbench.core.language import Language

Role = Literal["title", "message"]
# layouts by the names of this template and of others, and by the kind PowerPoint keeps of them in every language
NAMES: Mapping[Role, tuple[str, ...]] = {
    "title": ("Wave title", "Title Slide", "标题幻灯片"),
    "message": ("Message", "Title Only", "仅标题"),
}
KINDS: Mapping[Role, str] = {"title": "title", "message": "titleOnly"}
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
# text, background, dark, light, and six accents: the colours of the pages
COLOURS = {
    "dk1": "1B2733",
    "lt1": "FFFFFF",
    "dk2": "44546A",
    "lt2": "EEF2F6",
    "accent1": "2F6DA8",
    "accent2": "D9782D",
    "accent3": "7FA8CC",
    "accent4": "8A9AA9",
    "accent5": "3C8D7A",
    "accent6": "B3564B",
}
INCH = 914400
WIDTH, HEIGHT = round(13.333 * INCH), round(7.5 * INCH)
MARGIN = round(0.6 * INCH)
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


@dataclass(frozen=True)
class Box:
    """A place on a slide, in English Metric Units."""

    left: int
    top: int
    width: int
    height: int


TITLE = Box(MARGIN, round(0.4 * INCH), WIDTH - 2 * MARGIN, round(0.95 * INCH))
MEASURE = Box(MARGIN, round(1.35 * INCH), WIDTH - 2 * MARGIN, round(0.4 * INCH))
BODY = Box(MARGIN, round(1.85 * INCH), WIDTH - 2 * MARGIN, round(4.75 * INCH))
SOURCE = Box(MARGIN, round(6.75 * INCH), WIDTH - 2 * MARGIN - INCH, round(0.5 * INCH))
NUMBER = Box(WIDTH - MARGIN - INCH, round(6.75 * INCH), INCH, round(0.5 * INCH))


def open_template(path: Path | None) -> Any:
    """Return an empty presentation with the layouts of a template.

    Parameters
    ----------
    path
        A firm's ``.pptx`` or ``.potx``; the workbench's own template by default. Slides in it leave.

    Raises
    ------
    InputError
        If it is no presentation, or has no layout for titles or for a title alone.
    """
    if path is None:
        return _own()
    found = read_presentation(path)
    drop_slides(found, range(len(found.slides)))
    for role in NAMES:
        layout_of(found, role)
    return found


def read_presentation(path: Path) -> Any:
    """Return a presentation.

    Raises
    ------
    InputError
        If the file is not there or is no presentation.
    """
    import pptx
    from pptx.exc import PackageNotFoundError

    try:
        return pptx.Presentation(str(path))
    except (PackageNotFoundError, ValueError, KeyError, OSError) as error:
        raise InputError(
            "Slides are made from a presentation of PowerPoint.",
            found=f"{path}: {error}",
            fix="Name a .pptx file; save a .ppt or .potx as .pptx first.",
            where=str(path),
        ) from error


def layout_of(presentation: Any, role: Role) -> Any:
    """Return the layout for a kind of slide, by its name, else by the kind PowerPoint keeps of it.

    Raises
    ------
    InputError
        If there is none; the layouts that are there are named.
    """
    layouts = list(presentation.slide_layouts)
    for name in NAMES[role]:
        for layout in layouts:
            if layout.name.strip() == name:
                return layout
    for layout in layouts:
        if layout._element.get("type") == KINDS[role]:
            return layout
    raise InputError(
        "A template has a layout for title slides and one with a title only.",
        found=f"the layouts {', '.join(repr(layout.name) for layout in layouts)}",
        fix=f"Name one of them {NAMES[role][1]!r}.",
        where="template",
    )


def drop_slides(presentation: Any, places: range | list[int]) -> None:
    """Take slides out of a presentation."""
    listed = presentation.slides._sldIdLst
    for entry in [listed[i] for i in places]:
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)
    # or the next slide is given the name of one that is there, and PowerPoint reads one of the two
    presentation.part.rename_slide_parts([entry.rId for entry in listed])


def body_box(presentation: Any, layout: Any) -> Box:
    """Return where charts and tables stand: below the title, above the foot."""
    title = next((p for p in layout.placeholders if p.placeholder_format.idx == 0), None)
    if layout.name == NAMES["message"][0] or title is None:
        return BODY
    wide, high = presentation.slide_width, presentation.slide_height
    top = int(title.top + title.height + 0.45 * INCH)
    side = int(title.left)
    return Box(side, top, int(wide - 2 * side), int(high - top - 0.85 * INCH))


def run_language(language: Language) -> str:
    """Return the language of words as PowerPoint calls it, for its spelling and its fonts."""
    return "zh-CN" if language == "zh-CN" else "en-GB"


def _own() -> Any:
    import pptx

    made: Any = pptx.Presentation()
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    kept = {"title": made.slide_layouts[0], "titleOnly": made.slide_layouts[5]}
    for layout in list(made.slide_layouts):
        if layout not in kept.values():
            made.slide_layouts.remove(layout)
    master = made.slide_master
    _theme(master)
    for shape in list(master.placeholders):
        _placed(shape, {1: TITLE, 2: BODY}.get(shape.placeholder_format.type, NUMBER))
        if shape.placeholder_format.type not in (1, 2, 13):
            shape._element.getparent().remove(shape._element)
    _title_style(master)
    for role, layout in zip(NAMES, (kept["title"], kept["titleOnly"]), strict=True):
        layout.name = NAMES[role][0]
        _lay_out(layout, role)
    return made


def _lay_out(layout: Any, role: Role) -> None:
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.idx
        if kind in (10, 11):  # date and foot: the foot here is a text of its own
            shape._element.getparent().remove(shape._element)
        elif kind == 12:
            _placed(shape, NUMBER)
        elif role == "title":
            at = Box(MARGIN, round((2.2 if kind == 0 else 3.8) * INCH), WIDTH - 2 * MARGIN, round(1.5 * INCH))
            _placed(shape, at)
            _level(shape, 3600 if kind == 0 else 1600)
        else:
            _placed(shape, TITLE)
    if role == "message":
        for idx, name, box, size in ((13, "Measure", MEASURE, 1400), (14, "Source", SOURCE, 1000)):
            layout.shapes._spTree.append(_text_placeholder(idx, name, box, size))


def _level(shape: Any, size: int) -> None:
    """Let a placeholder's words stand to the left in a size of their own."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    styles = shape._element.txBody.find(qn("a:lstStyle"))
    for old in list(styles):
        styles.remove(old)
    styles.append(
        parse_xml(
            f'<a:lvl1pPr xmlns:a="{DRAWING}" marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="{size}">'
            '<a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr>'
        )
    )
    body = shape._element.txBody.find(qn("a:bodyPr"))
    for side in ("lIns", "rIns"):
        body.set(side, "0")
    body.set("anchor", "b" if size > 2000 else "t")


def _placed(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box.left, box.top, box.width, box.height


def _text_placeholder(idx: int, name: str, box: Box, size: int) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(
        f'<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{DRAWING}">'
        f'<p:nvSpPr><p:cNvPr id="{100 + idx}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="body" sz="quarter" idx="{idx}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{box.left}" y="{box.top}"/><a:ext cx="{box.width}" cy="{box.height}"/></a:xfrm>'
        '</p:spPr><p:txBody><a:bodyPr lIns="0" rIns="0" tIns="0" bIns="0" anchor="ctr"><a:normAutofit/></a:bodyPr>'
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{size}"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
        f"<a:p><a:r><a:rPr/><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _title_style(master: Any) -> None:
    """Let titles be bold, to the left, and small enough for a sentence."""
    from pptx.oxml.ns import qn

    level = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    level.set("algn", "l")
    words = level.find(qn("a:defRPr"))
    words.set("sz", "2600")
    words.set("b", "1")
    for shape in master.placeholders:
        if shape.placeholder_format.type == 1:
            body = shape._element.txBody.find(qn("a:bodyPr"))
            for side in ("lIns", "rIns", "tIns", "bIns"):
                body.set(side, "0")
            body.set("anchor", "ctr")


def _theme(master: Any) -> None:
    """Give the theme its colours, and fonts for Latin and East Asian words, which no setting of a run can do."""
    from lxml import etree

    part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    tree = etree.fromstring(part.blob)
    for which in ("majorFont", "minorFont"):
        fonts = tree.find(f".//{{{DRAWING}}}{which}")
        for tag, face in (("latin", LATIN), ("ea", EAST_ASIAN)):
            fonts.find(f"{{{DRAWING}}}{tag}").set("typeface", face)
        for font in fonts.findall(f"{{{DRAWING}}}font"):
            if font.get("script") in ("Hans", "Hant"):
                font.set("typeface", EAST_ASIAN)
    scheme = tree.find(f".//{{{DRAWING}}}clrScheme")
    for name, colour in COLOURS.items():
        entry = scheme.find(f"{{{DRAWING}}}{name}")
        for old in list(entry):
            entry.remove(old)
        etree.SubElement(entry, f"{{{DRAWING}}}srgbClr").set("val", colour)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
