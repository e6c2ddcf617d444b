from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError, InputError
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
ANSWERS = "q1,q2,sex,channels\n9,5,1,shop┋app\n-1,7,2,app\n3,-9,1,\n10,3,2,shop\n"
BOOK = """\
columns:
  recommend: {text: {en: Would you recommend us?, zh-CN: 会推荐吗？}, missing: [{code: -1, kind: refused}]}
  q2: {text: {en: Overall, zh-CN: 总体}, kind: scale, choices: {1: a, 2: b, 3: c, 4: d, 5: e, 6: f, 7: g}}
  sex: {kind: single, choices: {1: {en: Male, zh-CN: 男}, 2: {en: Female, zh-CN: 女}}}
"""


def open_wave(make_wave, book=BOOK, wave=WAVE):
    folder = make_wave(wave, responses=ANSWERS)
    (folder / "codebook.yaml").write_text(book, encoding="utf-8")
    return Wave.open(folder)


def test_a_codebook_beside_wave_yaml_says_labels_scales_and_names(make_wave):
    wave = open_wave(make_wave)
    rating = wave.config.questions["q2"]
    assert (rating.label.text("en"), rating.low, rating.high, rating.top_box) == ("Overall", 1, 7, 6)
    rows = wave.read("responses")
    assert rows["sex"].tolist() == ["男", "女", "男", "女"]
    assert wave.config.values["sex"]["男"].text("en") == "Male"
    assert rows["recommend"].isna().tolist() == [False, True, False, False]
    assert rows["q2"].tolist()[:2] == [5, 7]
    [report] = wave.intake_reports()
    assert report.not_answered["recommend"] == 1 and report.not_answered["q2"] == 1


def test_it_is_kept_with_the_wave_and_read_again_when_it_changes(make_wave):
    wave = open_wave(make_wave)
    book = wave.codebook()
    assert book.column("recommend").question("zh-CN") == "会推荐吗？"
    assert [s.name for s in book.sets] == ["channels"]
    assert wave.read("responses")["channels(app)"].fillna("-").tolist() == ["1", "1", "-", "0"]
    (wave.folder / "codebook.yaml").write_text(BOOK.replace("Male", "Man"), encoding="utf-8")
    assert Wave.open(wave.folder).codebook().column("sex").labels("en")[1] == "Man"
    with pytest.raises(InputError, match="codebooks of responses"):
        wave.codebook("customers")


def test_a_column_that_is_not_there_is_told(make_wave):
    with pytest.raises(ConfigError, match="did you mean 'sex'"):
        open_wave(make_wave, "columns: {sexx: {kind: single}}")


def test_a_codebook_that_wave_yaml_names_must_be_there(make_wave):
    with pytest.raises(InputError, match="no file raw/q.lss"):
        open_wave(make_wave, wave=WAVE.replace("csv,", "csv, codebook: raw/q.lss,"))


def test_what_wave_yaml_says_of_ratings_is_in_the_codebook(make_wave):
    wave = make_wave(responses=ANSWERS.replace("q1,q2", "recommend,satisfaction").replace("10,3", "99,3"))
    book = Wave.open(wave).codebook()
    recommend, rating = book.column("recommend"), book.column("satisfaction")
    assert recommend.kind == rating.kind == "scale"
    assert [c.code for c in recommend.valid] == [3, 9] and recommend.is_missing(99)
    assert rating.question("zh-CN") == "满意度"
