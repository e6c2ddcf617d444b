from __future__ import annotations

import pytest

from tests.report.deck.conftest import made_pages
from workbench.report.deck.page_parts import Cell, Numbers, parts_of
from workbench.report.deck.series import Chart, Series, bounds_of, chart_of, numbers_free


def numbers(names, *rows, heads=None):
    cells = tuple(tuple(Cell(str(v), v if isinstance(v, float) else None) for v in row) for row in rows)
    return Numbers(tuple(names), (tuple(Cell(h) for h in heads or names),), cells)


def test_each_shape_of_numbers_has_its_chart():
    parts = {p.name: p for p in parts_of(made_pages("en")["90_summary"])}
    trend, groups, bridge = (chart_of(parts[n].numbers) for n in ("nps-trend", "groups", "value-bridge"))
    assert trend.kind == "line" and trend.names == ("w0", "w1") and trend.series[0].low == (30.0, 36.0)
    assert groups.kind == "bars" and groups.names == ("North", "South"), "a group without a number is not drawn"
    assert groups.series[1].values == (46.0, 32.0), "the wave before is what is now less its change"
    assert bridge.kind == "waterfall" and [s.values for s in bridge.series[1:]] == [
        (100.0, None, None, 115.0),
        (None, None, 45.0, None),
        (None, 30.0, None, None),
    ]
    assert bridge.series[0].values == (0.0, 70.0, 70.0, 0.0)


def test_pairs_classes_and_single_columns():
    pair = chart_of(numbers(("name", "first", "second"), ("a", 0.2, 0.5), ("b", 0.8, 0.5)))
    assert [s.name for s in pair.series] == ["first", "second"]
    answers = chart_of(numbers(("nps", "promoters", "passives", "detractors"), ("+10", 0.4, 0.3, 0.3)))
    assert answers.names == ("promoters", "passives", "detractors")
    assert chart_of(numbers(("step", "n"), ("Listed", 9.0), ("Called", 2.0))).series[0].values == (9.0, 2.0)


@pytest.mark.parametrize(
    "table",
    [
        None,
        Numbers((), ((Cell("a"),),), ((Cell("1"),),)),
        numbers(("name", "estimate", "ci_low", "ci_high"), ("only", 1.0, 0.5, 1.5)),
        numbers(("name", "estimate", "ci_low", "ci_high"), ("a", "–", "–", "–"), ("b", "–", "–", "–")),
        numbers(("name", "word", "other"), ("a", "x", "y"), ("b", "x", "y")),
        numbers(("step", "value"), ("Now", 3.0)),
    ],
)
def test_what_compares_nothing_is_not_drawn(table):
    assert chart_of(table) is None


def test_an_axis_covers_every_interval_and_numbers_stand_clear_of_them():
    groups = Chart("bars", ("a", "b"), (Series("NPS", (50.0, 9.0), (44.0, -16.0), (56.0, 34.0)),), "0")
    low, high = bounds_of(groups)
    assert low <= -16 and high >= 56 and not numbers_free(groups)
    assert numbers_free(Chart("bars", ("a",), (Series("x", (50.0,), (44.0,), (56.0,)),), "0"))
    flat = Chart("line", ("a", "b"), (Series("x", (5.0, 5.0)),), "0")
    assert bounds_of(flat)[0] < 5 < bounds_of(flat)[1]
