from __future__ import annotations

import json

import pytest

from workbench.connect.fxiaoke_shapes import field, judged, judged_write, typed
from workbench.connect.protocol import Answer, Field


def answer(code, status=200):
    return Answer(status, {}, json.dumps({"errorCode": code, "errorMessage": "x"}).encode())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, "good"),
        (20016, "new_token"),
        (20005, "new_token"),
        (-1, "again"),
        (50009, "again"),
        (30004, "again"),
        (30002, "stop"),
        (20020, "stop"),
        (10013, "stop"),
        (4711, "stop"),
    ],
)
def test_codes_and_never_texts_say_what_an_answer_means(code, kind):
    assert judged(answer(code)).kind == kind
    assert judged_write(answer(code)).kind == ("good" if code == 4711 else kind)


def test_only_the_limit_of_a_rate_certainly_did_nothing():
    assert judged(answer(30004)).untouched and not judged(answer(-1)).untouched
    assert judged(Answer(200, {}, b'{"data": {}}')).kind == "stop"


def test_derived_and_fixed_fields_cannot_be_written():
    assert [field(n, {"type": "text"}).writable for n in ("name", "name__r", "x__l", "_id", "owner")] == [True] + [
        False
    ] * 4
    assert field("d", {"type": "date"}).milliseconds


@pytest.mark.parametrize(
    ("value", "known", "sent"),
    [
        ("", None, None),
        ("100.10", Field("m", "number"), "100.10"),
        ("2026-01-05T00:00:00+00:00", Field("t", "time"), 1767571200000),
    ],
)
def test_money_is_text_and_times_are_milliseconds(value, known, sent):
    assert typed(value, known) == sent
