from __future__ import annotations

import pandas as pd

from workbench.report.chapters.tables.views import (
    hidden_note,
    no_trends_note,
    shown_tables,
    shown_trends,
    workbook_note,
)
from workbench.tabulation import WaveAnswers, tabulate, trend


def test_a_table_stands_on_the_page_with_its_number_and_its_download():
    table = tabulate(pd.DataFrame({"q": ["a", "b"] * 40, "g": ["x", "y"] * 40}), rows="q", columns="g")
    (block,) = shown_tables({"q": table}, ["q"], {"q": 7})
    assert 'id="t007"' in block.html["en"] and "T007" in block.html["zh-CN"]
    assert block.name == "t007-q" and block.csv.startswith('"question"')
    assert "2 tables" in workbook_note(["a.xlsx"], 2).message.text("en")
    assert "10" in hidden_note(10).message.text("en")


def test_a_question_over_waves_has_a_picture_and_a_table():
    waves = [WaveAnswers(w, pd.DataFrame({"q": ["a", "b"] * 40, "g": ["x", "y"] * 40})) for w in ("w1", "w2")]
    drawn, table = shown_trends({"q": trend(waves, rows="q", columns="g", id=None)}, {"q": 7})
    assert drawn.kind == "figure" and "<svg" in drawn.html["en"] and "T007" in drawn.html["zh-CN"]
    assert 'id="t007-waves"' in table.html["en"] and "较 w1" in table.html["zh-CN"] and "w1" in table.csv
    assert "crosstabs" in no_trends_note().message.text("en")
