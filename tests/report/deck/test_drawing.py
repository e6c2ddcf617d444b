from __future__ import annotations

import pytest

from workbench.report.deck.drawing import Drawer, fitted, remembered
from workbench.report.deck.template import layout_of, open_template


def drawn(slides, language="en"):
    made = open_template(None)
    drawer = Drawer(made, language)
    for slide in slides:
        drawer.add(slide)
    return made


def test_every_slide_has_its_title_its_foot_and_its_notes(story, language):
    slides = story(language)
    made = drawn(slides, language)
    for slide, shown in zip(slides, made.slides, strict=True):
        names = {s.name: s for s in shown.shapes}
        title = names[f"title:{slide.key}"]
        assert title.text_frame.text == slide.title == remembered(title)
        if slide.source:
            assert names[f"source:{slide.key}"].text_frame.text == slide.source
        assert shown.notes_slide.notes_text_frame.text == "\n".join(slide.notes)
        assert (f"chart:{slide.key}" in names) == (slide.chart is not None)
        spoken = {r.get("lang") for r in shown.shapes._spTree.iter("{*}rPr")}
        assert spoken == {"zh-CN" if language == "zh-CN" else "en-GB"}


def test_nothing_lies_outside_its_slide(story):
    made = drawn(story())
    for shown in made.slides:
        for shape in shown.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= made.slide_width and shape.top + shape.height <= made.slide_height


def test_a_table_spans_its_heads_and_raises_letters(story):
    made = drawn(story())
    frame = next(s for shown in made.slides for s in shown.shapes if s.name == "table:table/55_tables/t001-brand")
    table = frame.table
    assert table.cell(0, 2).is_merge_origin and table.cell(0, 2).text_frame.text == "shop"
    raised = [r.text for r in frame._element.iter("{*}r") for p in r.iter("{*}rPr") if p.get("baseline") == "30000"]
    assert raised and set(raised) <= {"A", "B"}


def test_a_placeholder_without_words_leaves(story):
    made = drawn([s for s in story() if s.kind == "words"])
    assert not [s for shown in made.slides for s in shown.placeholders if s.name.startswith("Measure")]


@pytest.mark.parametrize(("text", "smaller"), [("Short", False), ("words " * 60, True), ("字" * 120, True)])
def test_a_long_title_is_made_to_fit(text, smaller):
    made = open_template(None)
    layout = layout_of(made, "message")
    shown = made.slides.add_slide(layout)
    assert (fitted(shown.shapes.title, layout, text) is not None) == smaller
