"""The summary of a wave as a document of Word: its sentences as headings, the numbers behind each as a table."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from workbench.core.language import Language
from workbench.report.deck.native_charts import shown_number
from workbench.report.deck.page_parts import Numbers
from workbench.report.deck.series import Chart
from workbench.report.deck.story import Slide
from workbench.report.deck.template import EAST_ASIAN, LATIN, run_language

STYLES = ("Normal", "Title", "Heading 1", "Heading 2")
INTERVAL = "{value} ({low} \u2013 {high})"


def write_document(slides: Sequence[Slide], language: Language, moment: dt.datetime) -> bytes:
    """Return a document of Word.

    Parameters
    ----------
    slides
        What a deck tells, without its appendix.
    language
        Language of its words.
    moment
        When it was made, as its properties say.

    Returns
    -------
    bytes
        The file. Word has no charts that python-docx can write, so the numbers of a chart stand as a table.
    """
    import docx

    made = docx.Document()
    for name in STYLES:
        _fonts(made.styles[name], language)
    for slide in slides:
        if slide.kind == "title":
            made.add_heading(slide.title, level=0)
        else:
            made.add_heading(slide.title, level=1)
        if slide.measure:
            made.add_paragraph(slide.measure)
        for tile in slide.tiles:
            _lines(made, f"{tile.label}: {tile.value}", (tile.interval, tile.change))
        for head, said in slide.lines:
            _lines(made, head, said)
        if slide.chart is not None:
            _table(made, _rows_of(slide.chart))
        elif slide.numbers is not None:
            _table(made, _cells_of(slide.numbers))
        if slide.source and slide.kind not in ("title", "words", "tiles"):
            foot = made.add_paragraph().add_run(slide.source)
            foot.italic = True
    told = made.core_properties
    told.created = told.modified = moment
    told.title, told.author, told.last_modified_by, told.revision = slides[0].title if slides else "", "", "", 1
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def _lines(made: Any, head: str, said: Sequence[str]) -> None:
    paragraph = made.add_paragraph()
    paragraph.add_run(head).bold = True
    for text in said:
        if text:
            paragraph.add_run(f" {text}" if head else text)


def _rows_of(chart: Chart) -> list[list[str]]:
    told = [s for s in chart.series if s.name]  # a waterfall stands on bars without a name
    rows = [["", *(s.name for s in told)]]
    for place, name in enumerate(chart.names):
        row = [name]
        for one in told:
            texts = [
                shown_number(v[place] if v else None, chart.number_format) for v in (one.values, one.low, one.high)
            ]
            row.append(INTERVAL.format(value=texts[0], low=texts[1], high=texts[2]) if texts[1] else texts[0])
        rows.append(row)
    return rows


def _cells_of(numbers: Numbers) -> list[list[str]]:
    return [[t for c in row for t in (c.text, *[""] * (c.span - 1))] for row in (*numbers.heads, *numbers.rows)]


def _table(made: Any, rows: list[list[str]]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    wide = max(map(len, rows))
    table = made.add_table(rows=len(rows), cols=wide, style="Light List Accent 1")
    for line, row in zip(table.rows, rows, strict=True):
        for place, text in enumerate(row):
            paragraph = line.cells[place].paragraphs[0]
            paragraph.add_run(text).font.size = Pt(8)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.add_paragraph()


def _fonts(style: Any, language: Language) -> None:
    """Give a style its fonts for Latin and East Asian words; the interface of the library sets the first alone."""
    from docx.oxml.ns import qn

    style.font.name = LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(kind), None)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN)
    spoken = style.element.rPr.find(qn("w:lang"))
    if spoken is None:
        spoken = style.element.rPr.makeelement(qn("w:lang"), {})
        style.element.rPr.append(spoken)
    spoken.set(qn("w:val"), run_language(language))
    spoken.set(qn("w:eastAsia"), "zh-CN")
