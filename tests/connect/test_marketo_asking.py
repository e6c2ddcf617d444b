from __future__ import annotations

from workbench.connect import Connection
from workbench.connect.marketo import Marketo


def test_the_secret_stands_in_no_representation():
    asked = Marketo.ask_token(
        Connection("m", "marketo", "M", "http://127.0.0.1:1"), {"CLIENT_ID": "i", "CLIENT_SECRET": "s3cr3t"}
    )
    assert asked.url == "http://127.0.0.1:1/identity/oauth/token" and "s3cr3t" not in repr(asked)


def test_pages_without_activities_are_not_the_end(met):
    crm = met("marketo")
    for n in range(250):
        crm.fake.deleted.append((crm.clock.now, n))
    state = {"step": "deleted", "since": "2026-01-01T00:00:00Z", "token": None}
    found, pages = [], 0
    while state:
        ids, state = crm.system.activities("deletedleads", state, None)
        found += ids
        pages += 1
    assert len(set(found)) == 250 and pages == 4


def test_a_whole_list_is_read(met):
    crm = met("marketo")
    for n in range(700):
        crm.fake.lists["1001"].add(crm.fake.add({"workbenchId": str(n)}))
    assert len(crm.system.members("1001")) == 700
