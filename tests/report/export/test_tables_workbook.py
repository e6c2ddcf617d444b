from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from workbench.core.language import message
from workbench.report.export.tables_workbook import Sheet, write_tables
from workbench.tabulation import scale, single, tabulate


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    data = pd.DataFrame(
        {
            "brand": ["a", "b", "a"] * 40 + ["b"] * 60,
            "q": [1, 5, 3] * 60,
            "g": ["x"] * 120 + ["=y"] * 60,
            "h": ["u", "v"] * 90,
        }
    )
    made = [tabulate(data, rows=r, columns=["g", "h"]) for r in (single("brand"), scale("q"))]
    path = tmp_path_factory.mktemp("out") / "tables.xlsx"
    write_tables([Sheet(1, made[0]), Sheet(12, made[1])], path, title=message("Share"), wave="w1", language="en")
    return openpyxl.load_workbook(path), made


def test_every_table_has_its_sheet_and_a_link_there_and_back(book):
    made, _ = book
    assert made.sheetnames == ["Index of tables", "How to read", "T001", "T012", "All cells"]
    links = [c.hyperlink.location for row in made["Index of tables"].iter_rows() for c in row if c.hyperlink]
    assert links == ["'T001'!A1", "'T012'!A1"] and made["T001"]["A3"].hyperlink.location == "'Index of tables'!A1"


def test_numbers_stay_numbers_and_letters_stand_below_them(book):
    made, tables = book
    sheet = made["T001"]
    assert [c.value for c in sheet[6]][2:] == ["A", "B", "C", "D"]
    assert sheet["B7"].value == 180 and sheet["A11"].value == "a"
    wide = tables[0].wide()
    for j, value in enumerate(wide.iloc[0], start=2):
        cell = sheet.cell(11, j)
        assert cell.value == pytest.approx(value) if value else cell.value in (0, None)
        assert cell.number_format == "0%"
    letters = tables[0].wide("letters").iloc[0].tolist()
    assert [sheet.cell(12, j).value or "" for j in range(2, 7)] == letters and any(letters)
    assert sheet.freeze_panes == "C11"


def test_a_label_that_looks_like_a_formula_is_a_text(book):
    made, _ = book
    cell = made["T001"]["C5"]
    assert "=y" in [made["T001"].cell(5, j).value for j in range(2, 7)] and cell.data_type == "s"
    assert not [c for ws in made for row in ws.iter_rows() for c in row if c.data_type == "f"]


def test_the_flat_sheet_adds_up(book):
    made, tables = book
    rows = list(made["All cells"].iter_rows(values_only=True))
    assert len(rows) == 1 + sum(len(t.table) for t in tables) and rows[0][0] == "table"
    head = list(rows[0])
    shares = [r[head.index("estimate")] for r in rows[1:] if r[0] == "T001" and r[head.index("column")] == "total"]
    assert sum(shares) == pytest.approx(1)
