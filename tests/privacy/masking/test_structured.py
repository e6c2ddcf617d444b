from __future__ import annotations

import pytest

from workbench.privacy.masking.structured import structured_spans


def found(text):
    return {text[s.start : s.end] for s in structured_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("a@b.cn", "a@b.cn"),
        ("john at gmail.com", "john at gmail.com"),
        ("my mail: jo at shop.com", "jo at shop.com"),
        ("https://x.org/u/1", "https://x.org/u/1"),
        ("粤B·D12345", "粤B·D12345"),
        ("4111111111111111", "4111111111111111"),
        ("10.0.0.7", "10.0.0.7"),
        ("aa:bb:cc:dd:ee:01", "aa:bb:cc:dd:ee:01"),
        ("ubf7podk4qnul5j3", "ubf7podk4qnul5j3"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "look at amazon.com",
        "booking.com",
        "www.ctrip.com",
        "version 10.0.19.41",
        "999.1.1.1",
        "20080503-20080508",
        "新iphone12",
        "10:30:45",
        "Copyright1999",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
