from __future__ import annotations

from workbench.store.formats.multiple import chosen_answers


def test_two_rows_of_headers_give_each_choice_its_name(take):
    taken = take("surveymonkey_starwars_head40.csv")
    assert taken.report.read == taken.report.kept == 39
    [answers] = taken.book.sets
    assert len(answers.columns) == 6
    first = chosen_answers(taken.rows, taken.book, answers).iloc[2]
    assert {a.split("  ")[0] for a in first} == {f"Star Wars: Episode {e}" for e in ("I", "II", "III")}
    assert any("CP1252" in s for s in taken.said)


def test_the_second_row_is_no_respondent(take):
    taken = take("surveymonkey_steak_head40.csv")
    assert (taken.report.read, taken.report.quarantined) == (40, 0)
    column = taken.book.columns[1]
    assert "<br>" not in column.question("en") and column.kind == "single"


def test_one_row_of_headers_and_a_dash_for_no_answer(take):
    taken = take("surveymonkey_weather_head60.csv")
    assert taken.report.kept == 60
    assert not taken.rows.isin(["-"]).any().any()
    assert taken.report.not_answered["A specific website or app (please provide the answer)"] > 20
