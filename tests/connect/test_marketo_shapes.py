from __future__ import annotations

import json

import pytest

from workbench.connect.marketo_shapes import field, judged, verdict
from workbench.connect.protocol import Answer, Order, Row


def answer(code, status=200):
    return Answer(status, {}, json.dumps({"success": False, "errors": [{"code": str(code), "message": "x"}]}).encode())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (601, "new_token"),
        (602, "new_token"),
        (606, "again"),
        (615, "again"),
        (713, "again"),
        (607, "stop"),
        (603, "stop"),
        (610, "stop"),
        (702, "good"),
        (1035, "good"),
    ],
)
def test_codes_inside_a_200_say_what_it_means(code, kind):
    assert judged(answer(code)).kind == kind


def test_only_limits_certainly_did_nothing():
    assert judged(answer(606)).untouched and not judged(answer(611)).untouched
    assert judged(Answer(200, {}, b'{"success": tr')).kind == "again"
    assert judged(Answer(414)).kind == judged(Answer(413)).kind == "good"


def test_a_member_that_is_there_already_was_added():
    told = {"id": 5, "status": "memberof"}
    assert verdict(Row("k"), told, Order("add", "leads", "id", "1")).status == "added"
    assert (
        verdict(Row("k"), {"id": 5, "status": "notmemberof"}, Order("remove", "leads", "id", "1")).status == "removed"
    )
    assert verdict(Row("k"), {"status": "skipped"}, Order("upsert", "leads", "key")).status == "refused"


def test_read_only_fields_cannot_be_written():
    assert not field({"dataType": "datetime", "rest": {"name": "createdAt", "readOnly": True}}).writable
