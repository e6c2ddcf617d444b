from __future__ import annotations

import pyreadstat

from tests.report.export.files.made import BOOK, TABLE, numbers
from workbench.report.export.files import write_stata
from workbench.store.codebook import Choice, Codebook, CodedColumn


def test_codes_of_no_answer_are_statas_own_missing_values(tmp_path):
    done = write_stata(TABLE, BOOK, tmp_path / "a.dta")
    table, meta = pyreadstat.read_dta(str(done.files[0]), user_missing=True)
    assert table["性别"].tolist()[:3] == [1, 2, "a"]
    assert meta.variable_value_labels["性别"] == {1: "male", 2: "female", "a": "refused"}
    assert meta.missing_user_values == {"性别": ["a"]} and meta.column_names_to_labels["性别"] == "Your sex?"
    assert numbers(table["region"]) == [1, 2, None, 3] and str(table["day"][0]) in ("2026-01-05", "2026-01-05 00:00:00")
    said = " ".join(m.text("en") for m in done.lost)
    assert "9 = .a" in said and "media" in said and "w is the weight" in said


def test_labels_beyond_eighty_characters_are_cut_and_said(tmp_path):
    book = Codebook((CodedColumn("q", {"en": "满" * 90}, "single", (Choice(1.5, {"en": "half"}),)),))
    done = write_stata(TABLE[[]].assign(q=1.5), book, tmp_path / "a.dta")
    assert pyreadstat.read_dta(str(done.files[0]))[1].column_names_to_labels["q"] == "满" * 80
    assert len(done.lost) == 2
