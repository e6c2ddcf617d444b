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
