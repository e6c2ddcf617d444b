from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.privacy_masking import recall
from workbench.privacy.masking import MASKS, KnownValues, Masker, mask_personal

HARMLESS = """服务很好,价格便宜
等了30分钟,买了3件,满200减50
2026年5月1日到2026-05-03,房费1388元
周末安静,前台小姐很热情,高兴而来
向服务员要了毛巾,由于经理不在,感谢服务员
住在市中心,离火车站5分钟,2号楼没有电梯
北京路上堵车,万达广场一楼,黄金周
拨打400-820-8820或12315投诉
Great store, 5 stars! Look at amazon.com or booking.com
Chicago O'Hare and John Wayne Airport, Charles de Gaulle, Hong Kong
Flew BA0117 from T5, gate B42, seat 12A, open 0500-2300, B777-300
Jack Daniels, Dr Pepper and Earl Grey; May is busy, mark my words
10 minutes walk from Main Road, 3 rooms on 2nd floor, 1-800-123-4567
Cost was £25.00 or $1,250.00, 25000 points; version 10.0.19.41
The lounge @Heathrow was fine; order 2 coffees, ticket 5, case 3
Ask for Upgrade. Spoke to Customer Service. Thanks, Great Hotel. Best, Worst""".splitlines()


@pytest.fixture(scope="module")
def found():
    return recall()


def share(found, part, chosen):
    mine = found[(found["part"] == part) & chosen(found["kind"])]
    return mine["sum"].sum() / mine["size"].sum()


@pytest.mark.parametrize("part", ["dev", "held"])
def test_nine_in_ten_details_with_a_form_and_three_in_five_names_are_masked(found, part):
    assert share(found, part, lambda k: ~k.isin(["name", "address"])) >= 0.9
    assert share(found, part, lambda k: k == "address") >= 0.9 and share(found, part, lambda k: k == "name") >= 0.6
    assert (found["size"] > 1).all() and found["size"].sum() > 200


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text):
    assert mask_personal(text) == text


def test_only_the_detail_is_replaced_as_it_was_written():
    text = "你好!電話:１３８　１２３４５６７８, 谢谢~ ①"
    assert mask_personal(text) == "你好!電話:[phone], 谢谢~ ①"


@settings(max_examples=60)
@given(st.text(max_size=120) | st.from_regex(r"(我叫|Mr |订单号|call |微信)[王李A-Z0-9a-z@. \-]{0,30}", fullmatch=True))
def test_any_text_survives_and_masking_twice_changes_nothing(text):
    once = mask_personal(text)
    assert isinstance(once, str) and mask_personal(once) == once


def test_a_series_keeps_its_index_and_its_gaps():
    texts = pd.Series(["fine", None, "call 13812345678"], index=[5, 6, 7], name="comment")
    masked = mask_personal(texts)
    assert masked.tolist() == ["fine", None, "call [phone]"] and list(masked.index) == [5, 6, 7]
    assert masked.name == "comment" and texts[7] == "call 13812345678"


def test_what_a_wave_knows_is_masked_first():
    known = KnownValues(frozenset({"wang-77x", "13812345678"}))
    assert Masker(known)("WANG-77X, 13812345678") == "[customer], [customer]"
    assert set(MASKS) >= {"known", "name", "phone"}


def test_a_long_text_is_read_in_time_that_grows_with_its_length():
    text = "我叫" * 500 + "1" * 1500 + "a." * 700 + "王" * 800
    assert isinstance(mask_personal(text[:5000]), str)
