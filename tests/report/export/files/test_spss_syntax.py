from __future__ import annotations

import re

from tests.report.export.files.made import BOOK, TABLE
from workbench.report.export.files import write_spss
from workbench.store.codebook import Codebook, CodedColumn


def test_no_line_begins_with_a_name(tmp_path):
    done = write_spss(TABLE, BOOK, tmp_path / "a.sav")
    lines = done.files[1].read_text(encoding="utf-8-sig").splitlines()
    names = set(done.table["variable"])
    assert not [line for line in lines if line.split() and line.split()[0] in names]
    assert "WEIGHT BY w." in lines and "MISSING VALUES 性别 (9)." in lines


def test_long_labels_are_joined_from_short_pieces_and_quotes_doubled(tmp_path):
    book = Codebook((CodedColumn("q", {"en": "it's " + "满" * 80}),))
    text = write_spss(TABLE[[]].assign(q=1), book, tmp_path / "a.sav").files[1].read_text(encoding="utf-8-sig")
    label = re.search(r"VARIABLE LABELS q ((?:.|\n)*?')\.\n", text)
    assert label is not None and label[1].startswith("'it''s 满") and label[1].count(" +\n") == 1
    assert all(len(line.encode()) <= 256 for line in text.splitlines())
