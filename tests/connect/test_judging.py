from __future__ import annotations

import pytest

from workbench.connect.judging import BatchRefusedError, broken
from workbench.connect.protocol import Answer
from workbench.core.language import message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(502, {}, b"<html>"), "in trouble"),
        (Answer(302, {"location": "/"}), "elsewhere"),
        (Answer(200, {}, b"<!DOCTYPE html>"), "page of HTML"),
        (Answer(200, {}, b'{"a": [1, 2'), "cut"),
        (Answer(503, {"retry-after": "9"}), "in trouble"),
    ],
)
def test_what_goes_wrong_everywhere_is_tried_again(answer, words):
    judged = broken(answer)
    assert judged.kind == "again" and not judged.untouched and words in judged.reason.text("en")
    assert judged.after == answer.asked_to_wait


@pytest.mark.parametrize("answer", [Answer(200, {}, b"[]"), Answer(204), Answer(304), Answer(404, {}, b"{}")])
def test_the_rest_is_for_the_system_to_judge(answer):
    assert broken(answer) is None


def test_a_refused_batch_says_why():
    assert str(BatchRefusedError(message("{why}", why="no"))) == "no"
