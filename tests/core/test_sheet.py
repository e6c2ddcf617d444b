from __future__ import annotations

import pytest

from workbench.core import charts
from workbench.core.sheet import Sheet, shortened, text_width
from workbench.report.site.pictures import picture_html


def drawn(sheet: Sheet) -> str:
    return picture_html(sheet.figure, "what it shows", "one")


def test_a_sheet_is_as_wide_as_every_drawing_and_its_marks_are_where_they_were_put():
    sheet = Sheet(50)
    sheet.interval(100, 150, 200, 20)
    sheet.rectangle(80, 30, -40, 10)
    assert sheet.figure.get_size_inches()[0] == pytest.approx(charts.WIDTH)
    band, dot, bar = sheet._axes.patches
    assert band.get_x() == 100 and band.get_width() == 100
    assert dot.center == (150, 20)
    assert (bar.get_x(), bar.get_width()) == (40, 40)


def test_text_stays_text_in_the_fonts_of_the_page_and_colours_are_roles():
    sheet = Sheet(30)
    sheet.text(0, 20, "华东 East", bold=True, color=charts.ORANGE)
    html = drawn(sheet)
    assert "华东 East" in html and "font-family" not in html and "Sans" not in html
    assert "font-weight: 650" in html and "var(--orange)" in html
    assert "#B04A08" not in html.upper()
    assert len(html) < 4000


def test_a_drawing_in_a_colour_without_a_role_is_refused():
    from workbench.core.errors import InputError

    sheet = Sheet(30)
    sheet.rectangle(0, 0, 10, 10, color="#123456")
    with pytest.raises(InputError, match="role"):
        drawn(sheet)


@pytest.mark.parametrize("words", ["华东", "Region 12", "Ｗ", ""])
def test_a_shortened_text_fits(words):
    for width in (10, 30, 200):
        assert text_width(shortened(words, width)) <= max(width, text_width("…"))
