from __future__ import annotations

from pathlib import Path

import pytest

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"

CODES = "id,submitdate,lastpage,startlanguage,seed,token,Q1,Q2[SQ001],Q2[SQ002],Q2[other],fcol\n"
ROWS = (
    "1,2026-01-05 08:00:00,3,en,99,tok1,5,Y,,,1\n"
    "2,,1,en,98,tok2,,,,,\n"
    "3,1980-01-01 00:00:00,3,en,97,tok3,4,,Y,by phone,-oth-\n"
)


def test_unfinished_answers_are_left_out_and_choices_make_a_set(take):
    taken = take((CODES + ROWS).encode())
    [(why, rows)] = taken.report.left_out_by
    assert rows == 1 and "not finished" in why.text("en")
    [answers] = taken.book.sets
    assert (answers.name, answers.columns, answers.counted) == ("Q2", ("Q2[SQ001]", "Q2[SQ002]"), "Y")
    assert taken.rows["submitted_at"].isna().tolist() == [False, True]  # 1980 stands for: dates are off


@pytest.mark.parametrize("dotted", [False, True])
def test_headers_may_be_questions(take, dotted):
    header = "Response ID,Date submitted,Last page,Start language,How do you like it?\n"
    if dotted:
        header = "id. Response ID,submitdate. Date submitted,lastpage. Last page,startlanguage. Start language,Q1. How do you like it?\n"
    taken = take((header + "1,2026-01-05 08:00:00,3,en,5\n").encode())
    assert taken.rows["respondent_id"].tolist() == ["1"]
    if dotted:
        assert taken.book.column("Q1").question("en") == "How do you like it?"


def test_a_questionnaire_beside_the_answers_says_what_they_mean(take, tmp_path):
    (tmp_path / "q.lss").write_bytes((FILES / "limesurvey_questionnaire.lss").read_bytes())
    taken = take((CODES + ROWS).encode(), codebook="q.lss")
    assert taken.book.column("fcol").labels("zh-CN")["-oth-"] == "其他"
    assert taken.rows["fcol"].tolist() == ["Red", "其他"]  # the first language of the wave is Chinese
