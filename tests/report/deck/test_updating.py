from __future__ import annotations

import io

import pptx
from pptx.util import Inches

from workbench.report.deck.drawing import Drawer
from workbench.report.deck.template import open_template
from workbench.report.deck.updating import update

KEY = "90_summary/nps-trend"


def deck(slides):
    made = open_template(None)
    drawer = Drawer(made, "en")
    for slide in slides:
        drawer.add(slide)
    return made


def shape(presentation, name):
    return next(s for slide in presentation.slides for s in slide.shapes if s.name == name)


def test_what_was_moved_coloured_or_added_stays_and_numbers_are_new(story):
    made = deck(story())
    chart = shape(made, f"chart:{KEY}")
    chart.left, chart.width = Inches(4), Inches(5)
    remark = chart.part.slide.shapes.add_textbox(0, 0, 100, 100)
    remark.name, remark.text_frame.text = "mine", "Our campaign began here"
    own = made.slides.add_slide(made.slide_layouts[1])
    own.shapes.title.text = "Own slide"
    told = update(made, story(now=52.0), "en")
    assert told == []
    chart = shape(made, f"chart:{KEY}")
    assert (chart.left, chart.width) == (Inches(4), Inches(5))
    assert list(chart.chart.plots[0].series[0].values) == [35.0, 52.0]
    assert shape(made, "mine").text_frame.text == "Our campaign began here"
    assert made.slides[len(made.slides) - 1].shapes.title.text == "Own slide"
    saved = io.BytesIO()
    made.save(saved)
    assert len(pptx.Presentation(io.BytesIO(saved.getvalue())).slides) == len(made.slides)


def test_a_reworded_title_stays_until_the_finding_changes(story):
    made = deck(story())
    shape(made, f"title:{KEY}").text_frame.paragraphs[0].runs[0].text = "Steady as she goes"
    assert update(made, story(now=44.0), "en") == []
    assert shape(made, f"title:{KEY}").text_frame.text == "Steady as she goes"
    told = update(made, story(now=60.0, title="NPS rose by 25 points"), "en")
    assert [m.values["title"] for m in told] == ["Steady as she goes"]
    assert shape(made, f"title:{KEY}").text_frame.text == "NPS rose by 25 points"


def test_slides_come_and_go_with_what_the_wave_has(story):
    later = story()
    earlier = [s for s in later if s.key != "90_summary/groups"]
    made = deck([*earlier[:5], *(s for s in later if s.key == "90_summary/groups")])
    told = update(made, earlier, "en")
    said = [m.text("en") for m in told]
    assert "Slide left, as this wave has nothing for it: 90_summary/groups." in said
    assert sum(t.startswith("Slide added") for t in said) == len(earlier) - 5
    titles = [next(s.name for s in slide.shapes if s.name.startswith("title:")) for slide in made.slides]
    assert titles == [f"title:{s.key}" for s in earlier]


def test_a_table_becomes_a_chart_where_there_is_something_to_compare(story):
    made = deck(story(waves=1))
    assert shape(made, f"table:{KEY}").has_table
    update(made, story(), "en")
    names = [s.name for slide in made.slides for s in slide.shapes]
    assert f"chart:{KEY}" in names and f"table:{KEY}" not in names
    assert shape(made, f"chart:{KEY}").height > Inches(4)


def test_the_slides_of_the_same_wave_stay_the_same(story):
    made = deck(story())
    before = [[(s.name, s.has_text_frame and s.text_frame.text) for s in slide.shapes] for slide in made.slides]
    assert update(made, story(), "en") == []
    after = [[(s.name, s.has_text_frame and s.text_frame.text) for s in slide.shapes] for slide in made.slides]
    assert after == before
