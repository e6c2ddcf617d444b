from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from workbench.core import charts
from workbench.core.language import LANGUAGES, message
from workbench.core.names import COLUMNS, Column
from workbench.report.site.blocks import WIDE, people_of, table
from workbench.report.site.panels import panel
from workbench.report.site.protection import protected
from workbench.report.site.render import Item, Page

GROUPS = pd.DataFrame(
    {
        "group": ["North", "South", "West", "East"],
        "nps": [-33.3, 12.5, 20.25, 31.5],
        "interval": ["−90 … 20", "2 … 22", "10 … 30", "20 … 40"],
        "n": [3, 40, 35, 60],
    }
)


def pages_of(*blocks):
    """Return the page of a chapter as its notebook keeps the blocks: their keys in the order of the alphabet."""
    pages = {}
    for language in LANGUAGES:
        pages["50_loyalty", language] = Page(
            items=tuple(Item("panel" if b.kind == "panel" else "block", b.html[language]) for b in blocks),
            headings=(),
            tables={b.name: b.csv for b in blocks if b.csv},
            figures={b.name: b.html[language] for b in blocks if "<svg" in b.html[language]},
            people={b.name: json.loads(json.dumps(b.people, sort_keys=True)) for b in blocks if b.people},
        )
    return pages


def page(*blocks, minimum=10, language="en"):
    return protected(pages_of(*blocks), minimum)["50_loyalty", language]


def picture(language):
    return charts.draw_figure(lambda ax: charts.bar_rows(ax, ["a"], [4.0], style="int", language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_of_few_and_what_would_give_it_away_have_left(language):
    shown = page(table(GROUPS, "groups", message("Groups")), language=language)
    html, csv = shown.items[0].html, shown.tables["groups"]
    for told in ("-33.3", "33.3", "−90", "20.25", "10 … 30", ">3<", ">35<"):
        assert told not in html and told not in csv
    assert "12.5" in csv and ">40<" in html and "2 … 22" in html
    assert ("&lt; 10" if language == "en" else "少于 10") in html and '"< 10"' in csv
    assert len(csv.splitlines()) == 5 and html.count("<tr>") == 5 and "North" in html
    assert 'class="note"' in html


def test_the_same_count_in_another_table_and_chapter_has_left_too():
    other = GROUPS[["group", "n"]].rename(columns={"n": "customers"})
    shown = page(table(GROUPS, "groups", message("Groups")), table(other, "other", message("Others")))
    assert shown.tables["other"].splitlines()[1:] == ['"North","< 10"', '"South",40', '"West",""', '"East",60']


def test_what_rests_on_another_count_of_the_row_stays():
    moves = pd.DataFrame(
        {
            "tier": ["A", "B", "C", "D"],
            "customers": [300, 400, 500, 600],
            "amount": [1.5, 2.5, 3.5, 4.5],
            "entrants": [4, 30, 20, 50],
            "entrants_value": [44.25, 55.25, 66.25, 77.25],
        }
    )
    columns = {"entrants": COLUMNS["customers"], "amount": Column(message("Amount"), "dec2")}
    csv = page(table(moves, "moves", message("Moves"), columns=columns)).tables["moves"]
    assert csv.splitlines()[1] == '"A",300,1.5,"< 10",""' and csv.splitlines()[3] == '"C",500,3.5,"",""'
    assert "44.25" not in csv and "55.25" in csv


def test_a_picture_of_few_is_not_drawn_and_not_taken_along():
    rows = pd.DataFrame({"name": ["A", "B", "C"], "customers": [4, 30, 60]})
    few = panel("few", title=message("Moves"), measure=message("Customers"), draw=picture, numbers=rows)
    many = panel(
        "many", title=message("Moves"), measure=message("Customers"), draw=picture, numbers=rows.assign(customers=50)
    )
    shown = page(few, many)
    assert "<svg" not in shown.items[0].html and "<svg" in shown.items[1].html
    assert set(shown.figures) == {"many"} and "Not drawn" in shown.items[0].html


def test_a_wide_table_leaves_out_the_same_groups_as_its_download():
    rows = [(g, m) for m in ("nps", "csat") for g in GROUPS["group"]]
    lines = pd.DataFrame(rows, columns=["region", "measure"]).assign(
        estimate=[1.5, 2.5, 3.5, 4.5] * 2, n=[3, 40, 35, 60] + [50] * 4
    )
    wide = GROUPS[["group"]].assign(nps=["1.5 (0 … 3)", "2.5", "3.5", "4.5"], csat=["1.5", "2.5", "3.5", "4.5"])
    block = table(wide, "scorecard", message("Scorecard"))
    csv = table(lines, "lines", message("Lines")).csv
    people = {**people_of(lines, COLUMNS), WIDE: ["nps", "csat"]}
    shown = page(replace(block, csv=csv, people=people))
    cells = shown.items[0].html
    assert (
        "1.5 (0" not in cells and cells.count(">3.5<") == 1 and cells.count(">1.5<") == 1 and cells.count(">2.5<") == 2
    )
    assert '"North","nps","","< 10"' in shown.tables["scorecard"]


def test_a_wave_of_few_still_has_its_whole():
    whole = pd.DataFrame({"nps": [20.0], "n": [7]})
    parts = pd.DataFrame({"group": ["a", "b"], "nps": [10.0, 30.0], "n": [3, 4]})
    shown = page(table(whole, "whole", message("All")), table(parts, "parts", message("Groups")))
    assert "7" in shown.tables["whole"] and shown.tables["parts"].splitlines()[1:] == ['"a","","< 10"', '"b","","< 10"']


def test_where_nothing_is_small_pages_stay_as_they_are():
    block = table(GROUPS.assign(n=50), "groups", message("Groups"))
    pages = pages_of(block)
    assert protected(pages, 10) == pages and protected(pages_of(table(GROUPS, "g", message("G"))), 2) != {}


def test_sentences_about_a_hidden_group_leave_with_it():
    said = table(GROUPS, "groups", message("Groups"))
    told = replace(
        said,
        name="told",
        csv="",
        people={},
        html=dict.fromkeys(
            LANGUAGES, '<ul><li data-finding="nps:West">West fell.</li><li data-finding="nps:East">East rose.</li></ul>'
        ),
    )
    html = page(said, told).items[1].html
    assert "West fell" not in html and "East rose" in html
