from __future__ import annotations

from dataclasses import replace

from tests.report.deck.conftest import made_pages
from workbench.report.deck.page_parts import Cell, Numbers, parts_of
from workbench.report.deck.proofs import (
    COLUMNS_A_SLIDE,
    ROWS_A_SLIDE,
    bases_of,
    crosstab_chart,
    pieces_of,
    trend_chart,
)


def test_the_row_of_a_finding_is_drawn_in_its_group_with_intervals():
    part, _ = parts_of(made_pages("en")["55_tables"])
    chart = crosstab_chart(part)
    assert chart.names == ("north", "south") and chart.number_format == "0%"
    series = chart.series[0]
    assert series.name == "Alba" and all(
        a < v < b for a, v, b in zip(series.low, series.values, series.high, strict=True)
    )
    assert bases_of(part, "en") == ["Base: 150"]


def test_without_a_finding_the_answers_of_all_are_drawn():
    part, _ = parts_of(made_pages("en")["55_tables"])
    chart = crosstab_chart(replace(part, row=None, title=""))
    assert chart.names == ("Alba", "Brio") and sum(chart.series[0].values) > 0.999
    assert crosstab_chart(replace(part, cells=())) is None


def test_a_large_table_is_cut_into_slides_with_its_head():
    wide = COLUMNS_A_SLIDE + 4
    head = (Cell(""), Cell("Total"), Cell("Region", span=wide - 2))
    rows = tuple(tuple(Cell(f"{r}.{c}") for c in range(wide)) for r in range(2 * ROWS_A_SLIDE + 1))
    pieces = pieces_of(Numbers((), (head, tuple(Cell(str(c)) for c in range(wide))), rows))
    assert len(pieces) == 3 and [len(p.rows) for p in pieces] == [ROWS_A_SLIDE, ROWS_A_SLIDE, 1]
    assert all(sum(c.span for c in p.heads[0]) == COLUMNS_A_SLIDE for p in pieces)
    assert pieces[1].rows[0][0].text == f"{ROWS_A_SLIDE}.0"


def test_bases_are_the_last_waves_or_the_range_of_groups():
    parts = {p.name: p for p in parts_of(made_pages("en")["90_summary"])}
    assert bases_of(parts["nps-trend"], "en") == ["Base: 410"]
    assert bases_of(parts["groups"], "en") == ["Bases: 4 to 200"]
    assert bases_of(parts["value-bridge"], "en") == []


def test_a_question_over_waves_is_lines_with_the_intervals_of_everybody():
    _, part = parts_of(made_pages("en")["55_tables"])
    assert part.kind == "trend" and "points on the wave before" in part.title and part.name == "t001-waves"
    chart = trend_chart(part, "en")
    assert chart.kind == "line" and chart.names == ("w0", "w1", "w2") and chart.number_format == "0%"
    assert [s.name for s in chart.series] == ["Total", "north", "south"]
    assert chart.series[0].low and not chart.series[1].low
    assert bases_of(part, "en") == ["Base: 300"]
    assert trend_chart(replace(part, cells=part.cells[:1]), "en") is None
