from __future__ import annotations

import pandas as pd

from tests.report.export.files.made import BOOK, TABLE
from workbench.report.export.files import excel, write_excel
from workbench.store.codebook import Codebook


def sheets(path):
    return pd.read_excel(path, sheet_name=None, dtype=str, engine="calamine", keep_default_na=False)


def test_codes_labels_codebook_and_bases_have_a_sheet_each(tmp_path):
    done = write_excel(TABLE, BOOK, tmp_path / "a.xlsx", language="zh-CN", title="客户调查")
    book = sheets(done.files[0])
    assert list(book) == ["codes", "labels", "codebook", "weights", "about"]
    assert book["codes"]["customer id"].tolist() == ["007", "01", "a", "b"]
    assert book["labels"]["性别"].tolist() == ["男", "女", "refused", ""]
    assert {"您的性别是？", ""} == set(book["codebook"].query("column == '性别'")["question zh-CN"])
    bases = book["weights"].set_index("column")
    assert bases.loc["性别", "answers"] == "2" and float(bases.loc["性别", "weighted answers"]) == 1.75


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    done = write_excel(TABLE, Codebook(), tmp_path / "a.xlsx")
    book = sheets(done.files[0])
    assert [len(book[n]) for n in ("codes 1", "codes 2", "labels 1", "labels 2")] == [3, 1, 3, 1]
    assert done.lost
