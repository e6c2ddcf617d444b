from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from workbench.core.errors import InputError
from workbench.store.formats.layout import plain_layout
from workbench.store.workbooks import block_of, open_sheet, read_workbook, tables_of

FILES = Path(__file__).resolve().parents[1] / "reference" / "files"


def test_which_sheet_is_asked_where_several_could_be_meant():
    with pytest.raises(InputError, match="sheet: 'Q3 answers'"):
        open_sheet(FILES / "messy.xlsx")
    assert tables_of(FILES / "messy.xlsx") == ["Q3 answers", "Customers"]
    assert open_sheet(FILES / "calamine_issues.xlsb").name == "issue2"  # the only one with a table


def test_titles_stand_above_the_names():
    sheet = open_sheet(FILES / "messy.xlsx", sheet="Q3 answers")
    layout = plain_layout(sheet.head, merged=sheet.merged)
    block = block_of(sheet, layout)
    assert (layout.first_line, block.rows.column("_line")[0].as_py()) == (5, 5)
    assert block.rows.column("Customer no.")[0].as_py() == "00000000"
    assert block.blank == 0  # the blank row stands above the names


@pytest.mark.parametrize("name", ["calamine_date.ods", "wjx_by_text.xls"])
def test_other_kinds_of_workbooks_open(name):
    assert len(open_sheet(FILES / name).rows) > 3


def test_a_merged_cell_counts_for_every_row_it_reaches_over(tmp_path):
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["region", "customer_id"])
    sheet.merge_range(1, 0, 3, 0, "north")
    for row in (1, 2, 3):
        sheet.write_string(row, 1, f"c{row}")
    sheet.write_row(4, 0, ["south", "c4"])
    book.close()
    rows = read_workbook(path).rows
    assert rows.column("region").to_pylist() == ["north", "north", "north", "south"]
    assert read_workbook(FILES / "calamine_merge_cells.xlsx").rows.column_names[:2] == ["Row Merge", "Row Merge (2)"]
