from __future__ import annotations

import io

import numpy as np
import openpyxl
import pandas as pd
import xlsxwriter

from workbench.report.export.flat_sheet import write_flat


def test_texts_are_texts_and_numbers_numbers():
    table = pd.DataFrame(
        {
            "name": ["=1+1", "a<b & \x01c", None, " blank "],
            "value": [0.1 + 0.2, np.nan, -1e-300, 12345678901234.5],
            "n": [1, 2, 3, 4],
        }
    )
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        head, body = book.add_format({"bold": True}), book.add_format({"font_size": 9})
        write_flat(book.add_worksheet("All"), table, head, body)
        book.add_worksheet("After").write_number(0, 0, 1)
    opened = openpyxl.load_workbook(made)
    rows = list(opened["All"].iter_rows(values_only=True))
    assert rows[0] == ("name", "value", "n") and opened["After"]["A1"].value == 1
    assert [r[0] for r in rows[1:]] == ["=1+1", "a<b & c", None, " blank "]
    assert rows[1][1] == 0.1 + 0.2 or abs(rows[1][1] - 0.3) < 1e-15
    assert [r[1] for r in rows[2:]] == [None, -1e-300, 12345678901234.5] and [r[2] for r in rows[1:]] == [1, 2, 3, 4]
    sheet = opened["All"]
    assert sheet.dimensions == "A1:C5" and sheet.auto_filter.ref == "A1:C5" and sheet.freeze_panes == "A2"
    assert sheet["A2"].font.sz == 9 and sheet["A2"].data_type != "f" and sheet["A1"].font.b
