from __future__ import annotations


def test_google_forms_split_choices_joined_by_commas(take):
    channels = ["门店", "门店, 热线", "热线"]
    rows = "".join(
        f'2026/01/0{1 + i % 9} 8:0{i % 9}:00 下午 GMT+8,{1 + i % 5},"{channels[i % 3]}","慢, 很慢"\n' for i in range(12)
    )
    taken = take(("时间戳记,您满意吗？,用过哪些渠道？,建议\n" + rows).encode())
    assert {s.name for s in taken.book.sets} == {"用过哪些渠道？"}
    assert taken.rows["用过哪些渠道？(热线)"].tolist()[:3] == ["0", "1", "1"]
    assert str(taken.rows["submitted_at"][1]) == "2026-01-02 20:01:00"
    assert any("morning" in s for s in taken.said)


def test_typeform_is_known_by_its_first_and_last_columns(take):
    taken = take(
        b"#,How likely?,Start Date (UTC),Submit Date (UTC),Network ID\n"
        b"a1b2,9,2026-01-05 08:00:00,2026-01-05 08:01:30,n1\n"
    )
    assert taken.rows["duration_seconds"].tolist() == [90]
    assert taken.rows["respondent_id"].tolist() == ["a1b2"]
    assert taken.book.tool == "typeform"


def test_a_log_with_a_timestamp_is_no_form(take):
    taken = take(b"Timestamp,level\n12.5,info\n13.5,warn\n")
    assert taken.book.tool == ""
