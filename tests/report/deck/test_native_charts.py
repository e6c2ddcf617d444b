from __future__ import annotations

import io

import openpyxl
import pytest

from workbench.report.deck.native_charts import add_chart, names_of, refresh_chart, same_kind
from workbench.report.deck.series import Chart, Series
from workbench.report.deck.template import BODY, open_template

CHARTML = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
LINE = Chart("line", ("w1", "w2"), (Series("NPS", (10.0, 20.0), (5.0, 14.0), (16.0, 26.0)),), "+0.0;−0.0;0.0")
BARS = Chart("bars", ("a", "b", "c"), (Series("Share", (0.5, 0.4, None), (0.4, 0.3, None), (0.6, 0.5, None)),), "0%")


def drawn(chart):
    made = open_template(None)
    slide = made.slides.add_slide(made.slide_layouts[1])
    return add_chart(slide, chart, BODY, "chart:x")


def errors_of(frame, side="plus"):
    points = frame.chart._chartSpace.iterfind(f".//{CHARTML}errBars/{CHARTML}{side}//{CHARTML}v")
    return [float(p.text) for p in points]


def sheet_of(frame):
    blob = frame.chart.part.chart_workbook.xlsx_part.blob
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(blob)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("chart", [LINE, BARS])
def test_intervals_stand_in_the_chart_and_in_its_workbook(chart):
    frame = drawn(chart)
    series = chart.series[0]
    known = [i for i, v in enumerate(series.values) if v is not None]
    assert errors_of(frame) == pytest.approx([series.high[i] - series.values[i] for i in known])
    assert errors_of(frame, "minus") == pytest.approx([series.values[i] - series.low[i] for i in known])
    rows = sheet_of(frame)
    assert rows[0][1:] == [series.name, f"{series.name} +", f"{series.name} −"]
    assert [r[1] for r in rows[1:]] == list(series.values)
    reference = frame.chart._chartSpace.find(f".//{CHARTML}errBars/{CHARTML}plus//{CHARTML}f").text
    assert reference == f"Sheet1!$C$2:$C${len(series.values) + 1}"


def test_parts_of_a_series_stand_in_the_order_that_powerpoint_reads():
    order = [e.tag.removeprefix(CHARTML) for e in drawn(LINE).chart.plots[0].series[0]._element]
    assert order.index("errBars") < order.index("cat") and order.index("errBars") > order.index("marker")


def test_new_numbers_bring_new_errors_and_leave_the_colour():
    from pptx.dml.color import RGBColor

    frame = drawn(LINE)
    mine = frame.chart.plots[0].series[0].format.line
    mine.color.rgb = RGBColor(1, 2, 3)
    longer = Chart("line", ("w1", "w2", "w3"), (Series("NPS", (1.0, 2.0, 3.0), (0.0, 1.0, 1.0), (2.0, 3.0, 7.0)),), "0")
    refresh_chart(frame, longer)
    assert errors_of(frame) == [1.0, 1.0, 4.0] and len(sheet_of(frame)) == 4
    assert frame.chart.plots[0].series[0].format.line.color.rgb == RGBColor(1, 2, 3)
    assert same_kind(frame, longer) and not same_kind(frame, BARS)


def test_a_second_row_of_marks_gets_a_colour_and_a_legend_of_its_own():
    one = Chart("bars", ("a", "b"), (Series("Now", (5.0, 6.0), (4.0, 5.0), (6.0, 7.0)),), "0")
    frame = drawn(one)
    assert not frame.chart.has_legend
    refresh_chart(frame, Chart("bars", ("a", "b"), (*one.series, Series("Before", (4.0, 6.5))), "0"))
    colours = [s.format.fill.fore_color.theme_color for s in frame.chart.plots[0].series]
    assert colours[0] != colours[1] and frame.chart.has_legend


def test_an_axis_covers_what_is_drawn_and_numbers_stand_where_there_is_room():
    frame = drawn(BARS)
    assert frame.chart.value_axis.maximum_scale >= 0.6 and frame.chart.value_axis.minimum_scale == 0
    crossing = Chart("bars", ("a", "b"), (Series("NPS", (8.0, -44.0), (-16.0, -60.0), (33.0, -20.0)),), "+0.0;−0.0;0.0")
    assert names_of(crossing) == ["a  +8.0", "b  −44.0"] and names_of(BARS) == ["a", "b", "c"]
    assert drawn(crossing).chart.plots[0].data_labels.show_value is False


def test_a_waterfall_stands_on_bars_that_nobody_sees():
    steps = Chart("waterfall", ("a", "b", "c"), (Series("", (0.0, 7.0, 0.0)), Series("Total", (10.0, None, 7.0))), "0")
    series = drawn(steps).chart.plots[0].series
    assert series[0].format.fill.type == 5 and [s.name for s in series] == ["", "Total"]
