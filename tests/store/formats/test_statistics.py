from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from workbench.core.errors import InputError
from workbench.store.codebook import Codebook
from workbench.store.formats.container import container_of
from workbench.store.formats.statistics import read_statistics

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"


def read(name, **options):
    path = FILES / name
    return read_statistics(path, container_of(path), **options)


def test_labels_missing_codes_and_sets_of_spss_come_along():
    found = read("pyreadstat_simple_alltypes.sav")
    book = found.book
    assert book.column("x").labels("en") == {1: "red", 2: "green", 3: "blue"}
    assert [m.shown for m in book.column("z").missing] == ["-999 … 0", "999"]
    assert {s.name: (len(s.columns), s.counted) for s in book.sets} == {
        "categorical_array": (3, None),
        "mymrset": (3, 1),
    }
    assert found.rows.column("quarter")[0].as_py() == "2014-10-01"
    assert Codebook.from_yaml(book.to_yaml()) == book


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("pyreadstat_sample.zsav", "mydate", "2018-05-06"),
        ("pyreadstat_sample.por", "MYNUM", "1.1"),
        ("pyreadstat_sample.dta", "dtime", "2018-05-06 10:10:10"),
        ("pyreadstat_sas.xpt5", "I", "1"),
        ("pyreadstat_sas.xpt8", "i", "1"),
        ("pyreadstat_dates_xpt_v8.xpt", "times", "23:59:59"),
        ("pyreadstat_hebrews.sav", "ותק_ב", "33"),
        ("pyreadstat_tegulu.sav", "Q16br9oe_Q24br9oe", "నేను గతంలో వాడిన బ"),
        ("haven_umlauts.sav", "var1", "1"),
    ],
)
def test_values_are_texts_as_anybody_writes_them(name, column, value):
    assert read(name).rows.column(column)[0].as_py() == value


def test_labels_of_sas_lie_in_a_catalogue():
    found = read("haven_hadley.sas7bdat", catalogue=FILES / "haven_formats.sas7bcat")
    assert found.book.column("gender").labels("en") == {"f": "Female", "m": "Male"}
    assert found.book.column("workshop").labels("en") == {1: "R", 2: "SAS"}
    assert found.rows.column("gender").to_pylist()[:2] == ["f", "f"]  # codes, not labels


def test_numbers_that_are_missing_for_a_reason_keep_it():
    found = read("haven_tagged-na-double.dta")
    assert [m.code for m in found.book.column("x").missing] == [".a", ".h", ".z"]
    assert ".a" in found.rows.column("x").to_pylist()
    assert found.book.column("x").labels("en")[".a"] == "apple"


def test_codes_for_no_answer_reach_the_rows(take):
    taken = take("pyreadstat_sample_missing.sav")
    assert taken.report.not_answered["mynum"] > 0 and taken.report.not_answered["mylabl"] > 0
    assert set(taken.rows["mylabl"].dropna()) == {"Male", "Female"}
    assert "-1" not in set(taken.rows["myord"].dropna())


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "x.sav"
    path.write_bytes((FILES / "haven_umlauts.sav").read_bytes()[:300])
    with pytest.raises(InputError, match="whole and as its kind"):
        read_statistics(path, container_of(path))


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")
def test_the_weight_of_a_file_is_found(tmp_path):
    (tmp_path / "w.sps").write_text(
        "DATA LIST LIST /id (F8) longtext (A30) my_long_weight_name (F8.3).\nBEGIN DATA\n1 'a' 1.5\n2 'b' .5\nEND DATA.\n"
        f"VALUE LABELS id 1 'one'.\nADD DOCUMENT 'x'.\nWEIGHT BY my_long_weight_name.\nSAVE OUTFILE='{tmp_path}/w.sav'.\n"
    )
    subprocess.run(["pspp", str(tmp_path / "w.sps")], check=True, capture_output=True)
    book = read_statistics(tmp_path / "w.sav", "spss").book
    assert book.weight == "my_long_weight_name" and book.column("my_long_weight_name").kind == "weight"
