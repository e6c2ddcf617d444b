from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd

from workbench.report.export.lists import write_sheets


def test_texts_stay_texts(tmp_path):
    table = pd.DataFrame({"customer_id": ["0001"], "a": ["=1+1"], "b": ["http://x.org"]})
    path = write_sheets({"list": table}, tmp_path / "new" / "list.xlsx")
    assert pd.read_excel(path, dtype=str, engine="calamine").to_numpy().tolist() == table.to_numpy().tolist()
    assert [p.name for p in path.parent.iterdir()] == ["list.xlsx"]


def test_every_kind_of_value_comes_back_as_what_it_is(tmp_path):
    table = pd.DataFrame(
        {
            "text": ["0012", None],
            "number": [1.5, float("nan")],
            "count": pd.array([7, pd.NA], dtype="Int64"),
            "day": [dt.date(2026, 9, 30), None],
            "moment": [pd.Timestamp("2026-09-30 08:15"), pd.NaT],
            "yes": [True, False],
            "beyond": [float("inf"), 0.0],
            "set": [["a"], ["b", "c"]],
        }
    )
    path = write_sheets({"a name of more than thirty-one letters": table, "none": table.iloc[:0]}, tmp_path / "l.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a name of more than thirty-o-1", "none"]
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert head == tuple(table.columns) == next(book.worksheets[1].iter_rows(values_only=True))
    midnight, quarter = dt.datetime(2026, 9, 30), dt.datetime(2026, 9, 30, 8, 15)
    assert rows[0] == ("0012", 1.5, 7, midnight, quarter, True, "inf", "['a']")
    assert rows[1] == (None, None, None, None, None, False, 0, "['b', 'c']")
    assert book.worksheets[0]["D2"].number_format == "yyyy-mm-dd"
