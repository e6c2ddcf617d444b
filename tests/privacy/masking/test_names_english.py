from __future__ import annotations

import pytest

from workbench.privacy.masking.names_english import english_name_spans


def found(text):
    return {text[s.start : s.end] for s in english_name_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Mr Smith", "Smith"),
        ("my name is peter jones", "peter jones"),
        ("Regards, April Jones", "April Jones"),
        ("Karen was rude", "Karen"),
        ("Wang Xiaoming helped", "Wang Xiaoming"),
        ("signed, Zed", "Zed"),
        ("Mrs O'Neill", "O'Neill"),
        ("Anna's desk", "Anna"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Charles de Gaulle",
        "John Wayne Airport",
        "Jack Daniels",
        "April was cold",
        "Mark my words",
        "Thanks, Great Hotel",
        "I am Gold member",
        "Hong Kong",
        "St James's Court",
        "Wang Fu Jing street",
        "Ask for Upgrade",
        "Paris was busy",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
