from __future__ import annotations

import pytest

from workbench.report.chapters.response.codebooks import asked_table, files_table, no_codebook
from workbench.store import Wave

WAVE = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  responses: {file: raw/responses.csv, columns: {recommend: q1}}
questions: [q2]
"""
ANSWERS = "q1,q2,name,channels\n9,5,Ann Lee,shop┋app\n-1,4,Bob Lee,app\n3,4,Cy Lee,shop\n"


@pytest.fixture
def wave(make_wave):
    folder = make_wave(WAVE, responses=ANSWERS)
    (folder / "codebook.yaml").write_text("columns: {q2: {text: {en: How good?, zh-CN: 多好？}}}", encoding="utf-8")
    return Wave.open(folder)


def test_questions_choices_and_codes_are_told_and_nobodys_name(wave):
    table = asked_table(wave)
    assert table["column"].tolist() == ["q1", "q2", "channels(shop)", "channels(app)"]
    assert table.loc[1, "question"].text("zh-CN") == "多好？"
    assert table["answered"].tolist() == [2, 3, 3, 3]
    assert table.loc[0, "missing"].text("en") == "-1 no answer"
    assert table.loc[2, "question"].text("en") == "channels: shop"
    assert "Lee" not in str(table.map(lambda v: v.text("en") if hasattr(v, "text") else v).to_numpy())


def test_rows_of_every_table_are_told(wave):
    table = files_table(wave)
    assert table[["table", "read", "kept"]].to_numpy().tolist() == [["responses", 3, 3]]
    assert "no answer in recommend" in table.loc[0, "found"].text("en")


def test_without_a_codebook_it_is_said(make_wave):
    folder = make_wave(
        WAVE.replace("questions: [q2]\n", "").replace("{recommend: q1}", "{}"), responses="x\nfine\nslow\n"
    )
    assert no_codebook(Wave.open(folder)) is not None
