"""Slides drawn: title, chart or table, what stands below, and notes for whoever speaks; every shape has its name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from workbench.core.language import Language
from workbench.report.deck.native_charts import add_chart
from workbench.report.deck.page_parts import Cell, Numbers
from workbench.report.deck.story import Slide, Tile
from workbench.report.deck.template import INCH, Box, body_box, layout_of, run_language

SMALL = 1000
SMALLEST_TITLE = 1800
EMU_PER_POINT = 12700
WIDE_FROM = 0x2E7F  # from here on a character is as wide as it is high
# sizes of words in points, the largest that so many lines have room for
TEXT_SIZES = ((8, 20), (14, 14), (99, 12))
TABLE_SIZES = ((7, 12), (99, 10))
MOST_TILES = 5
ROW_HEIGHT = round(0.36 * INCH)


class Drawer:
    """Draws the slides of one presentation in one language.

    Attributes
    ----------
    presentation
        A presentation of python-pptx.
    language
        Language of all words.
    """

    def __init__(self, presentation: Any, language: Language) -> None:
        self.presentation, self.lang = presentation, run_language(language)

    def add(self, slide: Slide) -> Any:
        """Add a slide at the end."""
        role = "title" if slide.kind in ("title", "section") else "message"
        layout = layout_of(self.presentation, role)  # type: ignore[arg-type]
        made = self.presentation.slides.add_slide(layout)
        title = made.shapes.title
        title.name = f"title:{slide.key}"
        self.say(title, [slide.title], sizes=fitted(title, layout, slide.title))
        describe(title, slide.title)  # an update tells by it whether somebody has reworded the title
        if role == "title":
            self._opening(made, slide)
        else:
            box = body_box(self.presentation, layout)
            self._placeholder(made, "Measure", f"measure:{slide.key}", slide.measure, box, above=True)
            self._placeholder(made, "Source", f"source:{slide.key}", slide.source, box, above=False)
            self.body(made, slide, box)
            self._number(made, layout)
        self.note(made, slide.notes)
        return made

    def body(self, made: Any, slide: Slide, box: Box) -> None:
        """Draw what a slide shows below its title."""
        if slide.chart is not None:
            frame = add_chart(made, slide.chart, box, f"chart:{slide.key}")
            describe(frame, f"{slide.title} {slide.measure}")
        elif slide.tiles:
            self.tiles(made, slide.key, slide.tiles, box)
        elif slide.numbers is not None:
            self.table(made, slide.numbers, box, f"table:{slide.key}", slide.title)
        elif slide.lines:
            self.words(made, slide, box)

    def tiles(self, made: Any, key: str, tiles: Iterable[Tile], box: Box) -> None:
        """Show headline numbers side by side."""
        from pptx.enum.dml import MSO_THEME_COLOR
        from pptx.enum.shapes import MSO_SHAPE

        shown = list(tiles)[:MOST_TILES]
        gap = INCH // 4
        wide = (box.width - gap * (len(shown) - 1)) // max(len(shown), 1)
        for place, tile in enumerate(shown):
            left = box.left + place * (wide + gap)
            shape = made.shapes.add_shape(
                MSO_SHAPE.RECTANGLE, left, box.top + INCH // 2, wide, min(box.height, round(2.6 * INCH))
            )
            shape.name = f"tile:{key}:{tile.key}"
            shape.fill.solid()
            shape.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
            shape.line.fill.background()
            shape.shadow.inherit = False
            self.tile(shape, tile)

    def tile(self, shape: Any, tile: Tile) -> None:
        """Write a headline number into its shape."""
        lines = [(tile.label, 1400, False), (tile.value, 4000, True), (tile.interval, 1200, False)]
        lines += [(tile.change, 1200, False)] if tile.change else []
        self.say(shape, [t for t, _, _ in lines], sizes=[s for _, s, _ in lines], bold=[b for _, _, b in lines])

    def words(self, made: Any, slide: Slide, box: Box) -> None:
        """Write headings and what is said under each."""
        shape = made.shapes.add_textbox(box.left, box.top, box.width, box.height)
        shape.name = f"words:{slide.key}"
        self.write_words(shape, slide)

    def write_words(self, shape: Any, slide: Slide) -> None:
        """Write headings and sentences into a text box."""
        texts, sizes, bold = [], [], []
        heads = sum(bool(h) for h, _ in slide.lines) + sum(len(s) for _, s in slide.lines)
        size = 100 * _size(TEXT_SIZES, heads)
        for head, said in slide.lines:
            for text, strong in ((head, True), *((s, False) for s in said)):
                if text:
                    texts.append(text)
                    sizes.append(size)
                    bold.append(strong)
        shape.text_frame.word_wrap = True
        self.say(shape, texts, sizes=sizes, bold=bold, gaps=True)

    def table(self, made: Any, numbers: Numbers, box: Box, name: str, title: str) -> None:
        """Write a table that can be edited; spanners of its head span, numbers stand to the right."""
        rows = [*numbers.heads, *numbers.rows]
        wide = max(sum(c.span for c in row) for row in rows)
        high = min(box.height, ROW_HEIGHT * len(rows))
        frame = made.shapes.add_table(len(rows), wide, box.left, box.top, box.width, high)
        frame.name = name
        describe(frame, title)
        table = frame.table
        first = min(box.width // 3, box.width // wide * 2) if wide > 1 else box.width
        for place, column in enumerate(table.columns):
            column.width = first if place == 0 else (box.width - first) // max(wide - 1, 1)
        self.fill(table, numbers)

    def fill(self, table: Any, numbers: Numbers) -> None:
        """Write the cells of a table of the same size."""
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

        heads = len(numbers.heads)
        size = _size(TABLE_SIZES, heads + len(numbers.rows))
        for i, row in enumerate([*numbers.heads, *numbers.rows]):
            at = 0
            for cell in row:
                target = table.cell(i, at)
                if cell.span > 1 and not target.is_merge_origin:
                    target.merge(table.cell(i, at + cell.span - 1))
                self._cell(target, cell, size, strong=i < heads)
                right = at > 0 and (i < heads or _is_number(cell))
                target.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
                target.vertical_anchor = MSO_ANCHOR.MIDDLE
                target.margin_top = target.margin_bottom = INCH // 40
                target.margin_left = target.margin_right = INCH // 20
                at += cell.span

    def note(self, made: Any, notes: Iterable[str]) -> None:
        """Write the notes of a slide."""
        frame = made.notes_slide.notes_text_frame
        if frame is not None:
            frame.text = "\n".join(n for n in notes if n)

    def say(
        self,
        shape: Any,
        texts: list[str],
        *,
        sizes: list[int] | None = None,
        bold: list[bool] | None = None,
        gaps: bool = False,
    ) -> None:
        """Write paragraphs into a shape, each a run that says its language."""
        from pptx.enum.dml import MSO_THEME_COLOR
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        frame = shape.text_frame
        frame.clear()
        for place, text in enumerate(texts or [""]):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = text
            self._speak(run)
            if sizes:
                run.font.size = Pt(sizes[place] / 100)
            if bold:
                run.font.bold = bold[place]
            if sizes and shape.name.startswith(("tile:", "words:")):
                run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
                paragraph.alignment = PP_ALIGN.LEFT
            if gaps and place and bold and bold[place]:
                paragraph.space_before = Pt(8)

    def _opening(self, made: Any, slide: Slide) -> None:
        under = next((p for p in made.placeholders if p.placeholder_format.idx == 1), None)
        texts = [t for head, said in slide.lines for t in (head, *said) if t]
        if under is None:
            return
        if not texts:
            under._element.getparent().remove(under._element)
            return
        self.say(under, texts)
        under.name = f"words:{slide.key}"

    def _placeholder(self, made: Any, kind: str, name: str, text: str, box: Box, *, above: bool) -> None:
        """Write into a placeholder of the layout by its name; a layout without it gets a text box in its place."""
        from pptx.util import Pt

        there = next((p for p in made.placeholders if p.name.rstrip("0123456789 ") == kind), None)
        if not text:
            if there is not None:
                there._element.getparent().remove(there._element)
            return
        if there is None:
            high = round(0.35 * INCH)
            top = box.top - high if above else box.top + box.height + INCH // 12
            there = made.shapes.add_textbox(box.left, top, box.width, high)
            there.text_frame.word_wrap = True
            self.say(there, [text], sizes=[1400 if above else SMALL])
        else:
            self.say(there, [text])
        there.name = name
        if not above:
            there.text_frame.paragraphs[0].runs[0].font.size = Pt(SMALL / 100)

    def _number(self, made: Any, layout: Any) -> None:
        """Let a slide show its number, where the layout has a place for it."""
        from copy import deepcopy

        place = next((p for p in layout.placeholders if p.placeholder_format.idx == 12), None)
        if place is not None:
            number = deepcopy(place._element)
            for words in number.iter("{*}rPr"):
                words.set("lang", self.lang)
            made.shapes._spTree.append(number)

    def _cell(self, target: Any, cell: Cell, size: int, *, strong: bool) -> None:
        from pptx.util import Pt

        frame = target.text_frame
        frame.clear()
        for said, raised in ((cell.text, False), (cell.letters, True)):
            if not said:
                continue
            run = frame.paragraphs[0].add_run()
            run.text = said
            self._speak(run)
            run.font.size, run.font.bold = Pt(size), strong
            if raised:
                run._r.get_or_add_rPr().set("baseline", "30000")

    def _speak(self, run: Any) -> None:
        run._r.get_or_add_rPr().set("lang", self.lang)


def remembered(shape: Any) -> str:
    """Return what was written into a title when it was made."""
    return str(shape._element.xpath(".//p:cNvPr")[0].get("descr", ""))


def describe(shape: Any, text: str) -> None:
    """Give a shape the words that somebody hears who cannot see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)


def fitted(title: Any, layout: Any, text: str) -> list[int] | None:
    """Return the size at which a sentence fits where titles stand; None where it fits as the template has it.

    A firm's titles are made for two words; PowerPoint makes them smaller only while somebody types.
    """
    from pptx.oxml.ns import qn

    styles = layout.slide_master._element.find(qn("p:txStyles")).find(qn("p:titleStyle"))
    own = [e.get("sz") for e in title._element.iter(qn("a:defRPr"))]
    own += [
        e.get("sz")
        for p in layout.placeholders
        if p.placeholder_format.idx == 0
        for e in p._element.iter(qn("a:defRPr"))
    ]
    standing = next((int(s) for s in (*own, *(e.get("sz") for e in styles.iter(qn("a:defRPr")))) if s), 4400)
    ems = sum(1.0 if ord(c) > WIDE_FROM else 0.55 for c in text)
    for size in range(standing, SMALLEST_TITLE - 1, -200):
        em = size / 100 * EMU_PER_POINT
        if math.ceil(ems * em / title.width) * 1.2 * em <= title.height:
            break
    return None if size == standing else [size]


def _size(sizes: tuple[tuple[int, int], ...], lines: int) -> int:
    return next(size for most, size in sizes if lines <= most or most == sizes[-1][0])


def _is_number(cell: Cell) -> bool:
    return cell.value is not None or cell.text[:1] in "+\u2212-–0123456789<"
