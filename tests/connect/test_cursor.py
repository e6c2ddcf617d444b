from __future__ import annotations

from dataclasses import replace

from workbench.connect.cursor import STALE, PullLog, Request
from workbench.connect.protocol import Page

ASKED = Request("customers", "crm", "zoho", "Contacts", ("id", "name"), None, False)
PAGE = Page(({"id": "1", "name": "李\u2028\ud83d\ude42"},), {"page": 2})


def begun(path, request=ASKED, now=100.0):
    log = PullLog(path)
    return log, log.begin(request, now)


def test_it_goes_on_after_the_last_whole_page(tmp_path):
    path = tmp_path / "log"
    log, resumed = begun(path)
    assert not resumed
    log.append(PAGE)
    with path.open("ab") as handle:
        handle.write(b'{"rows": [["2", ')  # killed while it was written
    again, resumed = begun(path, now=200.0)
    assert resumed and again.cursor == {"page": 2} and again.started == 100.0 and not again.ended
    again.append(Page(({"id": "3", "name": None},), None, removed=("9",)))
    rows = [row for line in again.read() for row in line["rows"]]
    assert rows == [["1", PAGE.rows[0]["name"]], ["3", None]] and again.ended and again.pages == 2
    assert begun(path)[0].ended


def test_another_request_or_an_old_beginning_starts_anew(tmp_path):
    path = tmp_path / "log"
    begun(path)[0].append(PAGE)
    assert not begun(path, replace(ASKED, fields=("id",)))[1]
    begun(path)[0].append(PAGE)
    log, resumed = begun(path, now=100.0 + STALE)
    assert not resumed and log.cursor is None and not list(log.read())
