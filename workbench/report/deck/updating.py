"""Last wave's deck with this wave's numbers: what was moved, recoloured or added by hand stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.core.language import Language, Message, message
from workbench.report.deck.drawing import Drawer, describe, remembered
from workbench.report.deck.native_charts import refresh_chart, same_kind
from workbench.report.deck.page_parts import Numbers
from workbench.report.deck.story import Slide
from workbench.report.deck.template import Box, body_box, drop_slides

TITLE = "title:"


def update(presentation: Any, slides: Sequence[Slide], language: Language) -> list[Message]:
    """Give the slides of an earlier deck the numbers and messages of a wave.

    Parameters
    ----------
    presentation
        The earlier deck; slides are known by the names of their titles, and shapes by theirs.
    slides
        The slides of the wave.
    language
        Language of its words.

    Returns
    -------
    list of Message
        What was not simply refreshed: slides that are new, slides that left as the wave has nothing for them, titles
        that somebody had reworded and that now say something else.

    Notes
    -----
    Slides and shapes without such a name are somebody's own and stay as they are. Shapes keep their places, sizes and
    colours; a chart of another kind, or a table of another size, is drawn anew in the place of the old one.
    """
    drawer = Drawer(presentation, language)
    told: list[Message] = []
    known = {key: slide for slide in presentation.slides if (key := _key(slide)) is not None}
    gone = [key for key in known if key not in {s.key for s in slides}]
    places = [i for i, slide in enumerate(presentation.slides) if _key(slide) in gone]
    drop_slides(presentation, places)
    told += [message("Slide left, as this wave has nothing for it: {name}.", name=key) for key in gone]
    before: Any = None
    for slide in slides:
        made = known.get(slide.key)
        if made is None:
            made = drawer.add(slide)
            _move_behind(presentation, made, before)
            told.append(message("Slide added: {name}.", name=slide.key))
        else:
            told += _refresh(presentation, drawer, made, slide)
        before = made
    return told


def _key(slide: Any) -> str | None:
    named = next((s.name for s in slide.shapes if s.name.startswith(TITLE)), None)
    return None if named is None else str(named.removeprefix(TITLE))


def _refresh(presentation: Any, drawer: Drawer, made: Any, slide: Slide) -> list[Message]:
    shapes = {s.name: s for s in made.shapes}
    told = _title(shapes[f"{TITLE}{slide.key}"], slide)
    for kind, text in (("measure", slide.measure), ("source", slide.source)):
        shape = shapes.get(f"{kind}:{slide.key}")
        if shape is not None:
            _reword(shape, [text])
    words = shapes.get(f"words:{slide.key}")
    if words is not None:
        if slide.kind in ("title", "section"):
            _reword(words, [t for head, said in slide.lines for t in (head, *said) if t])
        else:
            drawer.write_words(words, slide)
    _body(presentation, drawer, made, shapes, slide)
    drawer.note(made, slide.notes)
    return told


def _title(shape: Any, slide: Slide) -> list[Message]:
    """Say the wave's message; a title that somebody has reworded stays as long as the message does."""
    written, now = remembered(shape), shape.text_frame.text
    if written == slide.title:
        return []
    _reword(shape, [slide.title])
    describe(shape, slide.title)
    if now != written:
        return [message("A title reworded by hand was replaced, as the finding changed: {title}", title=now)]
    return []


def _body(presentation: Any, drawer: Drawer, made: Any, shapes: dict[str, Any], slide: Slide) -> None:
    for tile in slide.tiles:
        shape = shapes.get(f"tile:{slide.key}:{tile.key}")
        if shape is not None:
            drawer.tile(shape, tile)
    chart, table = shapes.get(f"chart:{slide.key}"), shapes.get(f"table:{slide.key}")
    if chart is not None and slide.chart is not None and chart.has_chart and same_kind(chart, slide.chart):
        refresh_chart(chart, slide.chart)
        describe(chart, f"{slide.title} {slide.measure}")
        return
    if table is not None and slide.numbers is not None and table.has_table and _same_size(table, slide.numbers):
        drawer.fill(table.table, slide.numbers)
        return
    if (slide.chart is None and slide.numbers is None) or (chart is None and table is None and slide.tiles):
        return
    old = chart if chart is not None else table
    box = body_box(presentation, made.slide_layout)
    if old is not None:
        if (chart is None) == (slide.chart is None):  # a chart where a table was has another shape
            box = Box(old.left, old.top, old.width, old.height)
        old._element.getparent().remove(old._element)
    drawer.body(made, slide, box)


def _same_size(frame: Any, numbers: Numbers) -> bool:
    rows = [*numbers.heads, *numbers.rows]
    wide = max(sum(c.span for c in row) for row in rows)
    return len(frame.table.rows) == len(rows) and len(frame.table.columns) == wide


def _reword(shape: Any, texts: list[str]) -> None:
    """Write other words in the manner of those that stand there."""
    from copy import deepcopy

    frame = shape.text_frame
    runs = [r for p in frame.paragraphs for r in p.runs]
    look = deepcopy(runs[0]._r.rPr) if runs and runs[0]._r.rPr is not None else None
    frame.clear()
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        if look is not None:
            if run._r.rPr is not None:
                run._r.remove(run._r.rPr)
            run._r.insert(0, deepcopy(look))


def _move_behind(presentation: Any, made: Any, before: Any) -> None:
    """Move a slide that was added at the end behind another."""
    listed = presentation.slides._sldIdLst
    entries = {int(entry.get("id")): entry for entry in listed}
    entry = entries[made.slide_id]
    listed.remove(entry)
    place = 0 if before is None else list(listed).index(entries[before.slide_id]) + 1
    listed.insert(place, entry)
