import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import choose_frame

LOUNGE = [
    "The lounge was crowded and the selection of food was poor",
    "Good choice of hot dishes, showers were clean",
    "Long walk from security to the gate",
    "Friendly staff at the desk, comfortable chairs",
    "No range of drinks, stock was low and the lounge full",
    "Wifi slow but a quiet place before our flight",
]
TRADES = {
    "hotel": ["房间很干净,前台热情", "the room was noisy", "早餐不错,入住很快", "lobby smelled of smoke"],
    "restaurant": ["味道不错,送餐很快", "delicious dishes", "外卖洒了", "the waiter was rude"],
    "telecom": ["信号差,流量贵", "broadband drops every night", "话费乱扣", "roaming was expensive"],
    "bank": ["柜台排队太久", "the loan took weeks", "手续费太高", "ATM out of order"],
    "software": ["系统经常崩溃", "the API is well documented", "功能缺少报表", "dashboards load slowly"],
    "retail": ["店员不理人", "the store was out of stock", "超市收银太慢", "items were damaged"],
}


def choose(texts):
    return choose_frame(pd.DataFrame({"c": texts * 10}), "c")


def test_comments_on_a_lounge_are_not_coded_as_a_shop():
    found = choose(LOUNGE)
    assert found.chosen == "airport" and found.frame.source == "airport.yaml"
    assert found.table["frame"].iloc[0] == "airport" and found.table["n"].iloc[0] == len(LOUNGE)
    assert found.plot("en").axes and "机场" in found.to_html("zh-CN")


@pytest.mark.parametrize("trade", sorted(TRADES))
def test_each_trade_is_told_by_its_own_words(trade):
    assert choose(TRADES[trade]).chosen == trade


def test_general_comments_get_the_general_topics():
    assert choose(["价格太贵", "服务很好", "送货太慢", "质量不错"]).chosen == "retail"


def test_what_fits_no_trade_is_refused_with_what_to_do():
    found = choose(["Dr Smith was gentle", "my tooth still hurts", "the injection was painless", "a long film"])
    assert found.chosen is None
    with pytest.raises(InputError, match="workbench frame WAVE"):
        _ = found.frame


def test_two_trades_alike_are_refused():
    assert choose(["the room was large", "my flight was late"]).chosen is None


def test_no_words():
    with pytest.raises(InputError, match="at least one comment"):
        choose([None, " "])
