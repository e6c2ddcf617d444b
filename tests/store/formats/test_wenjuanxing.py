from __future__ import annotations

from workbench.store.formats.multiple import chosen_answers


def chosen(taken, number):
    answer_set = next(s for s in taken.book.sets if s.name == f"Q{number}")
    return chosen_answers(taken.rows, taken.book, answer_set, "zh-CN").tolist()


def test_both_ways_to_export_give_the_same_sets_of_answers(take):
    text, code = take("wjx_by_text.xls"), take("wjx_by_code.xls")
    assert (text.report.kept, code.report.kept) == (800, 800)
    for number in (6, 8):
        assert chosen(text, number) == chosen(code, number)
    assert chosen(text, 6)[0] == {"运动", "影视", "购物"}
    assert set(text.book.sets[0].columns) <= set(code.rows) | {"第6题(其他)"}


def test_the_same_holds_where_a_question_was_skipped(take):
    split, joined = take("wjx.csv"), take("wjx_joined.csv")
    assert chosen(split, 3) == chosen(joined, 3)
    assert joined.rows["第3题(门店)"].isna()[0]
    assert joined.report.not_answered["3、您用过哪些渠道？【多选】"] == sum(not c for c in chosen(joined, 3))
    assert joined.book.column("3、您用过哪些渠道？【多选】").question("zh-CN") == "您用过哪些渠道？【多选】"


def test_codes_for_no_answer_durations_and_times_are_read(take):
    taken = take("wjx_codes.csv", columns={"recommend": "2、您有多大可能向朋友推荐我们？"})
    assert taken.rows["recommend"].tolist()[0] == 9 and taken.rows["recommend"].isna().sum() == 2
    assert taken.rows["duration_seconds"].tolist() == [65, 125, 15]
    assert str(taken.rows["submitted_at"][0]) == "2026-01-05 08:01:02"
    assert (taken.report.kept, taken.report.cells, taken.report.not_answered["recommend"]) == (3, 0, 2)
    assert {m.kind for m in taken.book.column("recommend").missing} == {"skipped", "not_shown"}
    assert taken.said[0].startswith("a file of Wenjuanxing")


def test_ratings_in_words_are_numbers_with_the_words_as_labels(take):
    question = "2、您对服务的总体满意度"
    taken = take("wjx.csv", questions=[question])
    labels = taken.book.column(question).labels("zh-CN")
    assert labels[5] == "非常满意" and set(taken.rows[question].dropna()) <= set(labels)
