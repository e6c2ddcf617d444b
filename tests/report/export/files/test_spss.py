from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pyreadstat
import pytest
from hypothesis import given, settings

from tests.report.export.files.made import BOOK, TABLE, coded_tables, numbers
from workbench.report.export.files import write_spss
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode

pspp = pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")


def read_back(path: Path):
    return pyreadstat.read_sav(str(path), user_missing=True)


def test_everything_a_codebook_knows_is_in_the_file(tmp_path):
    done = write_spss(TABLE, BOOK, tmp_path / "new" / "a.sav", language="zh-CN", title="客户调查")
    table, meta = read_back(done.files[0])
    assert numbers(table["性别"]) == [1, 2, 9, None] and table["customer_id"].tolist() == ["007", "01", "a", "b"]
    assert meta.column_names_to_labels["性别"] == "您的性别是？" and meta.file_label == "客户调查"
    assert meta.variable_value_labels["性别"] == {1: "男", 2: "女", 9: "refused"}
    assert meta.missing_ranges == {"性别": [{"lo": 9, "hi": 9}]}
    assert meta.mr_sets["media"]["label"] == "使用的媒体" and meta.mr_sets["media"]["variable_list"] == ["a1", "a2"]
    assert str(table["day"][0]) == "2026-01-05" and str(table["at"][0]) == "2026-01-05 10:11:12"
    assert meta.variable_measure["性别"] == "nominal" and meta.variable_measure["w"] == "scale"
    assert [n.text("en") for n in done.lost][1] == "customer id is called customer_id."


@settings(max_examples=60)
@given(coded_tables())
def test_what_comes_back_is_what_was_written_or_is_said(made):
    table, book = made
    with tempfile.TemporaryDirectory() as folder:
        done = write_spss(table, book, Path(folder, "a.sav"))
        back, meta = read_back(done.files[0])
    said = " ".join(m.text("en") for m in done.lost)
    for column in book.columns:
        if f"{column.name}:" in said:
            continue
        if column.choices:
            labels = {float(c.code): c.label("en") for c in column.choices}
            assert meta.variable_value_labels[column.name] == labels
            assert numbers(back[column.name]) == numbers(table[column.name])
            codes = {r["lo"] for r in meta.missing_ranges.get(column.name, [])}
            assert codes == {float(m.code) for m in column.missing}
        assert meta.column_names_to_labels[column.name] == column.question("en")
    assert back["comment"].tolist() == [t if isinstance(t, str) else "" for t in table["comment"]]
    assert meta.mr_sets["s"]["variable_list"] == list(book.sets[0].columns)


def test_labels_are_cut_between_characters_and_it_is_said(tmp_path):
    book = Codebook((CodedColumn("q", {"en": "满" * 100}, "single", (Choice(1, {"en": "意" * 50}),)),))
    done = write_spss(TABLE[["w"]].assign(q=1), book, tmp_path / "a.sav")
    meta = read_back(done.files[0])[1]
    assert meta.column_names_to_labels["q"] == "满" * 85 and meta.variable_value_labels["q"] == {1: "意" * 40}
    assert len(done.lost) == 2


def test_a_fourth_code_of_no_answer_is_missing_and_said(tmp_path):
    missing = tuple(MissingCode(c) for c in (-1, -2, -3, -4))
    book = Codebook((CodedColumn("q", kind="number", missing=missing),))
    done = write_spss(TABLE[[]].assign(q=[5, -1, -4, -3]), book, tmp_path / "a.sav")
    table, meta = read_back(done.files[0])
    assert numbers(table["q"]) == [5, -1, None, -3] and len(meta.missing_ranges["q"]) == 3
    assert "-4" in done.lost[0].text("en")


def test_an_open_range_of_no_answer_is_open_in_the_file(tmp_path):
    book = Codebook(
        (CodedColumn("q", kind="number", missing=(MissingCode(low=float("-inf"), high=-1), MissingCode(99))),)
    )
    done = write_spss(TABLE[[]].assign(q=[5, -1, 99, -3]), book, tmp_path / "a.sav")
    ranges = read_back(done.files[0])[1].missing_ranges["q"]
    assert ranges[0]["lo"] < -1e300 and ranges[0]["hi"] == -1 and ranges[1] == {"lo": 99, "hi": 99}


@pspp
def test_pspp_takes_the_file_and_the_syntax_alike(tmp_path):
    write_spss(TABLE, BOOK, tmp_path / "a.sav")
    asked = "SHOW WEIGHT.\nMRSETS /DISPLAY NAME=ALL.\nFREQUENCIES region 性别.\n"
    answers = []
    for start in ("GET FILE='a.sav'.\n", "INSERT FILE='a.sps'.\n"):
        (tmp_path / "t.sps").write_text(start + asked, encoding="utf-8")
        ran = subprocess.run(["pspp", "t.sps"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        answers.append(ran.stdout.replace("t.sps:3: note", "t.sps:2: note"))
    assert "WEIGHT is w" in answers[0] and "Media used" in answers[0] and "20.0%" in answers[0]
    assert answers[0] == answers[1]
