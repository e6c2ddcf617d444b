from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest

from workbench.core.language import message
from workbench.report.export.tables_workbook import Sheet, write_tables
from workbench.tabulation import WaveAnswers, scale, tabulate, trend


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    rng = np.random.default_rng(2)
    old = pd.DataFrame({"q": rng.integers(1, 4, 200), "g": ["x", "y"] * 100})
    new = old.assign(q=old["q"] + 2)
    waves = [WaveAnswers("w1", old), WaveAnswers("w2", new)]
    over = trend(waves, rows=scale("q", low=1, high=5), columns="g", id=None)
    table = tabulate(new, rows=scale("q", low=1, high=5), columns="g")
    path = tmp_path_factory.mktemp("out") / "tables.xlsx"
    write_tables([Sheet(3, table, over)], path, title=message("Share"), wave="w2", language="en")
    return openpyxl.load_workbook(path), over


def test_waves_stand_across_and_rows_by_columns_down(made):
    book, over = made
    assert book.sheetnames[2:] == ["T003", "T003-waves", "All cells", "All cells over waves"]
    sheet = book["T003-waves"]
    assert [sheet.cell(4, j).value for j in (3, 4, 5)] == ["w1", "w2", "Since w1"]
    assert [sheet.cell(5, j).value for j in (1, 2, 3, 4)] == ["Base, unweighted", "Total", 200, 200]
    mean = over.of("q", "Mean")
    line = next(r for r in range(5, 60) if sheet.cell(r, 1).value == "Mean")
    assert [sheet.cell(line, j).value for j in (3, 4)] == pytest.approx(mean["estimate"].tolist())
    assert sheet.cell(line, 5).value == pytest.approx(2.0) and sheet.cell(line, 6).value == "↑"
    assert sheet.cell(line, 3).number_format == "0.00" and sheet.freeze_panes == "C5"


def test_the_index_leads_there_and_the_key_of_arrows_is_told(made):
    book, over = made
    links = [c.hyperlink.location for row in book["Index of tables"].iter_rows() for c in row if c.hyperlink]
    assert "'T003-waves'!A1" in links
    told = [c.value for c in book["How to read"]["A"] if c.value]
    assert any("↑ ↓" in t for t in told)
    assert book["All cells over waves"].max_row == 1 + len(over.table)
