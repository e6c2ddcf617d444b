from __future__ import annotations

import pyreadstat

from tests.report.export.files.made import BOOK, TABLE, numbers
from workbench.report.export.files import write_sas


def test_names_are_ascii_and_the_program_knows_labels_and_kinds_of_no_answer(tmp_path):
    done = write_sas(TABLE, BOOK, tmp_path / "a.xpt", language="zh-CN")
    table, meta = pyreadstat.read_xport(str(done.files[0]))
    assert list(table.columns)[:2] == ["v1", "region"] and numbers(table["v1"]) == [1, 2, 9, None]
    assert meta.column_names_to_labels["v1"] == "您的性别是？" and table["comment"][2] == "客,户"
    program = done.files[1].read_text(encoding="utf-8")
    assert "    .A = 'refused'" in program and "  if v1 = 9 then v1 = .A;" in program
    assert "%xpt2loc(libref=work, memlist=a, filespec='a.xpt');" in program
    assert "    comment $12" in program and "    customer_id $3" in program
    assert all(line.count("'") % 2 == 0 for line in program.splitlines())


def test_names_of_formats_do_not_end_in_a_digit(tmp_path):
    table = TABLE[["ok"]].rename(columns={"ok": "x" * 32}).assign(**{"y" * 30 + "12": [1, 0, 1, 0]})
    done = write_sas(table.astype({"y" * 30 + "12": bool}), BOOK.only([]), tmp_path / "a.xpt")
    names = [line.split()[1] for line in done.files[1].read_text().splitlines() if line.startswith("  value ")]
    assert len(names) == 2 and all(len(n) <= 32 and not n[-1].isdigit() for n in names)
