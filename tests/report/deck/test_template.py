from __future__ import annotations

import pptx
import pytest
from lxml import etree

from workbench.core.errors import InputError
from workbench.report.deck.template import (
    BODY,
    EAST_ASIAN,
    HEIGHT,
    WIDTH,
    body_box,
    drop_slides,
    layout_of,
    open_template,
    read_presentation,
    run_language,
)


def test_the_own_template_is_wide_and_has_its_fonts_in_the_theme():
    made = open_template(None)
    assert (made.slide_width, made.slide_height) == (WIDTH, HEIGHT) and [x.name for x in made.slide_layouts] == [
        "Wave title",
        "Message",
    ]
    part = next(r.target_part for r in made.slide_master.part.rels.values() if r.reltype.endswith("/theme"))
    faces = [e.get("typeface") for e in etree.fromstring(part.blob).iter("{*}ea")]
    assert faces == [EAST_ASIAN, EAST_ASIAN]
    for layout in made.slide_layouts:
        assert all(
            p.left >= 0 and p.left + p.width <= WIDTH and p.top + p.height <= HEIGHT for p in layout.placeholders
        )
    assert {p.name for p in layout_of(made, "message").placeholders} >= {"Measure", "Source"}
    assert body_box(made, layout_of(made, "message")) == BODY


def test_a_firms_layouts_are_found_by_name_or_kind_and_its_slides_leave(tmp_path):
    firm = pptx.Presentation()
    firm.slides.add_slide(firm.slide_layouts[0])
    firm.slide_layouts[5].name = "Nur Titel"
    firm.save(tmp_path / "firm.pptx")
    made = open_template(tmp_path / "firm.pptx")
    assert len(made.slides) == 0 and layout_of(made, "message").name == "Nur Titel"
    box = body_box(made, layout_of(made, "message"))
    assert box.top > 0 and box.top + box.height < made.slide_height and box.left + box.width < made.slide_width


def test_a_template_without_a_layout_says_which_it_has(tmp_path):
    firm = pptx.Presentation()
    for layout in list(firm.slide_layouts)[1:]:
        firm.slide_layouts.remove(layout)
    firm.save(tmp_path / "firm.pptx")
    with pytest.raises(InputError, match="'Title Slide'") as caught:
        open_template(tmp_path / "firm.pptx")
    assert "Title Only" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"no archive", b""])
def test_what_is_no_presentation_is_refused(tmp_path, content):
    path = tmp_path / "x.pptx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.pptx"):
        read_presentation(path)


def test_a_slide_after_dropped_ones_has_a_name_of_its_own():
    made = open_template(None)
    for _ in range(3):
        made.slides.add_slide(made.slide_layouts[0])
    drop_slides(made, [0])
    made.slides.add_slide(made.slide_layouts[0])
    names = [str(s.part.partname) for s in made.slides]
    assert len(set(names)) == 3


def test_words_say_their_language():
    assert run_language("zh-CN") == "zh-CN" and run_language("en") == "en-GB"
