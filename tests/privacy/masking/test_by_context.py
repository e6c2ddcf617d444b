from __future__ import annotations

import pytest

from workbench.privacy.masking.by_context import context_spans


def found(text):
    return {text[s.start : s.end] for s in context_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("订单号20260501123", "20260501123"),
        ("order no. 998877", "998877"),
        ("WeChat: fox_77", "fox_77"),
        ("@fox_77", "@fox_77"),
        ("生日是1985-03-12", "1985-03-12"),
        ("born 12 March 1985", "12 March 1985"),
        ("booking ref ABCDEF", "ABCDEF"),
        ("邮编310012", "310012"),
        ("parked AB12 CDE", "AB12 CDE"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 2 coffees",
        "ticket 50000元",
        "WeChat pay was down",
        "the line is long here",
        "@Heathrow",
        "投诉12315",
        "confirmation EMAILS",
        "flew AB12 CDE",
        "born in London",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
