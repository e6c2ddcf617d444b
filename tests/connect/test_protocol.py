from __future__ import annotations

import pytest

from workbench.connect.protocol import Answer, Order, TokenRequest, as_text, milliseconds


def test_numbers_keep_every_digit():
    data = Answer(200, {}, b'{"id": 5540230000001234567, "sum": 100.10}').data
    assert data == {"id": 5540230000001234567, "sum": "100.10"}


@pytest.mark.parametrize(
    ("value", "text"),
    [([], ""), (["a", "b"], "a;b"), ([{"id": "1"}], '[{"id": "1"}]'), ({"x": 1}, '{"x": 1}'), ("", ""), (0, "0")],
)
def test_values_become_text(value, text):
    assert as_text(value) == text


def test_waiting_times_that_cannot_be_read_are_none():
    assert Answer(429, {"retry-after": "Wed"}).asked_to_wait is None
    assert Answer(429, {"retry-after": "3"}).asked_to_wait == 3.0


def test_only_what_changes_nothing_twice_is_repeatable():
    assert [Order(a, "x", "id").repeatable for a in ("upsert", "update", "add", "remove", "create", "trigger")] == [
        *[True] * 4,
        False,
        False,
    ]


def test_how_a_token_is_asked_for_is_not_shown():
    asked = TokenRequest("POST", "https://x", form={"client_secret": "s3cr3t"})
    assert "s3cr3t" not in repr(asked)


def test_times_with_and_without_a_zone():
    assert milliseconds("1970-01-01T08:00:01+08:00") == milliseconds("1970-01-01T00:00:01") == 1000
