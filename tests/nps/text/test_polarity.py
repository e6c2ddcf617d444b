import pytest

from workbench.nps.text.polarity import polarity, written_in

PRAISE = [
    "价格不贵",
    "没有排队",
    "服务不错",
    "一点也不吵",
    "没什么不好",
    "不用排队",
    "没有任何问题",
    "从未失望",
    "味道好极了",
    "没有异味",
    "性价比高",
    "not bad",
    "no complaints",
    "never had a problem",
    "without any delay",
    "wasn't crowded at all",
    "the staff were friendly",
    "nothing to complain about",
    "easy to use",
    "no queue",
]
COMPLAINT = [
    "不干净",
    "服务不是很好",
    "房间太小",
    "有点旧",
    "没有热情",
    "不值得",
    "一点都不方便",
    "排队太久",
    "送餐慢",
    "算不上好吃",
    "竞品比你们便宜",
    "not good",
    "not very clean",
    "too salty",
    "wouldn't recommend",
    "hardly clean",
    "a bit small",
    "rude staff",
    "never clean",
    "the wait was long",
    "it isn't worth it",
]
NEITHER = ["不过", "大概三点", "we arrived at noon", "无论如何", "差不多", "not only"]


@pytest.mark.parametrize("clause", PRAISE)
def test_praise_also_by_negation(clause):
    assert polarity(clause).value > 0


@pytest.mark.parametrize("clause", COMPLAINT)
def test_complaint_also_by_negation(clause):
    assert polarity(clause).value < 0


@pytest.mark.parametrize("clause", NEITHER)
def test_neither(clause):
    assert not polarity(clause).known and polarity(clause).value == 0


def test_a_wish_is_told():
    assert polarity("希望增加夜间配送").wish and polarity("it would be better with sockets").wish
    assert not polarity("很好").wish


def test_which_dictionary_reads():
    assert written_in("ok 好") == "zh" and written_in("ok") == "en"
