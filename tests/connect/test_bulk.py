from __future__ import annotations

import hashlib

import pytest

from tests.connect.conftest import URL
from workbench.connect.bulk import Extract, NoSuchFilterError
from workbench.connect.caller import OutsideError
from workbench.connect.protocol import Answer

FILE = 'id,note\n1,"a\nb"\n2,null\n3,"甲\u2028乙"\n'.encode()
TOLD = {"numberOfRecords": 3, "fileSize": len(FILE), "fileChecksum": f"sha256:{hashlib.sha256(FILE).hexdigest()}"}


class Ranged:
    """Hands out a file in ranges."""

    def __init__(self, ignore=False):
        self.asked, self.ignore = [], ignore

    def call(self, method, url, *, headers, judge):
        told = headers.get("range")
        self.asked.append(told)
        if not told or self.ignore:
            return Answer(200, {}, FILE)
        start, end = map(int, told.removeprefix("bytes=").split("-"))
        return Answer(206, {}, FILE[start : end + 1])

    def stopped(self, reason, back=None):
        return OutsideError(reason, found="x", fix="y")


def read(caller):
    return [row for some in Extract(caller, URL).rows("1", TOLD, ["id", "note"]) for row in some]


def test_a_file_is_fetched_in_ranges_and_its_line_breaks_stay(monkeypatch):
    monkeypatch.setattr("workbench.connect.bulk.RANGE", 10)
    caller = Ranged()
    assert [r["note"] for r in read(caller)] == ["a\nb", None, "甲\u2028乙"]
    assert caller.asked[0] == "bytes=0-9" and len(caller.asked) == -(-len(FILE) // 10)
    assert len(read(Ranged())) == 3


def test_a_server_that_does_not_know_ranges_gives_the_whole_file_and_a_cut_one_is_not_believed(monkeypatch):
    monkeypatch.setattr("workbench.connect.bulk.RANGE", 10)
    assert len(read(Ranged(ignore=True))) == 3
    with pytest.raises(OutsideError, match="checksum"):
        read(Cut())


class Cut(Ranged):
    def call(self, method, url, *, headers, judge):
        answer = super().call(method, url, headers=headers, judge=judge)
        return Answer(answer.status, {}, answer.content[:-1])


def test_a_filter_that_is_not_allowed_and_a_queue_that_is_full(met):
    crm = met("marketo")
    extract = Extract(crm.system.caller, f"{URL}/bulk/v1/leads/export")
    crm.fake.no_updated_at = True
    span = {"startAt": "2026-01-01T00:00:00Z", "endAt": "2026-01-02T00:00:00Z"}
    with pytest.raises(NoSuchFilterError):
        extract.start(["id"], {"updatedAt": span})
    for _ in range(11):  # the eleventh waits for a place
        extract.start(["id"], {"createdAt": span})
    assert len(crm.fake.jobs) == 11
