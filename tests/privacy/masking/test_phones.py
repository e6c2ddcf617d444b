from __future__ import annotations

import pytest

from workbench.privacy.masking.phones import phone_spans


def found(text):
    return {text[s.start : s.end] for s in phone_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("call 212-555-0147 now", "212-555-0147"),
        ("电话62345678", "62345678"),
        ("打13812345678 100", "13812345678"),
        ("room 12 13812345678", "13812345678"),
        ("打010-62345678转12", "010-62345678转12"),
        ("+81 90 1234 5678", "+81 90 1234 5678"),
        ("15412345678", "15412345678"),
        ("01273 555 019", "01273 555 019"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "400-820-8820",
        "95588",
        "1-800-123-4567",
        "2019-05-01",
        "2015-2016",
        "0500-2300",
        "1388元",
        "12345678 points",
        "100-200",
        "+999999999999999",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
