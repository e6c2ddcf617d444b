"""Charts that can be edited in PowerPoint, with intervals: numbers and errors are in the chart's own workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from workbench.report.deck.series import Chart, Series, bounds_of, numbers_free

SHEET = "Sheet1"
# python-pptx gives charts no intervals, and PowerPoint reads an element only in its place among the others
BEFORE_ERRORS = ("c:idx", "c:order", "c:tx", "c:spPr", "c:invertIfNegative", "c:marker", "c:dPt", "c:dLbls")
MADE = dt.datetime(2000, 1, 1)  # of every embedded workbook, so that the same numbers give the same bytes
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def names_of(chart: Chart) -> list[str]:
    """Return what stands along a chart: its names, with the numbers where bars have no room for them."""
    if chart.kind != "bars" or numbers_free(chart):
        return list(chart.names)
    values = chart.series[0].values
    return [f"{n}  {shown_number(v, chart.number_format)}" for n, v in zip(chart.names, values, strict=True)]


def shown_number(value: float | None, form: str) -> str:
    """Return a number as a format of Excel shows it.

    Examples
    --------
    >>> shown_number(0.718, "0.0%"), shown_number(-4.25, "+0.0;-0.0;0.0"), shown_number(1234.0, "#,##0")
    ('71.8%', '−4.2', '1,234')
    """
    if value is None:
        return ""
    places = len(form.split(";")[0].partition(".")[2].rstrip("%"))
    if form.endswith("%"):
        return f"{100 * value:.{places}f}%"
    sign = "+" if form.startswith("+") else ""
    return f"{value:{sign},.{places}f}".replace("-", "\u2212")


def add_chart(slide: Any, chart: Chart, box: Any, name: str) -> Any:
    """Draw a chart on a slide.

    Parameters
    ----------
    slide
        A slide of python-pptx.
    chart
        The chart.
    box
        Its place.
    name
        Name of its shape, by which an update finds it.

    Returns
    -------
    GraphicFrame
        The shape.
    """
    from pptx.enum.chart import XL_CHART_TYPE

    kinds = {
        "line": XL_CHART_TYPE.LINE_MARKERS,
        "bars": XL_CHART_TYPE.BAR_CLUSTERED,
        "waterfall": XL_CHART_TYPE.COLUMN_STACKED,
    }
    frame = slide.shapes.add_chart(kinds[chart.kind], box.left, box.top, box.width, box.height, _data(chart))
    frame.name = name
    _dress(frame.chart, chart)
    put_numbers(frame.chart, chart)
    return frame


def refresh_chart(frame: Any, chart: Chart) -> None:
    """Give a chart new numbers; its place, its colours and what was added to it stay.

    Errors are written anew: those that were there point at columns which the new workbook does not have.
    """
    there = len(frame.chart.plots[0].series)
    frame.chart.replace_data(_data(chart))
    _colour(frame.chart, chart, since=there)  # a new row of marks is a copy of the last, colour and all
    put_numbers(frame.chart, chart)


def same_kind(frame: Any, chart: Chart) -> bool:
    """Tell whether a chart on a slide can take the numbers of another."""
    kinds = {"line": "lineChart", "bars": "barChart", "waterfall": "barChart"}
    return _plots(frame) == [kinds[chart.kind]]


def _plots(frame: Any) -> list[str]:
    area = frame.chart._chartSpace.find(f".//{{{CHART}}}plotArea")
    return [e.tag.split("}")[1] for e in area if e.tag.endswith("Chart")]


def put_numbers(chart: Any, told: Chart) -> None:
    """Write the errors of a chart, and the workbook behind it with a column for each."""
    series = told.series
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = bounds_of(told)
    for place, (drawn, one) in enumerate(zip(chart.plots[0].series, series, strict=True)):
        for old in drawn._element.findall(f"{{{CHART}}}errBars"):
            drawn._element.remove(old)
        if one.low:
            _insert(drawn._element, _errors(told, series, place))
    if told.kind == "bars":
        chart.plots[0].data_labels.show_value = numbers_free(told)
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(told, series))


def _insert(element: Any, errors: Any) -> None:
    from pptx.oxml.ns import qn

    places = [i for i, child in enumerate(element) if child.tag in {qn(t) for t in BEFORE_ERRORS}]
    element.insert(max(places) + 1, errors)


def _errors(chart: Chart, series: Sequence[Series], place: int) -> Any:
    from pptx.oxml import parse_xml
    from xlsxwriter.utility import xl_range_abs

    one = series[place]
    at = 1 + len(series) + 2 * sum(bool(s.low) for s in series[:place])
    sides = zip(("plus", "minus"), _lengths(one), strict=True)
    lengths = "".join(
        f"<c:{side}><c:numRef><c:f>{SHEET}!{xl_range_abs(1, at + i, len(values), at + i)}</c:f>"
        f"<c:numCache><c:formatCode>General</c:formatCode>{_points(values)}</c:numCache></c:numRef></c:{side}>"
        for i, (side, values) in enumerate(sides)
    )
    direction = '<c:errDir val="y"/>' if chart.kind == "line" else ""
    return parse_xml(
        f'<c:errBars xmlns:c="{CHART}" xmlns:a="{DRAWING}">{direction}<c:errBarType val="both"/>'
        f'<c:errValType val="cust"/><c:noEndCap val="0"/>{lengths}<c:spPr><a:ln w="12700"><a:solidFill>'
        '<a:schemeClr val="tx2"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )


def _lengths(series: Series) -> tuple[list[float | None], list[float | None]]:
    rows = list(zip(series.values, series.low, series.high, strict=True))
    plus = [None if v is None or h is None else h - v for v, _, h in rows]
    return plus, [None if v is None or low is None else v - low for v, low, _ in rows]


def _points(values: Sequence[float | None]) -> str:
    told = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in enumerate(values) if v is not None)
    return f'<c:ptCount val="{len(values)}"/>{told}'


def _workbook(chart: Chart, series: Sequence[Series]) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet(SHEET)
        columns: list[tuple[str, Sequence[float | None]]] = [(s.name, s.values) for s in series]
        for one in series:
            if one.low:
                plus, minus = _lengths(one)
                columns += [(f"{one.name} +", plus), (f"{one.name} \u2212", minus)]
        for row, name in enumerate(names_of(chart), 1):
            sheet.write_string(row, 0, name)
        for place, (head, values) in enumerate(columns, 1):
            sheet.write_string(0, place, head)
            for row, value in enumerate(values, 1):
                if value is not None:
                    sheet.write_number(row, place, value)
    return made.getvalue()


def _data(chart: Chart) -> Any:
    from pptx.chart.data import CategoryChartData

    data: Any = CategoryChartData(number_format=chart.number_format)
    data.categories = names_of(chart)
    for one in chart.series:
        data.add_series(one.name, one.values)
    return data


def _dress(drawn: Any, chart: Chart) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    drawn.has_title = False
    drawn.font.size = Pt(12)
    values, names = drawn.value_axis, drawn.category_axis
    values.has_major_gridlines = False
    values.visible = chart.kind == "line"
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = chart.number_format, False
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # beside the plot, also where bars go below zero
    if chart.kind == "bars":
        names.reverse_order = True  # or the first group stands at the bottom
    plot = drawn.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = chart.number_format, False
    labels.font.size = Pt(11)
    # at the foot of a bar, where no interval crosses them
    labels.position = XL_LABEL_POSITION.RIGHT if chart.kind == "line" else XL_LABEL_POSITION.INSIDE_BASE
    _colour(drawn, chart)
    if chart.kind != "line":
        plot.gap_width = 45 if len(chart.names) > 3 else 120
        labels.font.color.theme_color = MSO_THEME_COLOR.TEXT_1


def _colour(drawn: Any, chart: Chart, *, since: int = 0) -> None:
    """Give rows of marks their colours from one on, and a legend where there are several."""
    from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION
    from pptx.enum.dml import MSO_THEME_COLOR

    if since >= len(chart.series):
        return
    drawn.has_legend = len(chart.series) > 1 and chart.kind != "waterfall"
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    # the wave before stands back in grey; two halves of one thing do not
    beside = MSO_THEME_COLOR.ACCENT_4 if chart.series[0].low else MSO_THEME_COLOR.ACCENT_2
    colours: tuple[Any, ...] = (MSO_THEME_COLOR.ACCENT_3, beside)
    if chart.kind == "waterfall":
        colours = (
            MSO_THEME_COLOR.ACCENT_4,
            MSO_THEME_COLOR.ACCENT_4,
            MSO_THEME_COLOR.ACCENT_3,
            MSO_THEME_COLOR.ACCENT_2,
        )
    lines = [getattr(MSO_THEME_COLOR, f"ACCENT_{n}") for n in (1, 2, 5, 6, 4)]
    for place, series in enumerate(drawn.plots[0].series):
        if place < since:
            continue
        if chart.kind == "line":
            series.smooth = False
            series.format.line.color.theme_color = lines[place % len(lines)]
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.theme_color = lines[place % len(lines)]
            if place:  # numbers stand at the first line; those of all would lie over each other
                series.data_labels.show_value = False
        elif chart.kind == "waterfall" and place == 0:
            series.format.fill.background()
            series.data_labels.show_value = False
            series.data_labels.position = XL_LABEL_POSITION.INSIDE_BASE
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.theme_color = colours[place % len(colours)]
