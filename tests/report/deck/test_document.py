from __future__ import annotations

import datetime as dt
import io

import docx

from workbench.report.deck.document import write_document


def test_a_document_has_each_finding_as_heading_and_its_numbers_as_table(story, language):
    slides = [s for s in story(language) if s.kind not in ("section", "table")]
    content = write_document(slides, language, dt.datetime(2026, 9, 30))
    made = docx.Document(io.BytesIO(content))
    headings = [p.text for p in made.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings == [s.title for s in slides]
    cells = [c.text for t in made.tables for r in t.rows for c in r.cells]
    assert "+41.0 (+36.0 – +46.0)" in cells and "北" not in "".join(cells)
    assert len(made.tables) == sum(s.chart is not None for s in slides)
    assert made.styles["Normal"].element.xpath(".//w:rFonts/@w:eastAsia") == ["Microsoft YaHei"]


def test_what_nobody_sees_of_a_waterfall_stands_in_no_table(story):
    slide = next(s for s in story() if s.key == "90_summary/value-bridge")
    made = docx.Document(io.BytesIO(write_document([slide], "en", dt.datetime(2026, 1, 1))))
    assert [c.text for c in made.tables[0].rows[0].cells] == ["", "Total", "Increase", "Decrease"]
    assert [c.text for c in made.tables[0].rows[2].cells] == ["Gone", "", "", "30"]
