from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from workbench.store.demo import csv_files


def test_a_failed_file_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="stop"), csv_files.CsvFile(tmp_path / "a.csv", quoting="none") as out:
        out.write(pa.table({"a": [1]}))
        raise ValueError("stop")
    assert list(tmp_path.iterdir()) == []


def test_free_text_survives(tmp_path):
    import csv

    text = ['He said "no", twice', "两个，逗号", ""]
    with csv_files.CsvFile(tmp_path / "a.csv", quoting="needed") as out:
        out.write(pa.table({"text": text[:1]}))
        out.write(pa.table({"text": text[1:]}))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert [row[0] for row in list(csv.reader(handle))[1:]] == text


def test_money_and_dates():
    cents = np.array([0, 1, -1, 123456789, -250])
    assert [str(v) for v in csv_files.money(cents).to_pylist()] == ["0.00", "0.01", "-0.01", "1234567.89", "-2.50"]
    days = csv_files.dates(np.array([0, 1]), dt.date(2024, 2, 28), missing=np.array([False, True]))
    assert days.to_pylist() == [dt.date(2024, 2, 28), None]


def test_tables_in_several_chunks_are_written_row_by_row(tmp_path):
    import csv as std_csv

    words = ["plain", "with, comma", 'with "quotes"', "", "多行\n文本"]
    parts = [
        pa.table(
            {
                "id": [f"C{i:09d}" for i in range(start, start + 3000)],
                "n": list(range(start, start + 3000)),
                "text": [words[i % 5] if i % 7 else None for i in range(3000)],
            }
        )
        for start in (0, 3000, 6000)
    ]
    table = pa.concat_tables(parts)
    with csv_files.CsvFile(tmp_path / "x.csv", quoting="needed") as out:
        out.write(table)
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(std_csv.reader(handle))[1:]
    assert rows == [[r["id"], str(r["n"]), r["text"] or ""] for r in table.to_pylist()]
