from __future__ import annotations

import xlsxwriter


def test_choices_with_a_slash_make_a_set_and_na_was_not_shown(take):
    text = (
        "start,end,channels,channels/shop,channels/app,rating,_id,_uuid,_submission_time\n"
        "2026-01-05T08:00:00.000+08:00,2026-01-05T08:02:30.000+08:00,shop app,1,1,5,7,u7,2026-01-05T00:03:00\n"
        "2026-01-05T09:00:00.000+08:00,2026-01-05T09:01:00.000+08:00,app,0,1,n/a,8,u8,2026-01-05T01:03:00\n"
    )
    taken = take(text.encode())
    [answers] = taken.book.sets
    assert (answers.name, answers.columns, answers.counted) == ("channels", ("channels/shop", "channels/app"), 1)
    assert taken.report.not_answered["rating"] == 1
    assert taken.rows["duration_seconds"].tolist() == [150, 60]


def test_what_repeats_lies_in_a_sheet_of_its_own(take, tmp_path):
    path = tmp_path / "kobo.xlsx"
    book = xlsxwriter.Workbook(path)
    main, repeat = book.add_worksheet("survey"), book.add_worksheet("visits")
    for row, cells in enumerate(
        [["rating", "_id", "_uuid", "_submission_time", "_index"], ["5", "7", "u7", "2026-01-05T00:03:00", "1"]]
    ):
        main.write_row(row, 0, cells)
    for row, cells in enumerate(
        [
            ["place", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
            ["north", "1", "survey", "1", "7"],
            ["south", "2", "survey", "1", "7"],
        ]
    ):
        repeat.write_row(row, 0, cells)
    book.close()
    taken = take(path.read_bytes(), sheet="visits")
    assert taken.rows["respondent_id"].tolist() == ["7", "7"]
    assert taken.rows["place"].tolist() == ["north", "south"]


def test_odk_is_known_by_its_key(take):
    taken = take(b"SubmissionDate,start,rating,KEY\n2026-01-05T00:03:00.000Z,2026-01-05T00:01:00.000Z,5,uuid:1\n")
    assert taken.rows["respondent_id"].tolist() == ["uuid:1"]
