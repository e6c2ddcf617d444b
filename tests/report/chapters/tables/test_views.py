from __future__ import annotations

import pandas as pd

from workbench.report.chapters.tables.views import hidden_note, shown_tables, workbook_note
from workbench.tabulation import tabulate


def test_a_table_stands_on_the_page_with_its_number_and_its_download():
    table = tabulate(pd.DataFrame({"q": ["a", "b"] * 40, "g": ["x", "y"] * 40}), rows="q", columns="g")
    (block,) = shown_tables({"q": table}, ["q"], {"q": 7})
    assert 'id="t007"' in block.html["en"] and "T007" in block.html["zh-CN"]
    assert block.name == "t007-q" and block.csv.startswith('"question"')
    assert "2 tables" in workbook_note(["a.xlsx"], 2).message.text("en")
    assert "10" in hidden_note(10).message.text("en")
