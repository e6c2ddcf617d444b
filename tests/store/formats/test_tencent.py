from __future__ import annotations


def test_numbered_questions_times_and_choices(take):
    text = (
        "编号,开始答题时间,结束答题时间,答题时长,1.您有多大可能推荐我们？,2.用过哪些渠道:门店,2.用过哪些渠道:小程序,3.喜欢什么\n"
        "1,2026/5/26 12:00,2026/5/26 12:03,180,9,1,0,价格|服务\n"
        "2,2026/5/26 12:10,2026/5/26 12:12,120秒,3,0,1,服务\n"
    )
    taken = take(text.encode("gb18030"))
    assert taken.rows["duration_seconds"].tolist() == [180, 120]
    assert str(taken.rows["submitted_at"][1]) == "2026-05-26 12:12:00"
    assert {s.name: len(s.columns) for s in taken.book.sets} == {"Q2": 2, "3.喜欢什么": 2}
    assert taken.book.column("1.您有多大可能推荐我们？").question("zh-CN") == "您有多大可能推荐我们？"
    assert taken.rows["3.喜欢什么(价格)"].tolist() == ["1", "0"]
