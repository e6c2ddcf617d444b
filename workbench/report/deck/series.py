"""From the numbers below a panel to a chart: which columns are names, values and intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workbench.core.language import current_language, message
from workbench.report.deck.page_parts import Numbers

Kind = Literal["line", "bars", "waterfall"]
MOST_NAMES = 12
LOW, HIGH = "ci_low", "ci_high"
# pairs of columns that are drawn beside each other, and single columns that are drawn alone
TOGETHER = (("first", "second"), ("left", "right"))
ALONE = ("at_risk", "share", "value")
CLASSES = ("promoters", "passives", "detractors")
CHANGE, BEFORE = "change", message("Previous wave")
STEPS = (message("Total"), message("Increase"), message("Decrease"))
# how far into a drawing the end of an interval may reach before it meets the number at a bar's foot
FREE_OF_INTERVALS = 0.25


@dataclass(frozen=True)
class Series:
    """One row of marks: its name, its values, and the ends of their intervals where it has any."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes
    ----------
    kind
        ``line`` over waves, ``bars`` of groups, or ``waterfall`` from one total to another.
    names
        What stands along it.
    series
        Its rows of marks.
    number_format
        How its numbers are shown, in the words of Excel.
    """

    kind: Kind
    names: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str


def chart_of(numbers: Numbers | None) -> Chart | None:
    """Return the chart of a table; None where it has no numbers that are drawn.

    Parameters
    ----------
    numbers
        A table of a page. What is hidden on the page has no number and is not drawn.

    Examples
    --------
    >>> from workbench.report.deck.page_parts import Cell
    >>> east = (Cell("East"), Cell("+47.1", 47.1), Cell("+39.9", 39.9), Cell("+54.4", 54.4))
    >>> rows = (east, (Cell("West"), Cell("+8.8", 8.8), Cell("\u221216.2", -16.2), Cell("+33.8", 33.8)))
    >>> heads = ((Cell("Region"), Cell("NPS"), Cell("Low"), Cell("High")),)
    >>> chart = chart_of(Numbers(("name", "estimate", "ci_low", "ci_high"), heads, rows))
    >>> chart.kind, chart.series[0].high
    ('bars', (54.4, 33.8))
    """
    if numbers is None or not numbers.names or not numbers.rows:
        return None
    there = numbers.names
    if len(numbers.rows) == 1 and set(CLASSES) <= set(there):
        return _across(numbers, CLASSES)
    if {LOW, HIGH} <= set(there):
        kind: Kind = "line" if there[0] == "wave" else "bars"
        series = [_series(numbers, there[there.index(LOW) - 1], LOW, HIGH)]
        if kind == "bars" and CHANGE in there:
            series.append(_before(numbers, series[0]))
        return _finished(kind, numbers, series, there[there.index(LOW) - 1])
    if there[0] == "step" and "value" in there:
        return _waterfall(numbers)
    for pair in TOGETHER:
        if set(pair) <= set(there):
            return _finished("bars", numbers, [_series(numbers, name) for name in pair], pair[0])
    found = there[1] if len(there) == 2 else next((name for name in ALONE if name in there[1:]), None)
    return None if found is None else _finished("bars", numbers, [_series(numbers, found)], found)


def bounds_of(chart: Chart) -> tuple[float, float]:
    """Return the ends of a chart's axis: round numbers that every mark and interval lies between.

    Examples
    --------
    >>> bounds_of(Chart("bars", ("East",), (Series("NPS", (47.1,), (39.9,), (54.4,)),), "0"))
    (0.0, 60.0)
    """
    from matplotlib.ticker import MaxNLocator

    ends = [v for s in chart.series for part in (s.values, s.low, s.high) for v in part if v is not None]
    if chart.kind == "waterfall":
        ends = [sum(s.values[i] or 0.0 for s in chart.series) for i in range(len(chart.names))]
    low, high = min(ends), max(ends)
    if chart.kind != "line":
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        low, high = low - 1.0, high + 1.0
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return float(ticks[0]), float(ticks[-1])


def numbers_free(chart: Chart) -> bool:
    """Tell whether numbers may stand at the feet of bars: where no interval meets them."""
    low, high = bounds_of(chart)
    nearest = [v for s in chart.series for v in (*s.low, *(() if s.low else s.values)) if v is not None]
    return low >= 0 and (not chart.series[0].low or min(nearest) > FREE_OF_INTERVALS * high)


def _waterfall(numbers: Numbers) -> Chart | None:
    """Return steps from one total to another, standing on bars that nobody sees."""
    rows = [i for i, c in enumerate(numbers.column("value")) if c.value is not None]
    if len(rows) < 2:
        return None
    values = [float(numbers.column("value")[i].value or 0.0) for i in rows]
    lines: dict[str, list[float | None]] = {name: [None] * len(rows) for name in ("below", "total", "up", "down")}
    level = 0.0
    for place, value in enumerate(values):
        total = place in (0, len(values) - 1)
        lines["below"][place] = 0.0 if total else min(level, level + value)
        lines["total" if total else "up" if value >= 0 else "down"][place] = abs(value)
        level = value if total else level + value
    names = ("", *(m.text(current_language()) for m in STEPS))
    series = tuple(Series(n, tuple(v)) for n, v in zip(names, lines.values(), strict=True))
    return Chart("waterfall", tuple(numbers.rows[i][0].text for i in rows), series, "#,##0")


def _before(numbers: Numbers, now: Series) -> Series:
    """Return the wave before: what is now less its change."""
    changes = [c.value for c in numbers.column(CHANGE)]
    values = [None if v is None or c is None else v - c for v, c in zip(now.values, changes, strict=True)]
    return Series(BEFORE.text(current_language()), tuple(values))


def _across(numbers: Numbers, columns: tuple[str, ...]) -> Chart | None:
    """Return the chart of one row: its columns beside each other."""
    cells = [numbers.column(c)[0] for c in columns]
    if any(c.value is None for c in cells):
        return None
    form = number_format([c.text for c in cells])
    series = Series(numbers.heads[-1][0].text, tuple(c.value for c in cells))
    return Chart("bars", tuple(numbers.label(c) for c in columns), (series,), form)


def _finished(kind: Kind, numbers: Numbers, series: list[Series], column: str) -> Chart | None:
    shown = [i for i in range(len(numbers.rows)) if any(s.values[i] is not None for s in series)]
    if len(shown) < 2:
        return None  # one bar compares nothing; its number stands in a table
    shown = shown[-MOST_NAMES:] if kind == "line" else shown[:MOST_NAMES]
    kept = tuple(
        Series(s.name, *(tuple(v[i] for i in shown) if v else () for v in (s.values, s.low, s.high))) for s in series
    )
    names = tuple(numbers.rows[i][0].text for i in shown)
    texts = [c.text for c in numbers.column(column) if c.value is not None]
    return Chart(kind, names, kept, number_format(texts))


def _series(numbers: Numbers, column: str, low: str = "", high: str = "") -> Series:
    ends = [tuple(c.value for c in numbers.column(name)) if name else () for name in (low, high)]
    return Series(numbers.label(column), tuple(c.value for c in numbers.column(column)), *ends)


def number_format(texts: list[str]) -> str:
    """Return how Excel shows numbers that read so on a page.

    Examples
    --------
    >>> [number_format([t]) for t in ("72%", "71.8%", "3.87", "1,234", "25.27 m")]
    ['0%', '0.0%', '0.00', '#,##0', '#,##0']
    """
    shown = [t for t in texts if re.search(r"\d", t)]
    if any(re.search(r"\d\s*[^\W\d_]", t) for t in shown):  # 22.26 m, 2226 万: written shorter than they are
        return "#,##0"
    places = max((len(m[1]) for t in shown if (m := re.search(r"\.(\d+)", t))), default=0)
    part = "0." + "0" * places if places else "0"
    if shown and all("%" in t for t in shown):
        return f"{part}%"
    if any(t.startswith("+") for t in shown):
        return f"+{part};\u2212{part};{part}"
    return part if places else "#,##0"
