from __future__ import annotations

import pytest

from workbench.store.formats.multiple import chosen_answers

HEADER = "StartDate,EndDate,Status,Finished,ResponseId,Q1,Q2_4_TEXT\n"
ANSWERS = "2026-01-02 10:00:00,2026-01-02 10:05:00,IP Address,True,R_0001xAxQxIo2PVH,9,fine\n" * 2


def test_three_rows_of_headers_are_no_respondents(take):
    taken = take("qualtrics_three_headers.csv")
    assert taken.report.read == taken.report.kept == 3
    assert taken.book.column("recommend").question("en") == "How likely are you to recommend us?"
    assert taken.book.column("recommend").tool_id == "QID1"
    assert taken.rows["respondent_id"].tolist() == [f"R_2YPOQ602ER1jkf{i}" for i in (1, 2, 3)]
    # seen, and not answered
    assert taken.report.not_answered["satisfaction"] == 1 and taken.report.cells == 0


def test_previews_are_left_out_and_counted(take):
    taken = take("qualtrics_nps.csv", columns={"recommend": "Q1"})
    assert taken.report.read == 36
    [(why, rows)] = taken.report.left_out_by
    assert rows == taken.report.left_out == (taken.report.read - taken.report.kept)
    assert "preview" in why.text("en")
    assert "Survey Preview" not in set(taken.rows["Status"])
    assert taken.rows["duration_seconds"].eq(240).all()


def test_columns_of_one_question_make_a_set(take):
    taken = take("qualtrics_nps.csv")
    [answers] = taken.book.sets
    assert (answers.name, answers.columns, answers.counted) == ("Q3", ("Q3_1", "Q3_2", "Q3_3"), None)
    assert set().union(*chosen_answers(taken.rows, taken.book, answers)) == {"Shop", "App", "Hotline"}


def test_the_older_export_has_two_rows_and_names_of_its_own(take):
    taken = take("qualtrics_legacy.csv")
    assert taken.report.kept == 1
    assert taken.rows.loc[0, "ResponseID"] == "R_2YPOQ602ER1jkf1"
    assert taken.book.column("Q2").question("en") == "This is a free text question."


@pytest.mark.parametrize("labels", ["", "Start,End,Kind,Done,Response ID,How likely?,Other - Text\n"])
def test_exports_without_ids_of_columns_have_one_row_of_headers_or_two(take, labels):
    taken = take((HEADER + labels + ANSWERS).encode())
    assert taken.report.kept == 2
    assert taken.book.column("Q2_4_TEXT").kind == "text"


def test_a_file_of_spss_that_the_tool_wrote_is_known(take):
    taken = take("pyreadstat_test_width.sav")
    assert taken.rows["duration_seconds"].tolist()[0] == 944
    assert taken.rows["respondent_id"][0] == "R_0001xAxQxIo2PVH"
